import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundle, bytesOf, loadedAtOnce } from '../../lib/tools/bundle.ts';
import type { Figure, Part } from './bench.ts';

const run = promisify(execFile);

interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly kilobytes: number;
  /** Of them, those that every start loads. */
  readonly atOnce: number;
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

/** What a function is usually made of (design.md §7). */
const TYPICAL = `
  import middy from '@middy/core';
  import * as z from 'zod';
  import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  const queue = new SQSClient({ region: 'us-east-1' });
  const Body = z.object({ id: z.string() });
  export const handler = middy(async (event) => {
    await table.send(new PutCommand({ TableName: 't', Item: Body.parse(event) }));
    await queue.send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'm' }));
  });`;

const TYPICAL_FILE = 'build/typical.mjs';

const bundleTypical = async (): Promise<void> => {
  const { build } = await import('esbuild');
  await build({
    stdin: { contents: TYPICAL, resolveDir: '.', loader: 'js' },
    outfile: TYPICAL_FILE,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
};

/** Ours against the typical one. */
const MOST = 0.75;

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
    const made = await bundle(files.map((file) => `functions/${file.slice(0, -3)}`));
    bundles = [...made].map(([module, each]) => ({
      name: module.replace('functions/', ''),
      file: each.entry,
      kilobytes: bytesOf(each) / 1024,
      atOnce: loadedAtOnce(each) / 1024,
    }));
    assert.equal(bundles.length, files.length, 'a function has no bundle');
    await bundleTypical();
    assert.ok((await startOf(empty)) > 0);
  },
  measure: async () => {
    const floor = await quickest(empty);
    const beside = async (file: string) => (await quickest(pathToFileURL(resolve(file)).href)) - floor;
    const typical = await beside(TYPICAL_FILE);
    const figures: Figure[] = [
      { what: 'an empty process', value: `${floor.toFixed(0)} ms` },
      { what: 'a typical function (middy, zod, SQS, lib-dynamodb)', value: `${typical.toFixed(0)} ms` },
    ];
    for (const { name, file, kilobytes, atOnce } of bundles) {
      const own = await beside(file);
      const ratio = own / typical;
      const size = `${kilobytes.toFixed(0)} KB, ${atOnce.toFixed(0)} at once`;
      const value = `${size}  ${own.toFixed(0)} ms  ${ratio.toFixed(2)} ×`;
      figures.push({ what: name, value, budget: `≤ ${MOST}`, kept: ratio <= MOST });
    }
    return figures;
  },
};
