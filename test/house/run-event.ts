// Runs recorded events in a process of its own: told which by messages, answers each with what the function answered.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Order {
  readonly handler: string;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

const TIME_MS = 30_000;

process.on('message', async ({ handler, file, env }: Order) => {
  try {
    Object.assign(process.env, env);
    const [module = '', name = ''] = [handler.replace(/\.\w+$/, '.ts'), handler.split('.').at(-1)];
    const functions = (await import(pathToFileURL(resolve(module)).href)) as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const event: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const context = { awsRequestId: file, getRemainingTimeInMillis: () => TIME_MS };
    process.send?.({ answer: (await functions[name]?.(event, context)) ?? null });
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
