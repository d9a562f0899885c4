// Items and changes in DynamoDB's own terms, marshalled by hand: no SDK code, only its types.
//
// Attributes: pk, sk; v (version) and d (data: S as JSON, B deflated) of a put; `n:<name>` for each count; a (the attempt
// that wrote it); owner, list, at (due), expires (epoch seconds, the table's time to live) where they are set.

import { inflateRawSync } from 'node:zlib';
import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { dueText, expirySeconds, type Prepared, packed } from './prepare.ts';
import type { Change, Counts, Expectation, Item, Json, Key, NewItem } from './store.ts';

export type Attributes = Record<string, AttributeValue>;

/** What the requests of one write share: table, current time in whole seconds, the attempt's mark on the items. */
export interface WriteContext {
  readonly table: string;
  readonly seconds: number;
  readonly mark: Uint8Array;
}

const COUNT_PREFIX = 'n:';

const number = (value: number): AttributeValue => ({ N: String(value) });

export const keyAttributes = (key: Key): Attributes => ({ pk: { S: key.partition }, sk: { S: key.sort } });

export const toKey = (attributes: Attributes): Key => ({
  partition: attributes.pk?.S ?? '',
  sort: attributes.sk?.S ?? '',
});

/** Whether the item is past its expiry: stored still, but absent to every reader. */
export const isExpired = ({ expires }: Attributes, seconds: number): boolean =>
  expires !== undefined && Number(expires.N) <= seconds;

/** Whether the item holds data rather than counts. */
export const holdsData = (attributes: Attributes): boolean => attributes.v !== undefined;

/** Whether this very attempt was the last to write the item. */
export const isMarked = (attributes: Attributes, mark: Uint8Array): boolean =>
  attributes.a?.B !== undefined && Buffer.compare(attributes.a.B, mark) === 0;

const dataOf = ({ d }: Attributes): Json => {
  if (d?.S !== undefined) return JSON.parse(d.S);
  return d?.B === undefined ? null : JSON.parse(inflateRawSync(d.B).toString());
};

const countsOf = (attributes: Attributes): Counts =>
  Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name.startsWith(COUNT_PREFIX))
      .map(([name, value]) => [name.slice(COUNT_PREFIX.length), Number(value.N)]),
  );

export const toItem = (attributes: Attributes): Item => {
  const { v, owner, list, at, expires } = attributes;
  return {
    key: toKey(attributes),
    data: dataOf(attributes),
    version: Number(v?.N ?? 0),
    counts: v ? {} : countsOf(attributes),
    ...(owner?.S !== undefined && { owner: owner.S }),
    ...(list?.S !== undefined && at?.S !== undefined && { due: { list: list.S, at: new Date(at.S) } }),
    ...(expires && { expires: new Date(Number(expires.N) * 1000) }),
  };
};

const LIVE = '(attribute_not_exists(expires) OR expires > :seconds)';

/** Failed conditions return the item they met: it tells our own earlier write and leftovers from real conflicts. */
const RETURN_MET = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

const condition = (expect: Expectation, seconds: number) =>
  expect === 'absent'
    ? {
        ConditionExpression: 'attribute_not_exists(pk) OR expires <= :seconds',
        ExpressionAttributeValues: { ':seconds': number(seconds) },
        ...RETURN_MET,
      }
    : {
        ConditionExpression: `v = :v AND ${LIVE}`,
        ExpressionAttributeValues: { ':v': number(expect), ':seconds': number(seconds) },
        ...RETURN_MET,
      };

type PutChange = Extract<Change, { put: NewItem }>;
type AddChange = Extract<Change, { add: Key }>;

const update = ({ add, by, atMost = {}, owner, expires }: AddChange, { table, seconds, mark }: WriteContext) => {
  const names: Record<string, string> = {};
  const values: Attributes = { ':seconds': number(seconds), ':mark': { B: mark } };
  const sets = ['a = :mark'];
  const adds: string[] = [];
  const conditions = ['attribute_not_exists(v)', LIVE];
  if (owner !== undefined) {
    names['#owner'] = 'owner';
    values[':owner'] = { S: owner };
    sets.push('#owner = :owner');
  }
  if (expires) {
    values[':expires'] = number(expirySeconds(expires));
    sets.push('expires = :expires');
  }
  const countNames = new Set([...Object.keys(by), ...Object.keys(atMost)]);
  for (const [index, name] of [...countNames].entries()) {
    names[`#n${index}`] = COUNT_PREFIX + name;
    const change = Object.hasOwn(by, name) ? by[name] : undefined;
    if (change !== undefined) {
      values[`:by${index}`] = number(change);
      adds.push(`#n${index} :by${index}`);
    }
    const most = Object.hasOwn(atMost, name) ? atMost[name] : undefined;
    if (most !== undefined) {
      const room = most - (change ?? 0);
      values[`:room${index}`] = number(room);
      // A count that is not there yet is zero; with no room for zero it must be there, and low enough.
      const fits = `#n${index} <= :room${index}`;
      conditions.push(room < 0 ? fits : `(attribute_not_exists(#n${index}) OR ${fits})`);
    }
  }
  return {
    TableName: table,
    Key: keyAttributes(add),
    UpdateExpression: `SET ${sets.join(', ')}${adds.length > 0 ? ` ADD ${adds.join(', ')}` : ''}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeValues: values,
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...RETURN_MET,
  };
};

const putAttributes = ({ put, expect }: PutChange, data: string | Uint8Array, mark: Uint8Array): Attributes => ({
  ...keyAttributes(put.key),
  v: number(expect === 'absent' ? 1 : expect + 1),
  d: typeof data === 'string' ? { S: data } : { B: data },
  a: { B: mark },
  ...(put.owner !== undefined && { owner: { S: put.owner } }),
  ...(put.due && { list: { S: put.due.list }, at: { S: dueText(put.due.at) } }),
  ...(put.expires && { expires: number(expirySeconds(put.expires)) }),
});

/** The change as a part of a transaction; a lone Put or Delete is also the input of PutItem or DeleteItem. */
export const toRequest = (prepared: Prepared, context: WriteContext): TransactWriteItem => {
  const { change } = prepared;
  const { table, seconds, mark } = context;
  if ('put' in change) {
    const attributes = putAttributes(change, packed(prepared), mark);
    return { Put: { TableName: table, Item: attributes, ...condition(change.expect, seconds) } };
  }
  if ('add' in change) return { Update: update(change, context) };
  const target = { TableName: table, Key: keyAttributes(prepared.key) };
  if ('check' in change) return { ConditionCheck: { ...target, ...condition(change.expect, seconds) } };
  return { Delete: change.expect === undefined ? target : { ...target, ...condition(change.expect, seconds) } };
};

/** Deletes what is left of an expired item, so that an `add` starts from zero. To every reader it was gone already. */
export const sweepRequest = (key: Key, { table, seconds }: WriteContext) => ({
  TableName: table,
  Key: keyAttributes(key),
  ConditionExpression: 'expires <= :seconds',
  ExpressionAttributeValues: { ':seconds': number(seconds) },
});
