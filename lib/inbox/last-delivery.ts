import { randomUUID } from 'node:crypto';
import { type Item, type Key, StaleWriteError, type Store } from '../store/store.ts';
import type { Outcome } from './settle.ts';

/** The last delivery that is known of a shop: ids and fixed texts. */
export interface LastDelivery {
  /** When it was worked on, RFC 3339. */
  readonly at: string;
  /** Its digest, which `trace` takes. */
  readonly delivery: string;
  /** What kind of event it was. */
  readonly type: string;
  readonly outcome: Outcome['outcome'];
  readonly reason?: string;
}

/** Where it is kept. */
export interface LastDeliveryDeps {
  readonly store: Store;
  readonly accountId: number;
  now(): Date;
}

/** Notes that a delivery of a shop was worked on. */
export type NoteDelivery = (shop: string, about: Omit<LastDelivery, 'at'>) => Promise<void>;

/** How often one process notes it of one shop: often enough for who waits for the first one, and nearly for nothing. */
const EVERY_MS = 60_000;

const keyOf = (accountId: number, shop: string): Key => ({ partition: `${accountId}/last-delivery`, sort: shop });

const itemOf = async (shop: string, { store, accountId }: Omit<LastDeliveryDeps, 'now'>): Promise<Item | undefined> => {
  const [item] = await store.get([keyOf(accountId, shop)]);
  return item;
};

/** The last delivery of a shop that was noted; undefined: none ever was. Others may have come in the minute after it. */
export const lastDelivery = async (
  shop: string,
  deps: Omit<LastDeliveryDeps, 'now'>,
): Promise<LastDelivery | undefined> => (await itemOf(shop, deps))?.data as LastDelivery | undefined;

/**
 * Makes what notes deliveries: of each shop the first, and then at most one a minute.
 *
 * @returns what rejects with whatever the store throws; two that note at once are both done.
 */
export const deliveryNotes = ({ store, accountId, now }: LastDeliveryDeps): NoteDelivery => {
  const noted = new Map<string, number>();
  return async (shop, about) => {
    const at = now();
    if (at.getTime() - (noted.get(shop) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    // Also when it fails: while the store is away, one line a minute says so.
    noted.set(shop, at.getTime());
    const before = await itemOf(shop, { store, accountId });
    const put = { key: keyOf(accountId, shop), data: { at: at.toISOString(), ...about } };
    try {
      // A crash before this loses the note and nothing else.
      await store.write([{ put, expect: before?.version ?? 'absent' }], randomUUID());
    } catch (error) {
      // Another process noted one just now.
      if (!(error instanceof StaleWriteError)) throw error;
    }
  };
};
