import { rm, writeFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';
import { readLocalSettings } from './local-settings.ts';
import type { FunctionDefinition, Hooks, Options, Serverless, Writers } from './serverless.ts';

const OUT = 'build';

/** Where packaging leaves the size of every bundle, by file. */
export const BUNDLE_SIZES = `${OUT}/bundles.json`;

/** Where SHOPS_FILE of a deployed stage points to. */
const SHOPS = `${OUT}/shops.json`;

/** The module that reads the shops file: a bundle that holds it needs the file. */
const SHOPS_READER = 'lib/lambda/shops-file.ts';

/** `functions/x.handler` → `functions/x`. */
const moduleOf = (handler: string): string => handler.replace(/\.\w+$/, '');

/**
 * Bundles functions, each for itself, to `build/functions/…/<name>.mjs` with its source map.
 *
 * @throws Error when a bundle would need `require`, which an ES module does not have.
 */
export const bundle = async (modules: readonly string[]): Promise<Metafile> => {
  const { build } = await import('esbuild');
  await rm(`${OUT}/functions`, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: modules.map((module) => `${module}.ts`),
    outbase: '.',
    outdir: OUT,
    outExtension: { '.js': '.mjs' },
    metafile: true,
    bundle: true,
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK's ES modules: the default would take its CommonJS, which cannot be shaken.
    mainFields: ['module', 'main'],
    // Never reached where STORE is a table; bundled, it would load the database engine at every start.
    external: ['../store/sqlite.ts'],
    logLevel: 'error',
  });
  for (const [file, { imports }] of Object.entries(metafile.outputs)) {
    const required = imports.find(({ kind }) => kind === 'require-call');
    if (required) throw new Error(`${file} requires ${required.path}; see the banner option of esbuild`);
  }
  return metafile;
};

/** Framework plugin: packages every function as one bundle, with the compiled shops file where it reads the shops. */
export default class Bundle {
  readonly hooks: Hooks = { 'before:package:createDeploymentArtifacts': () => this.#bundle() };
  readonly #serverless: Serverless;
  readonly #log: Writers['log'];

  constructor(serverless: Serverless, _options: Options, { log }: Writers) {
    this.#serverless = serverless;
    this.#log = log;
  }

  async #bundle(): Promise<void> {
    const functions = Object.entries(this.#serverless.service.functions);
    const { outputs } = await bundle(functions.map(([, { handler }]) => moduleOf(handler)));
    const { compileShops } = await import('./shops-file.ts');
    await compileShops(readLocalSettings().shops, SHOPS);
    for (const [id, definition] of functions) {
      const file = `${OUT}/${moduleOf(definition.handler)}.mjs`;
      const output = outputs[file];
      const readsShops = (output?.inputs[SHOPS_READER]?.bytesInOutput ?? 0) > 0;
      this.#package(definition, [file, `${file}.map`, ...(readsShops ? [SHOPS] : [])]);
      this.#log.notice(`${id.padEnd(28)}${((output?.bytes ?? 0) / 1024).toFixed(1).padStart(8)} KB`);
    }
    await writeFile(BUNDLE_SIZES, JSON.stringify(sizes(outputs)));
  }

  #package(definition: FunctionDefinition, files: readonly string[]): void {
    definition.handler = `${OUT}/${definition.handler}`;
    definition.package = { patterns: ['!**', ...files] };
  }
}

const sizes = (outputs: Metafile['outputs']): Record<string, number> =>
  Object.fromEntries(Object.entries(outputs).map(([file, { bytes }]) => [file, bytes]));
