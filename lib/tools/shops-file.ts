import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { readShops } from '../commerce/shops.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { Refusal } from './refusal.ts';

/**
 * Compiles the file that names the shops to the JSON that functions read: no YAML parser is deployed, and a mistake shows
 * before anything starts.
 *
 * @throws Refusal naming every fault of the file.
 */
export const compileShops = async (from: string, to: string): Promise<void> => {
  const content: unknown = parse(await readFile(from, 'utf8'));
  try {
    readShops(content);
  } catch (error) {
    throw error instanceof ConfigurationError ? new Refusal(`${from}: ${error.message}`) : error;
  }
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, JSON.stringify(content));
};
