import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import type { Platform } from '../commerce/platform.ts';
import type { Shops } from '../commerce/shops.ts';
import { OutOfTimeError } from '../inbox/apply-event.ts';
import { readNotes, writeNote } from '../inbox/reconcile-note.ts';
import { log, now, openAccountId, openQueue, openSegment, openStore } from './deps.ts';
import type { Logger } from './logger.ts';
import { type ReconcileShopDeps, reconcileShop } from './reconcile-shop.ts';
import { openSecrets } from './secrets.ts';
import { openShops } from './shops.ts';

/** What the reconciliation works with. */
export interface ReconcileDeps extends ReconcileShopDeps {
  readonly shops: Shops;
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

/** One order of a throttled platform, and the comparison of what was read before it, take less as a rule. */
const RESERVE_MS = 60_000;

/** Waits for a platform as far as there is time: who waits to the function's end notes nothing of what it has read. */
const waitUntil =
  (end: number, { now, wait }: Pick<ReconcileDeps, 'now' | 'wait'>): ReconcileDeps['wait'] =>
  async (milliseconds) => {
    if (now().getTime() + milliseconds > end) throw new OutOfTimeError('the platform asks to wait for longer');
    await wait(milliseconds);
  };

/**
 * The Lambda handler of the reconciliation: of each shop whose API can be read, what was changed since the last run is
 * compared with what was applied, and what was missed is sent to the inbox, once. A shop that is paused waits, one that
 * fails is told of and the others go on, and one that takes longer than there is time is gone on with in the next run, where
 * this one stopped.
 *
 * @param platforms those whose changes can be listed.
 */
export const reconcileHandler = (
  platforms: readonly Platform[],
  open: () => Promise<ReconcileDeps> = openReconcile,
) => {
  const known = new Map(platforms.map((platform) => [platform.name, platform]));

  const run = async (opened: ReconcileDeps, mayBegin: () => boolean, remaining: number): Promise<ReconcileAnswer> => {
    const deps = { ...opened, wait: waitUntil(opened.now().getTime() + remaining - RESERVE_MS, opened) };
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
        // Without it the shop only stays the first in line. One that was read in part has its note already.
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
      return await run(deps, () => remaining() > RESERVE_MS, remaining());
    } catch (error) {
      logger.error('reconcile', { outcome: 'failed', error });
      return { outcome: 'failed', count: 0 };
    }
  };
};
