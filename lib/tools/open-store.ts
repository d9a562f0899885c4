import { existsSync } from 'node:fs';
import { readEnvironment } from '../lambda/environment.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { Refusal } from './refusal.ts';

/** A store in a file that is there. @throws Refusal when it is not. */
export const openStoreFile = (file: string): Store => {
  // Opened, it would be made: an empty one, to which a mistyped path leads.
  if (!existsSync(file)) {
    throw new Refusal(`${file} does not exist: run npm start once, or set STORE to that of a deployed stage`);
  }
  return openSqliteStore(file);
};

/** The store that STORE names. @throws ConfigurationError when it names none, Refusal when there is no such file. */
export const openNamedStore = async (): Promise<Store> => {
  const { kind, value } = readEnvironment(['STORE']).STORE;
  if (kind === 'sqlite') return openStoreFile(value);
  const { openDynamoDbStore } = await import('../store/dynamodb.ts');
  return openDynamoDbStore({ table: value });
};
