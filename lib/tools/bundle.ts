import { rm, writeFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';
import { MODULES } from './bundle-options.ts';
import { httpOnRequire } from './http-on-require.ts';
import { readLocalSettings } from './local-settings.ts';
import { bundleSdk } from './sdk-bundle.ts';
import type { Hooks, Options, Serverless, Writers } from './serverless.ts';

const OUT = 'build';

/** Where packaging leaves the size of every bundle, by the file that is loaded first. */
export const BUNDLE_SIZES = `${OUT}/bundles.json`;

/** Where SHOPS_FILE of a deployed stage points to. */
const SHOPS = `${OUT}/shops.json`;

/** The module that reads the shops file: a bundle that holds it needs the file. */
const SHOPS_READER = 'lib/lambda/shops-file.ts';

/** `functions/x.handler` → `functions/x`. */
const moduleOf = (handler: string): string => handler.replace(/\.\w+$/, '');

/**
 * A bundled function: files in a folder of its own, of which one is loaded at once and the others when they are needed,
 * and those of the AWS SDK that they use.
 */
export interface Bundle {
  /** The file that a start loads, such as `build/functions/http/health/index.mjs`. */
  readonly entry: string;
  readonly outputs: Metafile['outputs'];
}

const isCode = (file: string): boolean => file.endsWith('.mjs');

/** Bytes of code that every start loads: the entry, and what it imports without being asked. */
export const loadedAtOnce = ({ entry, outputs }: Bundle): number => {
  const files = new Set([entry]);
  for (const file of files) {
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && !external) files.add(path);
    }
  }
  return [...files].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0);
};

/** Bytes of all its code. */
export const bytesOf = ({ outputs }: Bundle): number =>
  Object.entries(outputs).reduce((sum, [file, { bytes }]) => sum + (isCode(file) ? bytes : 0), 0);

/**
 * Bundles functions, each to a folder of its own in `build/functions/…`, with source maps, and the AWS SDK beside them in
 * `build/sdk`. What is imported on demand (the table, queues, secrets) is a file of its own, so that a start reads only
 * what it uses.
 *
 * @throws Error when a bundle would need `require`, which an ES module does not have.
 */
export const bundle = async (modules: readonly string[]): Promise<ReadonlyMap<string, Bundle>> => {
  const { build } = await import('esbuild');
  await rm(`${OUT}/functions`, { recursive: true, force: true });
  await rm(`${OUT}/sdk`, { recursive: true, force: true });
  const sdk = await bundleSdk(OUT);
  const bundled = modules.map(async (module): Promise<[string, Bundle]> => {
    const { metafile } = await build({
      entryPoints: [{ in: `${module}.ts`, out: 'index' }],
      outdir: `${OUT}/${module}`,
      ...MODULES,
      sourcemap: 'linked',
      sourcesContent: false,
      // Never reached where STORE is a table; bundled, it would load the database engine at every start.
      external: ['../store/sqlite.ts'],
      plugins: [sdk.plugin(module.split('/').length), httpOnRequire],
    });
    const outputs = sdk.withSdk(metafile.outputs);
    for (const [file, { imports }] of Object.entries(outputs)) {
      const required = imports.find(({ kind }) => kind === 'require-call');
      if (required) throw new Error(`${file} requires ${required.path}; see the banner option of esbuild`);
    }
    return [module, { entry: `${OUT}/${module}/index.mjs`, outputs }];
  });
  return new Map(await Promise.all(bundled));
};

/** Framework plugin: packages every function as its bundle, with the compiled shops file where it reads the shops. */
export default class Bundling {
  readonly hooks: Hooks = { 'before:package:createDeploymentArtifacts': () => this.#bundle() };
  readonly #serverless: Serverless;
  readonly #log: Writers['log'];

  constructor(serverless: Serverless, _options: Options, { log }: Writers) {
    this.#serverless = serverless;
    this.#log = log;
  }

  async #bundle(): Promise<void> {
    const functions = Object.entries(this.#serverless.service.functions);
    const bundles = await bundle(functions.map(([, { handler }]) => moduleOf(handler)));
    const { compileShops } = await import('./shops-file.ts');
    await compileShops(readLocalSettings().shops, SHOPS);
    const sizes: Record<string, number> = {};
    for (const [id, definition] of functions) {
      const made = bundles.get(moduleOf(definition.handler));
      if (!made) throw new Error(`${id} has no bundle`);
      const readsShops = Object.values(made.outputs).some(
        ({ inputs }) => (inputs[SHOPS_READER]?.bytesInOutput ?? 0) > 0,
      );
      const files = Object.keys(made.outputs);
      sizes[made.entry] = bytesOf(made);
      definition.handler = made.entry.replace(/\.mjs$/, '.handler');
      definition.package = { patterns: ['!**', ...files, ...(readsShops ? [SHOPS] : [])] };
      this.#log.notice(`${id.padEnd(38)}${(bytesOf(made) / 1024).toFixed(1).padStart(8)} KB`);
    }
    await writeFile(BUNDLE_SIZES, JSON.stringify(sizes));
  }
}
