// What every store does with keys, queries and changes before it touches anything: the caller's duties, the encoding, the sizes.

import { deflateRawSync } from 'node:zlib';
import {
  type Change,
  type DueQuery,
  type ItemsQuery,
  ItemTooLargeError,
  type Key,
  keyOf,
  keyText,
  LIMITS,
  type OwnerQuery,
} from './store.ts';

/** A change that passed the checks. `text` is the data of a `put` as JSON. */
export interface Prepared {
  readonly change: Change;
  readonly key: Key;
  readonly text: string;
  /** Memo of {@link packed}. */
  packed?: string | Uint8Array;
}

/** Bytes of an item besides key, owner, list and data: attribute names, version, attempt, times. An upper bound. */
const OTHER_BYTES = 100;

/** Below this deflating cannot save a write unit (1 KB), and hardly a byte. */
const DEFLATE_FROM_BYTES = 512;

/** The moment as whole seconds, rounded down: with expiries rounded up, `expires <= seconds` says "expired" exactly. */
export const currentSeconds = (now: Date): number => Math.floor(now.getTime() / 1000);

/** An expiry as whole seconds, rounded up. */
export const expirySeconds = (expires: Date): number => {
  if (Number.isNaN(expires.getTime())) throw new Error('expires is not a date');
  return Math.ceil(expires.getTime() / 1000);
};

/** A due time as text that sorts like the time. @throws Error outside the years 0 to 9999. */
export const dueText = (at: Date): string => {
  const text = at.toISOString();
  if (text.length !== 24) throw new Error(`a due time outside the years 0 to 9999: ${text}`);
  return text;
};

/** The data of a `put` as it is stored: its JSON, or that deflated where it is smaller. */
export const packed = (prepared: Prepared): string | Uint8Array => {
  if (prepared.packed === undefined) {
    const bytes = Buffer.byteLength(prepared.text);
    const deflated = bytes < DEFLATE_FROM_BYTES ? undefined : deflateRawSync(prepared.text);
    prepared.packed = deflated !== undefined && deflated.length < bytes ? deflated : prepared.text;
  }
  return prepared.packed;
};

const checkText = (name: string, text: string, mostBytes: number): void => {
  if (text === '') throw new Error(`${name} is empty`);
  if (!text.isWellFormed()) throw new Error(`${name} holds a lone surrogate`);
  // A UTF-16 unit is three bytes of UTF-8 at most, so short texts need no counting.
  if (text.length * 3 > mostBytes && Buffer.byteLength(text) > mostBytes) {
    throw new ItemTooLargeError(`${name} is over ${mostBytes} bytes`);
  }
};

const checkKey = (key: Key): void => {
  checkText('partition', key.partition, LIMITS.partitionBytes);
  checkText('sort', key.sort, LIMITS.sortBytes);
};

const checkWhole = (name: string, value: number): void => {
  if (!Number.isSafeInteger(value)) throw new Error(`${name} is not a whole number: ${value}`);
};

const checkChange = (change: Change): void => {
  if ('put' in change) {
    const { owner, due } = change.put;
    if (owner !== undefined) checkText('owner', owner, LIMITS.partitionBytes);
    if (due) {
      checkText('list', due.list, LIMITS.partitionBytes);
      dueText(due.at);
    }
  }
  if ('add' in change) {
    if (change.owner !== undefined) checkText('owner', change.owner, LIMITS.partitionBytes);
    for (const [name, value] of Object.entries(change.by)) checkWhole(`by.${name}`, value);
    for (const [name, value] of Object.entries(change.atMost ?? {})) checkWhole(`atMost.${name}`, value);
  }
  if ('expect' in change && change.expect !== undefined && change.expect !== 'absent') {
    checkWhole('expect', change.expect);
    if (change.expect < 1) throw new Error('expect is a version from 1, or absent');
  }
};

/** Refuses a listing of what cannot exist. @throws Error, or ItemTooLargeError for a name over its limit. */
export const checkQuery = (asked: ItemsQuery | OwnerQuery | DueQuery): void => {
  if ('partition' in asked) {
    checkText('partition', asked.partition, LIMITS.partitionBytes);
    if (asked.prefix) checkText('prefix', asked.prefix, LIMITS.sortBytes);
  } else if ('owner' in asked) checkText('owner', asked.owner, LIMITS.partitionBytes);
  else checkText('list', asked.list, LIMITS.partitionBytes);
};

/** Refuses what a `get` must not be asked. */
export const checkKeys = (keys: readonly Key[]): void => {
  if (keys.length > LIMITS.keysPerGet) throw new Error(`${keys.length} keys in one get, over ${LIMITS.keysPerGet}`);
  for (const key of keys) checkKey(key);
};

/** Bytes that a change counts for; `dataBytes` are those of its data as stored. */
const bytesOf = ({ change, key }: Prepared, dataBytes: number): number => {
  let bytes = OTHER_BYTES + Buffer.byteLength(key.partition) + Buffer.byteLength(key.sort) + dataBytes;
  if ('put' in change) {
    if (change.put.owner !== undefined) bytes += Buffer.byteLength(change.put.owner);
    if (change.put.due) bytes += Buffer.byteLength(change.put.due.list);
  }
  return bytes;
};

const sizeProblem = (sizes: readonly number[]): string | undefined => {
  let total = 0;
  for (const size of sizes) {
    if (size > LIMITS.itemBytes) return `an item of ${size} bytes is over ${LIMITS.itemBytes}`;
    total += size;
  }
  return total > LIMITS.writeBytes ? `a write of ${total} bytes is over ${LIMITS.writeBytes}` : undefined;
};

/**
 * Checks the changes of one write and encodes their data.
 *
 * @throws ItemTooLargeError when a key, an item or the whole write is over its limit.
 * @throws Error when the caller broke a rule: too many changes, two of one key, an expectation that no item can meet.
 */
export const prepare = (changes: readonly Change[]): Prepared[] => {
  if (changes.length > LIMITS.changesPerWrite) {
    throw new Error(`${changes.length} changes in one write, over ${LIMITS.changesPerWrite}`);
  }
  const keys = new Set<string>();
  const prepared = changes.map((change): Prepared => {
    const key = keyOf(change);
    checkKey(key);
    checkChange(change);
    const text = 'put' in change ? JSON.stringify(change.put.data) : '';
    if (text === undefined) throw new Error('data is not JSON');
    if (keys.size === keys.add(keyText(key)).size) throw new Error('two changes of one key in one write');
    return { change, key, text };
  });
  // What fits as plain text fits deflated: only the few large writes pay for deflating before they are accepted.
  if (sizeProblem(prepared.map((each) => bytesOf(each, Buffer.byteLength(each.text))))) {
    const problem = sizeProblem(prepared.map((each) => bytesOf(each, Buffer.byteLength(packed(each)))));
    if (problem) throw new ItemTooLargeError(problem);
  }
  return prepared;
};
