import { randomUUID } from 'node:crypto';
import { ConfigurationError } from '../contract/errors.ts';
import { readEnvironment } from '../lambda/environment.ts';
import { runKeysCommand } from './keys-command.ts';
import { readLocalKeySecret } from './local-secret.ts';
import { readLocalSettings } from './local-settings.ts';
import { openNamedStore, openStoreFile } from './open-store.ts';
import { Refusal } from './refusal.ts';

/** The store that STORE names with the KEY_SECRET of the environment, or the local state with the local stage's. */
const open = async () => {
  const { ACCOUNT_ID: accountId } = readEnvironment(['ACCOUNT_ID']);
  if (!process.env.STORE) {
    return { accountId, store: openStoreFile(readLocalSettings().database), keySecret: await readLocalKeySecret() };
  }
  const keySecret = process.env.KEY_SECRET ? readEnvironment(['KEY_SECRET']).KEY_SECRET : undefined;
  return { accountId, store: await openNamedStore(), keySecret };
};

try {
  await runKeysCommand(process.argv.slice(2), {
    open,
    now: () => new Date(),
    newId: randomUUID,
    print: (text) => void process.stdout.write(`${text}\n`),
  });
} catch (error) {
  const isTheirs = error instanceof Refusal || error instanceof ConfigurationError;
  process.stderr.write(`${isTheirs ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
