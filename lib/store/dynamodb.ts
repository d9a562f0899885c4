import { setTimeout as sleep } from 'node:timers/promises';
import { type ConsumedCapacity, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Connection } from './dynamodb-connection.ts';
import { isExpired, toItem } from './dynamodb-items.ts';
import { listDue, listItems, listOwner, read } from './dynamodb-read.ts';
import { apply, attemptAt } from './dynamodb-write.ts';
import { checkKeys, checkQuery, currentSeconds, prepare } from './prepare.ts';
import { type DueQuery, type ItemsQuery, keyText, type OwnerQuery, StaleWriteError, type Store } from './store.ts';

/** The table as CreateTable takes it, without its name. serverless.yml declares the same. */
export const tableDefinition = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'owner', AttributeType: 'S' },
    { AttributeName: 'list', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byOwner',
      KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
    {
      IndexName: 'byDue',
      KeySchema: [
        { AttributeName: 'list', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
} satisfies Omit<CreateTableCommandInput, 'TableName'>;

/** The table's time to live, which a template declares beside the table and CreateTable does not take. */
export const timeToLive = { AttributeName: 'expires', Enabled: true };

export interface DynamoDbStoreOptions {
  readonly table: string;
  /** Closed by whoever made it. Without one the store makes its own, from the environment, and closes it. */
  readonly client?: DynamoDBClient;
  readonly now?: () => Date;
  /** Waits before a request is repeated. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
  /**
   * Told the capacity units, indexes included, of every request that succeeded. (A refused condition consumes units too,
   * but DynamoDB does not say how many.)
   */
  readonly onCapacity?: (operation: string, units: { read: number; write: number }) => void;
}

/** Attempts without an answer are remembered up to this many. */
const MOST_UNANSWERED = 1000;

const connect = (options: DynamoDbStoreOptions): Connection => {
  const { table, now = () => new Date(), pause = sleep, onCapacity } = options;
  // The SDK would wait for an answer for ever; here a second request is safe, and a function that hangs is not.
  const requestHandler = { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true };
  return {
    client: options.client ?? new DynamoDBClient({ requestHandler }),
    table,
    now,
    pause,
    report: onCapacity ? { ReturnConsumedCapacity: 'TOTAL' } : {},
    consumed: (operation: string, kind: 'read' | 'write', capacity: ConsumedCapacity | ConsumedCapacity[] = []) => {
      const units = [capacity].flat().reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0);
      onCapacity?.(operation, { read: 0, write: 0, [kind]: units });
    },
  };
};

/**
 * The store on Amazon DynamoDB: one table with {@link tableDefinition} and {@link timeToLive}.
 *
 * A write of one `put`, or of one `remove` that expects nothing, is a single request: half the write units of a
 * transaction. All else is a transaction, also a lone `add` or a lone `remove` with an expectation: only a transaction's
 * token tells for certain that an attempt came before, whoever has written since. A lone `put` is recognised by the mark
 * of its attempt on the item, until somebody else changes or removes that item.
 *
 * DynamoDB removes expired items late, so an `add` may meet the leftover of one. It is refused then; the store deletes the
 * leftover, on the condition that it is expired still, and sends the same request again. So a count never resumes.
 *
 * Conflicts with other transactions and throttled transactions are repeated a few times with jitter. Still in conflict:
 * a StaleWriteError naming the keys. Still throttled: DynamoDB's own error.
 *
 * Needs the rights GetItem, BatchGetItem, Query (table and indexes), PutItem, UpdateItem, DeleteItem, ConditionCheckItem.
 */
export const openDynamoDbStore = (options: DynamoDbStoreOptions): Store => {
  const connection = connect(options);
  const seconds = () => currentSeconds(connection.now());

  /**
   * The clock of attempts that got no answer: DynamoDB knows a transaction by its token only when the same request is
   * sent again to the letter, and the conditions name the clock.
   */
  const unanswered = new Map<string, number>();

  const get: Store['get'] = async (keys) => {
    checkKeys(keys);
    const found = await read(connection, keys);
    const at = seconds();
    return keys.map((key) => {
      const attributes = found.get(keyText(key));
      return attributes && !isExpired(attributes, at) ? toItem(attributes) : undefined;
    });
  };

  const query = async (index: 'items' | 'byOwner' | 'byDue', asked: ItemsQuery | OwnerQuery | DueQuery) => {
    checkQuery(asked);
    if (index === 'items') return listItems(connection, asked as ItemsQuery);
    return index === 'byOwner' ? listOwner(connection, asked as OwnerQuery) : listDue(connection, asked as DueQuery);
  };

  const write: Store['write'] = async (changes, attempt) => {
    const prepared = prepare(changes);
    if (prepared.length === 0) return;
    const at = unanswered.get(attempt) ?? seconds();
    unanswered.delete(attempt);
    try {
      await apply(connection, prepared, attemptAt(attempt, at));
    } catch (error) {
      if (!(error instanceof StaleWriteError)) {
        unanswered.set(attempt, at);
        const [oldest] = unanswered.keys();
        if (unanswered.size > MOST_UNANSWERED && oldest !== undefined) unanswered.delete(oldest);
      }
      throw error;
    }
  };

  const purge = async (): Promise<void> => {};

  const close = async (): Promise<void> => {
    if (!options.client) connection.client.destroy();
  };

  return { get, query: query as Store['query'], write, purge, close };
};
