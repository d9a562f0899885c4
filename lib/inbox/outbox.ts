import * as z from 'zod';
import type { Effect } from '../contract/effects.ts';
import type { Change, Json, Key, Store } from '../store/store.ts';
import type { Queue } from './queue.ts';

/** The work list of what still has to be published. */
export const OUTBOX_LIST = 'outbox';

/** A hint that was lost is found by the sweep this much later than it was sent. */
export const SWEPT_AFTER_MS = 60_000;

/** What a shop's target is told: the effects of one call, at least once. */
export interface Publication {
  readonly v: 1;
  /** The same whenever this is delivered again: receivers drop repeats by it. */
  readonly id: string;
  /** The shop whose event it was; absent for a call that somebody put into a queue. */
  readonly shop?: string;
  /** The Application whose effects these are. */
  readonly application: number;
  /** The commerce event that caused it, or the call's request id. */
  readonly event: string;
  readonly session?: string;
  readonly effects: readonly Effect[];
}

/** Where all that waits is. */
export const outboxPartition = (accountId: number): string => `${accountId}/outbox`;

/** Where a publication waits until it was delivered. */
export const outboxKey = (accountId: number, id: string): Key => ({ partition: outboxPartition(accountId), sort: id });

/** A change for the atomic write that makes the effects true: from then on they are published, whatever crashes. */
export const outboxChange = (
  publication: Publication,
  { accountId, now, owner }: { accountId: number; now: Date; owner: string | undefined },
): { readonly key: Key; readonly change: Change } => {
  const key = outboxKey(accountId, publication.id);
  const put = {
    key,
    data: publication as unknown as Json,
    due: { list: OUTBOX_LIST, at: new Date(now.getTime() + SWEPT_AFTER_MS) },
    ...(owner !== undefined && { owner }),
  };
  return { key, change: { put, expect: 'absent' } };
};

const Hint = z.object({ v: z.literal(1), key: z.object({ partition: z.string(), sort: z.string() }) });

/** Says that something waits in the outbox. */
export const sendHint = (key: Key, hints: Queue): Promise<void> =>
  hints.send({ body: JSON.stringify({ v: 1, key } satisfies z.output<typeof Hint>) });

/** Reads a hint; undefined when it is none: what it meant is found by the sweep. */
export const readHint = (body: string): Key | undefined => {
  try {
    return Hint.parse(JSON.parse(body)).key;
  } catch {
    return undefined;
  }
};

/** What sweeping needs. */
export interface SweepDeps {
  readonly store: Store;
  readonly hints: Queue;
  now(): Date;
  /** Whether there is time for another page. */
  mayBegin(): boolean;
}

/** Pages of one run, 100 hints each: the next run goes on. */
const PAGES = 10;

/** Sends a hint for everything whose own hint should have been followed by now. @returns how many. */
export const sweepOutbox = async ({ store, hints, now, mayBegin }: SweepDeps): Promise<number> => {
  const query = { list: OUTBOX_LIST, until: now() };
  let sent = 0;
  let from: string | undefined;
  for (let page = 0; page < PAGES && mayBegin(); page++) {
    const { items, next } = await store.query('byDue', { ...query, ...(from !== undefined && { from }) });
    // A crash here repeats hints in the next run; a hint of something published does nothing.
    await Promise.all(items.map((key) => sendHint(key, hints)));
    sent += items.length;
    if (next === undefined) break;
    from = next;
  }
  return sent;
};
