import { keyText, LIMITS, type Store } from '../store/store.ts';
import { type Ids, IdsExhausted } from './ids.ts';
import type { RecordKey } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/** Reads what is needed into the set, and asks again until all of it is there: one round trip a time. */
export const gather = async (
  set: WorkingSet,
  needs: (known: WorkingSet) => readonly RecordKey<unknown>[],
  store: Store,
): Promise<void> => {
  for (;;) {
    const missing = needs(set).filter((record) => !set.knows(record));
    if (missing.length === 0) return;
    const asked = [...new Map(missing.map((record) => [keyText(record.key), record])).values()];
    for (let from = 0; from < asked.length; from += LIMITS.keysPerGet) {
      const part = asked.slice(from, from + LIMITS.keysPerGet);
      const items = await store.get(part.map(({ key }) => key));
      part.forEach((record, index) => {
        set.learn(record, items[index]);
      });
    }
  }
};

/** Decides, and decides again with a new block of ids whenever one is used up. */
export const withIds = async <T>(ids: Ids, decide: () => T): Promise<T> => {
  for (;;) {
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof IdsExhausted)) throw error;
      await ids.refill();
    }
  }
};
