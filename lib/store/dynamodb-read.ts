// Reading from DynamoDB: keys in batches, listings page by page.

import { BatchGetItemCommand, GetItemCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { backoffMs, type Connection, TRIES } from './dynamodb-connection.ts';
import { type Attributes, isExpired, keyAttributes, toItem, toKey } from './dynamodb-items.ts';
import { fromCursor, pageLimit, toCursor } from './page.ts';
import { currentSeconds, dueText } from './prepare.ts';
import { type DueQuery, type Item, type ItemsQuery, type Key, keyText, type OwnerQuery, type Page } from './store.ts';

const readOne = async ({ client, table, report, consumed }: Connection, key: Key): Promise<Attributes[]> => {
  const input = { TableName: table, Key: keyAttributes(key), ConsistentRead: true, ...report };
  const { Item, ConsumedCapacity } = await client.send(new GetItemCommand(input));
  consumed('GetItem', 'read', ConsumedCapacity);
  return Item ? [Item] : [];
};

const readMany = async (connection: Connection, keys: readonly Key[]): Promise<Attributes[]> => {
  const { client, table, pause, report, consumed } = connection;
  const found: Attributes[] = [];
  let unread: Attributes[] = keys.map(keyAttributes);
  for (let tries = 0; unread.length > 0; ) {
    const RequestItems = { [table]: { Keys: unread, ConsistentRead: true } };
    const reply = await client.send(new BatchGetItemCommand({ RequestItems, ...report }));
    consumed('BatchGetItem', 'read', reply.ConsumedCapacity);
    found.push(...(reply.Responses?.[table] ?? []));
    const left = reply.UnprocessedKeys?.[table]?.Keys ?? [];
    // A reply is cut at 16 MB: going on at once is right then. Only a reply that brought nothing says "slow down".
    tries = left.length < unread.length ? 0 : tries + 1;
    if (tries === TRIES) throw new Error(`DynamoDB left ${left.length} keys unread, ${TRIES} times`);
    if (tries > 0) await pause(backoffMs(tries));
    unread = left;
  }
  return found;
};

/** What is stored under the keys by {@link keyText}, expired items included; one request unless the reply is cut. */
export const read = async (connection: Connection, keys: readonly Key[]): Promise<Map<string, Attributes>> => {
  const distinct = new Map(keys.map((key) => [keyText(key), key]));
  const [first] = distinct.values();
  const found =
    first && distinct.size === 1
      ? await readOne(connection, first)
      : await readMany(connection, [...distinct.values()]);
  return new Map(found.map((attributes) => [keyText(toKey(attributes)), attributes]));
};

interface Rows {
  readonly rows: readonly Attributes[];
  /** The row after which the next page begins, if there is one. */
  readonly last: Attributes | undefined;
}

/** One page of a query, by as many requests as it takes: one row more than asked tells whether another page follows. */
const page = async (
  { client, table, now, report, consumed }: Connection,
  input: Omit<QueryCommandInput, 'TableName'>,
  limit: number,
): Promise<Rows> => {
  const seconds = currentSeconds(now());
  const rows: Attributes[] = [];
  let ExclusiveStartKey = input.ExclusiveStartKey;
  do {
    const Limit = limit + 1 - rows.length;
    const reply = await client.send(
      new QueryCommand({ ...input, TableName: table, Limit, ExclusiveStartKey, ...report }),
    );
    consumed('Query', 'read', reply.ConsumedCapacity);
    // Rows of the indexes hold keys only, so they stay.
    rows.push(...(reply.Items ?? []).filter((attributes) => !isExpired(attributes, seconds)));
    ExclusiveStartKey = reply.LastEvaluatedKey;
  } while (ExclusiveStartKey && rows.length <= limit);
  return { rows: rows.slice(0, limit), last: rows.length > limit ? rows[limit - 1] : undefined };
};

export const listItems = async (connection: Connection, asked: ItemsQuery): Promise<Page<Item>> => {
  const { partition, prefix = '', from } = asked;
  const [sort = ''] = from === undefined ? [] : fromCursor(from, 1);
  const { rows, last } = await page(
    connection,
    {
      ConsistentRead: true,
      KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': { S: partition }, ...(prefix !== '' && { ':prefix': { S: prefix } }) },
      ...(from !== undefined && { ExclusiveStartKey: keyAttributes({ partition, sort }) }),
    },
    pageLimit(asked.limit),
  );
  return { items: rows.map(toItem), ...(last && { next: toCursor([toKey(last).sort]) }) };
};

export const listOwner = async (connection: Connection, asked: OwnerQuery): Promise<Page<Key>> => {
  const { from } = asked;
  const owner = { S: asked.owner };
  const [partition = '', sort = ''] = from === undefined ? [] : fromCursor(from, 2);
  const { rows, last } = await page(
    connection,
    {
      IndexName: 'byOwner',
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': owner },
      ...(from !== undefined && { ExclusiveStartKey: { owner, ...keyAttributes({ partition, sort }) } }),
    },
    pageLimit(asked.limit),
  );
  return { items: rows.map(toKey), ...(last && { next: toCursor([toKey(last).partition, toKey(last).sort]) }) };
};

export const listDue = async (connection: Connection, asked: DueQuery): Promise<Page<Key>> => {
  const { from } = asked;
  const list = { S: asked.list };
  const [at = '', partition = '', sort = ''] = from === undefined ? [] : fromCursor(from, 3);
  const { rows, last } = await page(
    connection,
    {
      IndexName: 'byDue',
      KeyConditionExpression: '#list = :list AND #at <= :until',
      ExpressionAttributeNames: { '#list': 'list', '#at': 'at' },
      ExpressionAttributeValues: { ':list': list, ':until': { S: dueText(asked.until) } },
      ...(from !== undefined && {
        ExclusiveStartKey: { list, at: { S: at }, ...keyAttributes({ partition, sort }) },
      }),
    },
    pageLimit(asked.limit),
  );
  const place = last && [last.at?.S ?? '', toKey(last).partition, toKey(last).sort];
  return { items: rows.map(toKey), ...(place && { next: toCursor(place) }) };
};
