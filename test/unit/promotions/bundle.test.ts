import { build } from 'esbuild';
import { expect, test } from 'vitest';

const packagesOf = async (entry: string): Promise<string[]> => {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  const packages = Object.keys(metafile.inputs).flatMap((path) => /node_modules\/([^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set(packages)].toSorted();
};

test.each([
  ['promotions', ['big.js']],
  ['snapshot-reader', []],
  ['publish', []],
  ['file', ['big.js', 'yaml', 'zod']],
])('whoever imports %s brings along no more packages than it needs', async (module, packages) => {
  expect(await packagesOf(`lib/promotions/${module}.ts`)).toEqual(packages);
});
