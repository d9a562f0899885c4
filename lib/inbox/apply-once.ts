import type { Guard } from '../contract/api.ts';
import { type Key, StaleWriteError, type Store } from '../store/store.ts';
import { markChange } from './mark.ts';

/** What applying once needs. */
export interface OnceDeps {
  readonly store: Store;
  now(): Date;
}

/** How often it is looked again whether somebody else made the call; parallel attempts may make each other fail. */
const ATTEMPTS = 5;

/**
 * Makes a call at most once: its mark rides in the call's own write.
 *
 * @param mark where it is noted that the call was made.
 * @throws what the call throws; StaleWriteError when others were in the way time and again. Then nothing is noted.
 */
export const applyOnce = async (
  mark: Key,
  call: (guard: Guard) => Promise<unknown>,
  { store, now }: OnceDeps,
): Promise<'applied' | 'duplicate'> => {
  for (let attempt = 1; ; attempt++) {
    const [done] = await store.get([mark]);
    if (done) return 'duplicate';
    try {
      // A crash after this loses the reply alone: delivered again, the call finds its mark.
      await call(() => [markChange(mark, now())]);
      return 'applied';
    } catch (error) {
      // Somebody was in the way, but whether they succeeded only the mark tells.
      if (!(error instanceof StaleWriteError) || attempt >= ATTEMPTS) throw error;
    }
  }
};
