import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Segment, segments } from '../store/segment.ts';
import type { Store } from '../store/store.ts';
import { countedStage, type Environment, environmentText, readEnvironment, type VariableName } from './environment.ts';
import { jsonLogger } from './logger.ts';
import type { CheckedQueue, SqsClient } from './sqs-queue.ts';

/**
 * What all functions share, opened when it is first asked for and kept as long as the container lives. What only some
 * need is opened in a module of its own, so that a bundle holds no more than its function uses.
 */
const opened = new Map<string, unknown>();

/**
 * Opens a thing once for an environment: again only when one of the named variables says something else, since one
 * process runs all functions locally. What failed is tried again by the next who asks.
 *
 * @throws ConfigurationError (rejects) when a variable is missing or refused.
 */
export const once = <Name extends VariableName, T>(
  thing: string,
  names: readonly Name[],
  open: (environment: Pick<Environment, Name>) => T | Promise<T>,
): Promise<T> => {
  const key = `${thing}\n${environmentText(names)}`;
  const known = opened.get(key) as Promise<T> | undefined;
  if (known) return known;
  const opening = (async () => open(readEnvironment(names)))();
  opened.set(key, opening);
  opening.catch(() => opened.delete(key));
  return opening;
};

/** The clock of all functions. */
export const now = (): Date => new Date();

/** The logger of all functions. */
export const log = jsonLogger(undefined, now, countedStage());

/** The account whose items are in the store. */
export const openAccountId = (): Promise<number> => once('account', ['ACCOUNT_ID'], ({ ACCOUNT_ID }) => ACCOUNT_ID);

/** The largest body of a request, in bytes. */
export const openMaxBodyBytes = (): Promise<number> =>
  once('max body', ['MAX_BODY_BYTES'], ({ MAX_BODY_BYTES }) => MAX_BODY_BYTES);

/** The stage's store. */
export const openStore = (): Promise<Store> =>
  once('store', ['STORE'], async ({ STORE: { kind, value } }) => {
    if (kind === 'dynamodb') return (await import('../store/dynamodb.ts')).openDynamoDbStore({ table: value });
    const file = resolve(value);
    await mkdir(dirname(file), { recursive: true });
    return (await import('../store/sqlite.ts')).openSqliteStore(file);
  });

/** Makes key segments under the stage's secret. */
export const openSegment = (): Promise<Segment> =>
  once('segment', ['KEY_SECRET'], ({ KEY_SECRET }) => segments(KEY_SECRET));

/** One of the stage's queues, by the variable that holds its address. */
export const openQueue = (
  variable: 'INBOX_QUEUE_URL' | 'OUTBOX_QUEUE_URL' | 'EFFECTS_QUEUE_URL',
): Promise<CheckedQueue> =>
  once('queue', [variable], async (environment) => {
    const { sqsQueue } = await import('./sqs-queue.ts');
    return sqsQueue(environment[variable], await openSqs());
  });

const openSqs = (): Promise<SqsClient> => once('sqs', [], async () => (await import('./sqs-queue.ts')).sqsClient());
