import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { readShops } from '../commerce/shops.ts';
import { ConfigurationError } from '../contract/errors.ts';
import { readPrivacy } from '../privacy/settings.ts';
import { Refusal } from './refusal.ts';

/**
 * Compiles the file that names the shops to the JSON that functions read: no YAML parser is deployed, and a mistake shows
 * before anything starts.
 *
 * @throws Refusal naming every fault of the file.
 */
export const compileShops = async (from: string, to: string): Promise<void> => {
  const content = await readShopsFile(from);
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, JSON.stringify(content));
};

/** The content of the file that names the shops. @throws Refusal naming every fault of the file, or that there is none. */
export const readShopsFile = async (file: string): Promise<unknown> => {
  try {
    const content: unknown = parse(await readFile(file, 'utf8'));
    readShops(content);
    readPrivacy(content);
    return content;
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof YAMLParseError) {
      throw new Refusal(`${file}: ${error.message}`);
    }
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Refusal(`${file} does not exist`);
    throw error;
  }
};
