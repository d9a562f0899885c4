import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localQueues, localResolver, type Resolve } from './cloudformation.ts';
import { type LocalSettings, readLocalSettings, useLocalAws } from './local-settings.ts';
import type { poll as Poll } from './poller.ts';
import type { FunctionDefinition, Hooks, Options, Serverless, Writers } from './serverless.ts';
import type { LocalSqs } from './sqs.ts';

/** The server's last words may take this long; state is safe without them. */
const PATIENCE_MS = 500;

/**
 * Framework plugin: `osls offline start` also gets the queues of serverless.yml, in this process and on disk, and feeds
 * them to their functions.
 *
 * With an IPC channel to its parent it sends `{ type: 'ready' }` once HTTP and queues are up, and ends when the channel
 * closes, so that it never outlives a killed parent.
 */
export default class LocalStack {
  readonly hooks: Hooks = {
    'before:offline:start:init': () => this.#open(),
    'after:offline:start:init': () => this.#ready(),
    'before:offline:start:end': () => this.#close(),
  };
  readonly #serverless: Serverless;
  readonly #log: Writers['log'];
  readonly #settings: LocalSettings = readLocalSettings();
  readonly #print = console.log;
  #resolve: Resolve = (value) => value;
  #sqs: LocalSqs | undefined;
  #pollers: { stop(): Promise<void> }[] = [];

  constructor(serverless: Serverless, _options: Options, { log }: Writers) {
    this.#serverless = serverless;
    this.#log = log;
  }

  async #open(): Promise<void> {
    process.once('disconnect', () => process.exit(0));
    // Listened to, the channel would keep alive a stack that could not start.
    process.channel?.unref();
    const { service } = this.#serverless;
    const resources = service.resources?.Resources ?? {};
    const { sqsPort, shops, compiledShops, state } = this.#settings;
    const at = { region: service.provider.region, sqsEndpoint: `http://127.0.0.1:${sqsPort}` };

    // Loaded when they are needed: the framework loads its plugins for every command.
    const [{ compileShops }, { startSqs }] = await Promise.all([import('./shops-file.ts'), import('./sqs.ts')]);
    useLocalAws(at.region, at.sqsEndpoint);
    this.#resolve = localResolver(resources, at);
    service.provider.environment = this.#resolve(service.provider.environment ?? {}) as Record<string, unknown>;
    await compileShops(shops, compiledShops);
    this.#sqs = await startSqs(localQueues(resources, this.#resolve), {
      port: sqsPort,
      region: at.region,
      dataDir: join(state, 'sqs'),
    });
    // serverless-offline prints a list of routes on standard output while it starts, and has no option against it.
    console.log = () => {};
  }

  async #ready(): Promise<void> {
    console.log = this.#print;
    const { poll } = await import('./poller.ts');
    for (const definition of Object.values(this.#serverless.service.functions)) this.#feed(definition, poll);
    process.send?.({ type: 'ready' });
  }

  #feed(definition: FunctionDefinition, poll: typeof Poll): void {
    const sqs = this.#sqs;
    for (const { sqs: source } of definition.events ?? []) {
      if (!source || !sqs) continue;
      const arn = this.#resolve(source.arn) as string;
      const report = (error: unknown) => this.#log.error(`queue of ${definition.name}: ${error}`);
      this.#pollers.push(
        poll(sqs, {
          queue: arn.split(':').at(-1) ?? '',
          arn,
          batchSize: Math.min(source.batchSize ?? 10, 10),
          invoke: (event) => this.#invoke(definition.name, event),
          report,
        }),
      );
    }
  }

  async #invoke(name: string, event: object): Promise<unknown> {
    const address = `http://127.0.0.1:${this.#settings.lambdaPort}/2015-03-31/functions/${name}/invocations`;
    const response = await fetch(address, { method: 'POST', body: JSON.stringify(event) });
    const text = await response.text();
    if (!response.ok || response.headers.has('x-amz-function-error')) throw new Error(text);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #close(): Promise<void> {
    const stopped = Promise.all(this.#pollers.map((poller) => poller.stop())).then(() => this.#sqs?.stop());
    await Promise.race([stopped, sleep(PATIENCE_MS)]);
    // Left to itself, serverless-offline waits five seconds for idle connections.
    process.exit(0);
  }
}
