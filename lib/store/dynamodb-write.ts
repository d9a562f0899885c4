// Writing to DynamoDB: one conditional request or one transaction, and what its refusals mean.

import { hash } from 'node:crypto';
import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  IdempotentParameterMismatchException,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { isWithin } from './counts.ts';
import { backoffMs, type Connection, TRIES } from './dynamodb-connection.ts';
import { holdsData, isExpired, isMarked, sweepRequest, toRequest, type WriteContext } from './dynamodb-items.ts';
import { read } from './dynamodb-read.ts';
import type { Prepared } from './prepare.ts';
import { type Key, keyText, StaleWriteError } from './store.ts';

/** One attempt to write: its mark on the items, its token (36 characters at most), its clock in whole seconds. */
export interface Attempt {
  readonly mark: Uint8Array;
  readonly token: string;
  readonly seconds: number;
}

/** Mark and token of an attempt, which may be a text of any length. */
export const attemptAt = (attempt: string, seconds: number): Attempt => {
  const digest = hash('sha256', attempt, 'buffer');
  return { mark: digest.subarray(0, 16), token: digest.toString('base64url').slice(0, 36), seconds };
};

const send = async (
  { client, report, consumed }: Connection,
  requests: readonly TransactWriteItem[],
  token: string,
): Promise<void> => {
  const [only] = requests.length === 1 ? requests : [];
  if (only?.Put) {
    const { ConsumedCapacity } = await client.send(new PutItemCommand({ ...only.Put, ...report }));
    return consumed('PutItem', 'write', ConsumedCapacity);
  }
  if (only?.Delete && only.Delete.ConditionExpression === undefined) {
    const { ConsumedCapacity } = await client.send(new DeleteItemCommand({ ...only.Delete, ...report }));
    return consumed('DeleteItem', 'write', ConsumedCapacity);
  }
  const input = { TransactItems: [...requests], ClientRequestToken: token, ...report };
  const { ConsumedCapacity } = await client.send(new TransactWriteItemsCommand(input));
  consumed('TransactWriteItems', 'write', ConsumedCapacity);
};

const CONFLICT = 'TransactionConflict';

/** Reasons that go away by themselves. `None` is the reason of a change that others of its write took down. */
const PASSING = new Set([
  'None',
  CONFLICT,
  'TransactionInProgress',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Why each change was refused, in the order of the changes; undefined when the error is no refusal. */
const reasonsOf = (error: unknown): readonly CancellationReason[] | undefined => {
  if (error instanceof TransactionCanceledException) return error.CancellationReasons;
  if (error instanceof ConditionalCheckFailedException) {
    return [{ Code: 'ConditionalCheckFailed', ...(error.Item && { Item: error.Item }) }];
  }
  if (error instanceof TransactionConflictException) return [{ Code: CONFLICT }];
  return error instanceof TransactionInProgressException ? [{ Code: 'TransactionInProgress' }] : undefined;
};

/** Deletes an expired leftover. Refused means that somebody has begun the item anew: then there is none. */
const sweep = async ({ client, report, consumed }: Connection, key: Key, context: WriteContext): Promise<void> => {
  try {
    const { ConsumedCapacity } = await client.send(new DeleteItemCommand({ ...sweepRequest(key, context), ...report }));
    consumed('DeleteItem', 'write', ConsumedCapacity);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/**
 * Sorts out failed conditions. Returns when the same write may be sent again, because all that was in the way were
 * expired leftovers under an `add`, deleted here. A crash before the next send leaves what every reader saw before.
 *
 * @throws StaleWriteError when a condition failed for good.
 */
const settle = async (
  connection: Connection,
  reasons: readonly CancellationReason[],
  prepared: readonly Prepared[],
  context: WriteContext,
): Promise<void> => {
  const stale: Key[] = [];
  const leftovers: Key[] = [];
  for (const [index, { change, key }] of prepared.entries()) {
    const reason = reasons[index];
    if (reason?.Code !== 'ConditionalCheckFailed') continue;
    const isAdd = 'add' in change;
    const isLeftover = reason.Item !== undefined && isExpired(reason.Item, context.seconds);
    if (isAdd && !isLeftover && reason.Item && holdsData(reason.Item)) {
      throw new Error(`add to an item that holds data: ${keyText(key)}`);
    }
    const canStartAgain = isAdd && isLeftover && isWithin(change.by, change.atMost ?? {});
    (canStartAgain ? leftovers : stale).push(key);
  }
  if (stale.length > 0) throw new StaleWriteError(stale);
  await Promise.all(leftovers.map((key) => sweep(connection, key, context)));
};

/**
 * Whether a transaction whose token is known already was this write, sent under an earlier clock. It was all or nothing,
 * so one mark proves all of it; a write that marks nothing, because it only removes, shows by what is gone.
 */
const hasArrived = async (
  connection: Connection,
  prepared: readonly Prepared[],
  mark: Uint8Array,
): Promise<boolean> => {
  const stored = await read(
    connection,
    prepared.map(({ key }) => key),
  );
  const isGone = ({ change, key }: Prepared) => 'check' in change || ('remove' in change && !stored.has(keyText(key)));
  return [...stored.values()].some((attributes) => isMarked(attributes, mark)) || prepared.every(isGone);
};

/** Applies the changes under this attempt, repeating what fails in passing. */
export const apply = async (
  connection: Connection,
  prepared: readonly Prepared[],
  { mark, token, seconds }: Attempt,
): Promise<void> => {
  const context = { table: connection.table, seconds, mark };
  const keys = prepared.map(({ key }) => key);
  const requests = prepared.map((each) => toRequest(each, context));
  for (let tries = 1; ; tries += 1) {
    try {
      return await send(connection, requests, token);
    } catch (error) {
      if (error instanceof IdempotentParameterMismatchException) {
        if (await hasArrived(connection, prepared, mark)) return;
        throw new StaleWriteError(keys);
      }
      const reasons = reasonsOf(error);
      if (!reasons) throw error;
      if (reasons.some(({ Item }) => Item && isMarked(Item, mark))) return;
      const isRefused = reasons.some(({ Code }) => Code === 'ConditionalCheckFailed');
      if (isRefused) await settle(connection, reasons, prepared, context);
      else if (!reasons.every(({ Code = 'None' }) => PASSING.has(Code))) throw error;
      if (tries === TRIES) {
        const inConflict = keys.filter((_, index) => reasons[index]?.Code === CONFLICT);
        throw inConflict.length > 0 ? new StaleWriteError(inConflict) : error;
      }
      if (!isRefused) await connection.pause(backoffMs(tries));
    }
  }
};
