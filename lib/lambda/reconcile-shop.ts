import { eventsIn } from '../commerce/listing.ts';
import type { Changed, ListContext, Place, Platform } from '../commerce/platform.ts';
import type { Shop } from '../commerce/shops.ts';
import { OutOfTimeError } from '../inbox/apply-event.ts';
import { pauseNow } from '../inbox/pause.ts';
import type { Queue } from '../inbox/queue.ts';
import { changedUntil, compare, isRepairable, sendPicture, settledBy } from '../inbox/reconcile.ts';
import { type Reading, type ReconcileNote, writeNote } from '../inbox/reconcile-note.ts';
import type { Segment } from '../store/segment.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from './logger.ts';
import type { Secrets } from './secrets.ts';

/** What reconciling a shop needs. */
export interface ReconcileShopDeps {
  readonly secrets: Secrets;
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  readonly inbox: Queue;
  now(): Date;
  readonly fetch: typeof fetch;
  /** @throws OutOfTimeError (rejects) when there is no time for so long. */
  wait(milliseconds: number): Promise<void>;
  readonly log: Logger;
}

/** A shop, and how far it was. */
export interface Task {
  readonly note: ReconcileNote;
  readonly shop: Shop;
  readonly platform: Platform;
  /** Whether there is time for another thing of its lists. */
  mayBegin(): boolean;
}

/** How far back a shop is compared the first time. */
const FIRST_MS = 24 * 60 * 60_000;

/** Each reading begins this much before what the one before compared: what changes while a list is read may be missed in it. */
const OVERLAP_MS = 60 * 60_000;

/**
 * Compares what a shop has with what was applied, and sends what was missed to the inbox; without time for all of it, as
 * far as it gets, and the next run goes on there.
 *
 * @returns how many pictures were sent.
 * @throws what the platform, the queue and the store throw. What was read before the platform failed is worked on, and not
 * read again.
 */
export const reconcileShop = async (
  { note, shop, platform, mayBegin }: Task,
  deps: ReconcileShopDeps,
): Promise<number> => {
  const { shop: name } = note;
  const fields = { shop: name, platform: platform.name };
  if (await pauseNow(name, deps)) {
    deps.log.info('reconcile', { ...fields, outcome: 'postponed', reason: 'the shop is paused' });
    return 0;
  }
  const began = deps.now();
  const { since, until, place } = readingOf(note, platform, began);
  const changed = platform.changedSince?.(new Date(since), await contextOf(name, shop, deps), place);
  if (!changed) return 0;
  const read = inPart(changed, mayBegin);
  let count = 0;
  for await (const compared of compare(changedUntil(eventsIn(read.changes), new Date(until)), shop, deps)) {
    const { event, difference = '', sentAt } = compared;
    if (!isRepairable(compared) || sentAt !== undefined) continue;
    const outcome = (await sendPicture(event, shop, deps)) === 'sent' ? 'repaired' : 'too large';
    deps.log.info('reconcile', { ...fields, outcome, type: event.type, delivery: event.id, reason: difference });
    if (outcome === 'repaired') count++;
  }
  const { reading: _, ...rest } = { ...note, tried: began.toISOString() };
  const { isFinished, reached = place, failure } = read.end();
  const reading = reached && { platform: platform.name, since, until, place: reached };
  // After a crash before this the run is repeated; what it sent is known to be sent.
  await writeNote(isFinished ? { ...rest, until } : { ...rest, ...(reading && { reading }) }, deps);
  if (failure) throw failure.error;
  deps.log.info('reconcile', { ...fields, outcome: isFinished ? 'reconciled' : 'unfinished', count });
  return count;
};

/** The one that was begun, or a new one. */
const readingOf = (
  { reading, until: before }: ReconcileNote,
  platform: Platform,
  now: Date,
): Pick<Reading, 'since' | 'until'> & { readonly place?: Place } => {
  if (reading?.platform === platform.name) return reading;
  const until = settledBy(now);
  const since = before === undefined ? until.getTime() - FIRST_MS : Date.parse(before) - OVERLAP_MS;
  return { since: new Date(since).toISOString(), until: until.toISOString() };
};

/** How a reading ended. */
interface End {
  readonly isFinished: boolean;
  /** Behind what was read last; undefined: nothing was. */
  readonly reached: Place | undefined;
  /** What ended it, where that was no lack of time. */
  readonly failure: { readonly error: unknown } | undefined;
}

/** Ends early when there is no time for more, or the platform fails: what was read so far is still worked on. */
const inPart = (changed: AsyncIterable<Changed>, mayBegin: () => boolean) => {
  let isFinished = false;
  let reached: Place | undefined;
  let failure: End['failure'];
  const changes = async function* (): AsyncGenerator<Changed> {
    try {
      for await (const each of changed) {
        reached = each.place;
        yield each;
        if (!mayBegin()) return;
      }
      isFinished = true;
    } catch (error) {
      if (!(error instanceof OutOfTimeError)) failure = { error };
    }
  };
  return { changes: changes(), end: (): End => ({ isFinished, reached, failure }) };
};

const contextOf = async (name: string, shop: Shop, deps: ReconcileShopDeps): Promise<ListContext> => {
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
