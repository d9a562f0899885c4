import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigurationError } from '../contract/errors.ts';

/** The content of the compiled shops file. @throws ConfigurationError (rejects) when it is not there or no JSON. */
export const shopsFile = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(resolve(path), 'utf8'));
  } catch (cause) {
    throw new ConfigurationError(`SHOPS_FILE names a file that is not there or no JSON: ${path}`, { cause });
  }
};
