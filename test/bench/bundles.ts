import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { bundle } from '../../lib/tools/bundle.ts';
import type { Part } from './bench.ts';

let sizes: readonly { readonly name: string; readonly kilobytes: number }[] = [];

/** How large each function's bundle is: what a cold start has to read. */
export const bundleSizes: Part = {
  title: 'Bundles: kilobytes of each function',
  gate: async () => {
    const files = (await readdir('functions', { recursive: true })).filter((file) => file.endsWith('.ts'));
    const { outputs } = await bundle(files.map((file) => `functions/${file.slice(0, -3)}`));
    sizes = Object.entries(outputs)
      .filter(([file]) => file.endsWith('.mjs'))
      .map(([file, { bytes }]) => ({ name: file.replace(/^build\/functions\/|\.mjs$/g, ''), kilobytes: bytes / 1024 }));
    assert.equal(sizes.length, files.length, 'a function has no bundle');
  },
  measure: async () => sizes.map(({ name, kilobytes }) => ({ what: name, value: `${kilobytes.toFixed(0)} KB` })),
};
