import { randomUUID } from 'node:crypto';
import { type Item, StaleWriteError, type Store } from '../store/store.ts';
import { targetKey } from './target.ts';
import { listOutbox, waitingChange, waitingIn } from './waiting.ts';

/** What enabling needs. */
export interface EnableDeps {
  readonly store: Store;
  readonly accountId: number;
  now(): Date;
}

/** How often one publication is tried to be brought up while others attempt it. */
const TRIES = 5;

/**
 * Has a shop's effects sent again, at an operator's word: its target is disabled no more, and each publication whose
 * attempts failed or were stopped is due now, with all its attempts before it. The next sweep brings them up. Interrupted,
 * or in doubt, it may be run again.
 *
 * @param shop undefined: the effects of calls that somebody put into a queue, which belong to no shop.
 * @returns how many publications were brought up.
 */
export const enableTarget = async (
  shop: string | undefined,
  { store, accountId, now }: EnableDeps,
): Promise<number> => {
  // First: from here on nothing is stopped for it, so the listing meets all that was. After a crash here run it again.
  if (shop !== undefined) await store.write([{ remove: targetKey(accountId, shop) }], randomUUID());
  let count = 0;
  for await (const item of listOutbox(store, accountId)) {
    if (waitingIn(item).publication.shop === shop && (await bringUp(item, store, now()))) count++;
  }
  return count;
};

/** @returns false when there is nothing to bring up: it waits for its first attempt, or was delivered meanwhile. */
const bringUp = async (listed: Item, store: Store, now: Date): Promise<boolean> => {
  let item: Item | undefined = listed;
  for (let tries = 1; item && waitingIn(item).delivery; tries++) {
    try {
      await store.write([waitingChange(item, undefined, now)], randomUUID());
      return true;
    } catch (error) {
      if (!(error instanceof StaleWriteError) || tries >= TRIES) throw error;
      [item] = await store.get([listed.key]);
    }
  }
  return false;
};
