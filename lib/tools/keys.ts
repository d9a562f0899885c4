import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { ConfigurationError } from '../contract/errors.ts';
import { readEnvironment } from '../lambda/environment.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { runKeysCommand } from './keys-command.ts';
import { readLocalKeySecret } from './local-secret.ts';
import { readLocalSettings } from './local-settings.ts';
import { Refusal } from './refusal.ts';

const openFile = (file: string): Store => {
  // Opened, it would be made: an empty one, to which a mistyped path leads.
  if (!existsSync(file)) {
    throw new Refusal(`${file} does not exist: run npm start once, or set STORE to that of a deployed stage`);
  }
  return openSqliteStore(file);
};

/** The store that STORE names with the KEY_SECRET of the environment, or the local state with the local stage's. */
const open = async () => {
  const { ACCOUNT_ID: accountId } = readEnvironment(['ACCOUNT_ID']);
  if (!process.env.STORE) {
    return { accountId, store: openFile(readLocalSettings().database), keySecret: await readLocalKeySecret() };
  }
  const { kind, value } = readEnvironment(['STORE']).STORE;
  const keySecret = process.env.KEY_SECRET ? readEnvironment(['KEY_SECRET']).KEY_SECRET : undefined;
  if (kind === 'sqlite') return { accountId, store: openFile(value), keySecret };
  const { openDynamoDbStore } = await import('../store/dynamodb.ts');
  return { accountId, store: openDynamoDbStore({ table: value }), keySecret };
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
