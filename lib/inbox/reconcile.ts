import { randomUUID } from 'node:crypto';
import type { History } from '../commerce/decide.ts';
import { type Difference, differenceOf } from '../commerce/difference.ts';
import type { CommerceEvent } from '../commerce/event.ts';
import type { Shop } from '../commerce/shops.ts';
import { TooLargeError } from '../contract/errors.ts';
import type { Segment } from '../store/segment.ts';
import { StaleWriteError, type Store } from '../store/store.ts';
import { historyKey } from './apply-event.ts';
import { type EnqueueDeps, enqueueEvent } from './enqueue.ts';
import { eventName, markChange, markKey } from './mark.ts';

/** A picture, beside what was applied. */
export interface Compared {
  readonly event: CommerceEvent;
  /** Undefined: there is none. */
  readonly difference: Difference | undefined;
  /** When this very picture was sent to the inbox from here, RFC 3339; it may wait there, or be parked. */
  readonly sentAt: string | undefined;
}

/** What comparing needs. */
export interface CompareDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
}

/** Two keys each: as many as one read takes (lib/store/store.ts). */
const BATCH = 50;

/** Compares pictures with what was applied, in their order; it writes nothing. */
export async function* compare(
  events: AsyncIterable<CommerceEvent>,
  shop: Shop,
  deps: CompareDeps,
): AsyncGenerator<Compared> {
  let batch: CommerceEvent[] = [];
  for await (const event of events) {
    batch.push(event);
    if (batch.length < BATCH) continue;
    yield* await compareAll(batch, shop, deps);
    batch = [];
  }
  yield* await compareAll(batch, shop, deps);
}

const compareAll = async (events: readonly CommerceEvent[], shop: Shop, deps: CompareDeps): Promise<Compared[]> => {
  if (events.length === 0) return [];
  const items = await deps.store.get(events.flatMap((event) => [historyKey(event, shop, deps), sentKey(event, deps)]));
  return events.map((event, index) => {
    const [history, sent] = items.slice(2 * index);
    return {
      event,
      difference: differenceOf(event, history?.data as History | undefined, shop),
      sentAt: (sent?.data as { readonly at: string } | undefined)?.at,
    };
  });
};

const sentKey = (event: CommerceEvent, { accountId, segment }: CompareDeps) =>
  markKey(accountId, segment, 'sent', eventName(event));

/** What happened to a picture that differs. */
export type Sending = 'sent' | 'too large';

/**
 * Sends a picture to the inbox and notes that it did, so that whoever is interrupted goes on where they stopped.
 *
 * @throws whatever queue or store throws.
 */
export const sendPicture = async (
  event: CommerceEvent,
  shop: Shop,
  deps: CompareDeps & EnqueueDeps,
): Promise<Sending> => {
  try {
    await enqueueEvent(event, shop, { ...deps, listed: true });
  } catch (error) {
    if (error instanceof TooLargeError) return 'too large';
    throw error;
  }
  try {
    // After a crash before this it is sent again, and applied once.
    await deps.store.write([markChange(sentKey(event, deps), deps.now())], randomUUID());
  } catch (error) {
    // It was sent before, too.
    if (!(error instanceof StaleWriteError)) throw error;
  }
  return 'sent';
};

/** Whether sending it to the inbox would help: what cannot be applied would only be parked, time and again. */
export const isRepairable = ({ difference }: Pick<Compared, 'difference'>): boolean =>
  difference !== undefined && difference !== 'unusable';

/** For so long a change may be on its way: delivered late, or waiting in the inbox. */
const SETTLING_MS = 5 * 60_000;

/** What was changed later than this need not have been applied by now. */
export const settledBy = (now: Date): Date => new Date(now.getTime() - SETTLING_MS);

/** The pictures of what was changed until then; `later` is told of each other. */
export async function* changedUntil(
  events: AsyncIterable<CommerceEvent>,
  until: Date,
  later: () => void = () => {},
): AsyncGenerator<CommerceEvent> {
  // Without its fraction a time cannot sort behind itself.
  const last = until.toISOString().slice(0, 19);
  for await (const event of events) {
    if (event.version.updatedAt.slice(0, 19) <= last) yield event;
    else later();
  }
}
