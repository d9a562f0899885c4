import { randomUUID } from 'node:crypto';
import type { Guard } from '../contract/api.ts';
import type { Effect } from '../contract/effects.ts';
import { ApiError, IllegalTransitionError } from '../contract/errors.ts';
import type { AnyOperation } from '../contract/operation.ts';
import type { Segment } from '../store/segment.ts';
import type { Change, Key, Store } from '../store/store.ts';
import { ParkError } from './park.ts';

/** What a ledger is kept with. */
export interface LedgerDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  now(): Date;
}

/** A call of another server, and what rides along. */
export interface LedgerCall {
  readonly applicationId: number;
  /** Names the call: it is the same when the call is repeated after a crash. */
  readonly requestId: string;
  readonly guard: Guard;
}

/** As long as queues and platforms go on delivering. */
const KEPT_DAYS = 15;

/**
 * Makes a guarded call of another server, which cannot write our changes together with its own (design.md decision 13).
 * What is about to be sent is noted first; after the answer the guard's changes take the note's place in one write. Who
 * finds a note does not know whether the call was made: where a repeat is safe it is made again, and a session that is
 * found to be where the call would have moved it is done; all else is for people to settle.
 *
 * @throws ParkError `outcome-unknown` where only people can tell; what the call throws.
 * @throws StaleWriteError when one of the guard's changes met another state: the other server has done its part.
 */
export const withLedger = async (
  row: AnyOperation,
  send: () => Promise<unknown>,
  { applicationId, requestId, guard }: LedgerCall,
  { store, accountId, segment, now }: LedgerDeps,
): Promise<unknown> => {
  const key: Key = {
    partition: `${accountId}/sent/${segment(String(applicationId), row.id, requestId)}`,
    sort: 'call',
  };
  const [noted] = await store.get([key]);
  if (noted && row.repeat !== 'safe') {
    throw new ParkError('outcome-unknown', `${row.id} was sent once, and nobody knows whether it was applied`);
  }
  if (!noted) {
    const expires = new Date(now().getTime() + KEPT_DAYS * 86_400_000);
    const put = { key, data: { at: now().toISOString() }, expires };
    // After a crash here the call may or may not have been made: the note says so.
    await store.write([{ put, expect: 'absent' }], randomUUID());
  }
  const answer = await send().catch(async (error: unknown) => {
    if (noted && isThereAlready(error)) return undefined;
    // What was refused or never sent leaves nothing unknown behind.
    if (!noted && isUndone(error)) await store.write([{ remove: key }], randomUUID());
    throw error;
  });
  // After a crash here the call is made once more, or found to be unknown.
  await store.write([...(guard(effectsOf(answer)) as readonly Change[]), { remove: key }], randomUUID());
  return answer;
};

/** The session is in the state already that it was to be moved to: the first attempt did it. */
const isThereAlready = (error: unknown): boolean =>
  error instanceof ApiError && [CLOSED_TWICE, CANCELLED_TWICE].includes(error.message);

const CLOSED_TWICE = new IllegalTransitionError('closed', 'closed').message;
const CANCELLED_TWICE = new IllegalTransitionError('cancelled', 'cancelled').message;

const isUndone = (error: unknown): boolean => {
  if (!(error instanceof ApiError)) return false;
  const { status, unsent } = error.upstream ?? {};
  return unsent === true || (status !== undefined && status >= 300 && status < 500);
};

const effectsOf = (answer: unknown): readonly Effect[] => {
  const { effects } = (answer ?? {}) as { effects?: unknown };
  return Array.isArray(effects) ? effects : [];
};
