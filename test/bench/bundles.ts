import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from '../../lib/tools/bundle.ts';
import type { Part } from './bench.ts';

const run = promisify(execFile);

interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly kilobytes: number;
}

let bundles: readonly Bundle[] = [];

/** Starts of each bundle; the quickest counts, for what else the machine does only adds to one. */
const STARTS = 5;

const empty = 'data:text/javascript,export const handler = 1';

/** CPU of a process that loads a module, in milliseconds: what a cold start pays before its first request. */
const startOf = async (url: string): Promise<number> => {
  const code = `
    const { handler } = await import(${JSON.stringify(url)});
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ ready: handler !== undefined, microseconds: user + system }));
    process.exit(0);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code]);
  const { ready, microseconds } = JSON.parse(stdout) as { ready: boolean; microseconds: number };
  assert.ok(ready, `${url} exports no handler`);
  return microseconds / 1000;
};

const quickest = async (url: string): Promise<number> => {
  let best = Number.POSITIVE_INFINITY;
  for (let start = 0; start < STARTS; start += 1) best = Math.min(best, await startOf(url));
  return best;
};

/** What a cold start of each function has to read, and what it takes of the processor until it can answer. */
export const bundleCosts: Part = {
  title: 'Bundles: size, and CPU until the handler is loaded (beside that of an empty process)',
  gate: async () => {
    const files = (await readdir('functions', { recursive: true })).filter((file) => file.endsWith('.ts'));
    const { outputs } = await bundle(files.map((file) => `functions/${file.slice(0, -3)}`));
    bundles = Object.entries(outputs)
      .filter(([file]) => file.endsWith('.mjs'))
      .map(([file, { bytes }]) => ({
        name: file.replace(/^build\/functions\/|\.mjs$/g, ''),
        file,
        kilobytes: bytes / 1024,
      }));
    assert.equal(bundles.length, files.length, 'a function has no bundle');
    assert.ok((await startOf(empty)) > 0);
  },
  measure: async () => {
    const floor = await quickest(empty);
    const figures = [{ what: 'an empty process', value: `${floor.toFixed(0)} ms` }];
    for (const { name, file, kilobytes } of bundles) {
      const own = (await quickest(pathToFileURL(resolve(file)).href)) - floor;
      figures.push({ what: name, value: `${kilobytes.toFixed(0)} KB  ${own.toFixed(0)} ms` });
    }
    return figures;
  },
};
