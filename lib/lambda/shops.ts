import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readShops, type Shops } from '../commerce/shops.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { once } from './deps.ts';

/** The stage's shops, from the compiled file. */
export const openShops = (): Promise<Shops> =>
  once('shops', ['SHOPS_FILE'], async ({ SHOPS_FILE }) => readShops(await contentOf(SHOPS_FILE)));

const contentOf = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(resolve(path), 'utf8'));
  } catch (cause) {
    throw new ConfigurationError(`SHOPS_FILE names a file that is not there or no JSON: ${path}`, { cause });
  }
};
