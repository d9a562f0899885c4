import { statSync } from 'node:fs';
import { localResolver } from './cloudformation.ts';
import { readLocalSettings, useLocalAws } from './local-settings.ts';
import type { Hooks, Options, Serverless } from './serverless.ts';

const isStale = (compiled: string, source: string): boolean => {
  const made = statSync(compiled, { throwIfNoEntry: false });
  return made === undefined || made.mtimeMs < statSync(source).mtimeMs;
};

/**
 * Framework plugin: lets `osls invoke local -f <function> -p <event.json> --stage local` run any function on the state in
 * LOCAL_STATE and the queues at AWS_ENDPOINT_URL_SQS (or SQS_PORT), without an account.
 *
 * The framework looks for `<handler>.js`; told the whole file name, it loads the TypeScript as it is.
 */
export default class InvokeLocal {
  // `invoke local` resolves references with AWS before a plugin's turn; only `initialize` is earlier.
  readonly hooks: Hooks = { initialize: () => this.#prepare() };
  readonly #serverless: Serverless;
  readonly #options: Options;

  constructor(serverless: Serverless, options: Options) {
    this.#serverless = serverless;
    this.#options = options;
  }

  async #prepare(): Promise<void> {
    const { processedInput, service } = this.#serverless;
    if (processedInput.commands.join(' ') !== 'invoke local') return;

    const { sqsEndpoint, shops, compiledShops } = readLocalSettings();
    const region = service.provider.region;
    useLocalAws(region, sqsEndpoint);
    const resolve = localResolver(service.resources?.Resources ?? {}, { region, sqsEndpoint });
    service.provider.environment = resolve(service.provider.environment ?? {}) as Record<string, unknown>;
    if (isStale(compiledShops, shops)) {
      const { compileShops } = await import('./shops-file.ts');
      await compileShops(shops, compiledShops);
    }

    const definition = service.functions[String(this.#options.function)];
    if (definition) definition.handler = definition.handler.replace(/\.(\w+)$/, '.ts.$1');
  }
}
