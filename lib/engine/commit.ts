import { randomUUID } from 'node:crypto';
import { TooLargeError } from '../contract/errors.ts';
import { type Change, ItemTooLargeError, keyOf, keyText, StaleWriteError, type Store } from '../store/store.ts';

/**
 * Writes a decision's changes together with those of the caller's guard.
 *
 * @returns `stale` when others changed what the decision was made on: nothing is written, and it is to be made again.
 * @throws TooLargeError (413) when an item or the whole is larger than the store takes.
 * @throws StaleWriteError when one of the guard's own changes met another state: that is for the caller to decide again.
 */
export const commit = async (
  changes: readonly Change[],
  guarding: readonly Change[],
  store: Store,
): Promise<'written' | 'stale'> => {
  const all = [...changes, ...guarding];
  if (all.length === 0) return 'written';
  try {
    // A crash after this write loses the reply alone; the guard's mark tells a repeat that all is done.
    await store.write(all, randomUUID());
    return 'written';
  } catch (error) {
    if (error instanceof ItemTooLargeError) throw new TooLargeError('What this call would store is too large');
    if (error instanceof StaleWriteError && !concerns(error, guarding)) return 'stale';
    throw error;
  }
};

const concerns = (error: StaleWriteError, changes: readonly Change[]): boolean => {
  const own = new Set(changes.map((change) => keyText(keyOf(change))));
  return error.keys.some((key) => own.has(keyText(key)));
};
