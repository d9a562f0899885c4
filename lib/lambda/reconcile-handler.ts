import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import type { ListContext, Platform } from '../commerce/platform.ts';
import type { Shop, Shops } from '../commerce/shops.ts';
import { pauseNow } from '../inbox/pause.ts';
import type { Queue } from '../inbox/queue.ts';
import { changedUntil, compare, isRepairable, sendPicture, settledBy } from '../inbox/reconcile.ts';
import { type ReconcileNote, readNotes, writeNote } from '../inbox/reconcile-note.ts';
import type { Segment } from '../store/segment.ts';
import type { Store } from '../store/store.ts';
import { log, now, openAccountId, openQueue, openSegment, openStore } from './deps.ts';
import type { Logger } from './logger.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { openShops } from './shops.ts';

/** What the reconciliation works with. */
export interface ReconcileDeps {
  readonly shops: Shops;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  readonly inbox: Queue;
  now(): Date;
  readonly fetch: typeof fetch;
  wait(milliseconds: number): Promise<void>;
  readonly log: Logger;
}

const openReconcile = async (): Promise<ReconcileDeps> => {
  const [shops, secrets, store, accountId, segment, inbox] = await Promise.all([
    openShops(),
    openSecrets(),
    openStore(),
    openAccountId(),
    openSegment(),
    openQueue('INBOX_QUEUE_URL'),
  ]);
  const wait = (milliseconds: number): Promise<void> => sleep(milliseconds);
  return { shops, secrets, store, accountId, segment, inbox, now, fetch, wait, log };
};

/** What a run came to. */
export interface ReconcileAnswer {
  readonly outcome: 'reconciled' | 'failed';
  /** Pictures that had been missed and were sent to the inbox. */
  readonly count: number;
}

/** How far back a shop is compared the first time. */
const FIRST_MS = 24 * 60 * 60_000;

/** Each run begins this much earlier than the one before ended: what changes while a list is read may be missed in it. */
const OVERLAP_MS = 60 * 60_000;

/** One order of a throttled platform, and the comparison of what was read before it, take less as a rule. */
const RESERVE_MS = 60_000;

/**
 * The Lambda handler of the reconciliation: of each shop whose API can be read, what was changed since the last run is
 * compared with what was applied, and what was missed is sent to the inbox, once. A shop that is paused waits, one that
 * fails is told of and the others go on, and one that takes longer than there is time begins where it was in the next run.
 *
 * @param platforms those whose changes can be listed.
 */
export const reconcileHandler = (
  platforms: readonly Platform[],
  open: () => Promise<ReconcileDeps> = openReconcile,
) => {
  const known = new Map(platforms.map((platform) => [platform.name, platform]));

  const run = async (deps: ReconcileDeps, mayBegin: () => boolean): Promise<ReconcileAnswer> => {
    const listed = [...deps.shops].filter(([, shop]) => shop.api && known.get(shop.platform)?.changedSince);
    const notes = await readNotes(
      listed.map(([name]) => name),
      deps,
    );
    let count = 0;
    let outcome: ReconcileAnswer['outcome'] = 'reconciled';
    for (const note of notes) {
      if (!mayBegin()) break;
      const shop = deps.shops.get(note.shop);
      const platform = shop && known.get(shop.platform);
      if (!shop || !platform) continue;
      try {
        count += await reconcileShop({ note, shop, platform, mayBegin }, deps);
      } catch (error) {
        outcome = 'failed';
        deps.log.error('reconcile', { shop: note.shop, platform: shop.platform, outcome, error });
        const tried = deps.now().toISOString();
        // Without it the shop only stays the first in line.
        await writeNote({ ...note, tried }, deps).catch(() => {});
      }
    }
    return { outcome, count };
  };

  return async (_event: unknown, context?: Context): Promise<ReconcileAnswer> => {
    let logger: Logger = log;
    try {
      const deps = await open();
      logger = deps.log;
      const remaining = () => context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
      return await run(deps, () => remaining() > RESERVE_MS);
    } catch (error) {
      logger.error('reconcile', { outcome: 'failed', error });
      return { outcome: 'failed', count: 0 };
    }
  };
};

interface Task {
  readonly note: ReconcileNote;
  readonly shop: Shop;
  readonly platform: Platform;
  mayBegin(): boolean;
}

const reconcileShop = async ({ note, shop, platform, mayBegin }: Task, deps: ReconcileDeps): Promise<number> => {
  const { shop: name } = note;
  const fields = { shop: name, platform: platform.name };
  if (await pauseNow(name, deps)) {
    deps.log.info('reconcile', { ...fields, outcome: 'postponed', reason: 'the shop is paused' });
    return 0;
  }
  const began = deps.now();
  const until = settledBy(began);
  const since = new Date(note.until === undefined ? until.getTime() - FIRST_MS : Date.parse(note.until) - OVERLAP_MS);
  const context = await contextOf(name, shop, deps);
  const changed = platform.changedSince?.(since, context);
  if (!changed) return 0;
  let count = 0;
  let isFinished = true;
  const stop = () => {
    isFinished = false;
  };
  for await (const compared of compare(inTime(changedUntil(changed, until), mayBegin, stop), shop, deps)) {
    const { event, difference = '', sentAt } = compared;
    if (!isRepairable(compared) || sentAt !== undefined) continue;
    const outcome = (await sendPicture(event, shop, deps)) === 'sent' ? 'repaired' : 'too large';
    deps.log.info('reconcile', { ...fields, outcome, type: event.type, delivery: event.id, reason: difference });
    if (outcome === 'repaired') count++;
  }
  const tried = began.toISOString();
  await writeNote(isFinished ? { ...note, tried, until: until.toISOString() } : { ...note, tried }, deps);
  deps.log.info('reconcile', { ...fields, outcome: isFinished ? 'reconciled' : 'unfinished', count });
  return count;
};

/** Ends early when there is no time for more; what was read so far is still worked on. */
async function* inTime<T>(events: AsyncIterable<T>, mayBegin: () => boolean, stop: () => void): AsyncGenerator<T> {
  for await (const event of events) {
    yield event;
    if (!mayBegin()) return stop();
  }
}

const contextOf = async (name: string, shop: Shop, deps: ReconcileDeps): Promise<ListContext> => {
  const [apiSecret = ''] = await deps.secrets.get(shop.api ? [shop.api.secret] : []);
  return {
    name,
    shop,
    apiSecret,
    pseudonym: (identifier) => deps.segment('guest', identifier),
    fetch: deps.fetch,
    wait: deps.wait,
    now: deps.now(),
    skipped: (resource, error) =>
      deps.log.error('reconcile', {
        shop: name,
        platform: shop.platform,
        outcome: 'skipped',
        id: resource,
        reason: error.name,
      }),
  };
};
