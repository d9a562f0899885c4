import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '../contract/errors.ts';
import { readEnvironment } from '../lambda/environment.ts';
import { shopsFile } from '../lambda/shops-file.ts';
import { type Privacy, readPrivacy } from '../privacy/settings.ts';
import { readLocalKeySecret } from './local-secret.ts';
import { readLocalSettings } from './local-settings.ts';
import { openNamedStore, openStoreFile } from './open-store.ts';
import { progressOn } from './ops-progress.ts';
import { runPrivacyCommand } from './privacy-command.ts';
import type { OpenedPrivacy } from './privacy-deps.ts';
import { Refusal } from './refusal.ts';

/** Where packaging leaves the shops of a deployed stage. */
const COMPILED_SHOPS = 'build/shops.json';

const settingsIn = async (file: string): Promise<Privacy> => {
  if (!existsSync(resolve(file))) {
    throw new Refusal(`${file} does not exist: run npm start or npm run package once, or set SHOPS_FILE`);
  }
  return readPrivacy(await shopsFile(file));
};

/** The stage that the environment names, or the local state. */
const open = async (): Promise<OpenedPrivacy> => {
  const { ACCOUNT_ID: accountId } = readEnvironment(['ACCOUNT_ID']);
  if (process.env.STORE) {
    return {
      accountId,
      store: await openNamedStore(),
      keySecret: () => readEnvironment(['KEY_SECRET']).KEY_SECRET,
      settings: () => settingsIn(process.env.SHOPS_FILE || COMPILED_SHOPS),
    };
  }
  const { database, compiledShops } = readLocalSettings();
  const keySecret = await readLocalKeySecret();
  return {
    accountId,
    store: openStoreFile(database),
    keySecret: () => keySecret,
    settings: () => settingsIn(compiledShops),
  };
};

const progress = progressOn(process.stderr);

try {
  await runPrivacyCommand(process.argv.slice(2), {
    open,
    now: () => new Date(),
    print: (text) => {
      progress.clear();
      process.stdout.write(`${text}\n`);
    },
    show: progress.show,
    fail: () => {
      process.exitCode = 1;
    },
  });
} catch (error) {
  const isTheirs = error instanceof Refusal || error instanceof ConfigurationError;
  process.stderr.write(`${isTheirs ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
