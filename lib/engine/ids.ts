import { randomUUID } from 'node:crypto';
import { type Key, StaleWriteError, type Store } from '../store/store.ts';

/** Thrown inside a decision when no id fits; `perform` takes a new block and decides again. */
export class IdsExhausted extends Error {}

/** Ids handed out without a round trip each. */
export interface Ids {
  /** @throws IdsExhausted when the block is used up or lies below `after`. */
  next(after?: number): number;
  /** Takes a new block: all its ids are above every id taken before, anywhere. A crash afterwards only wastes ids. */
  refill(): Promise<void>;
}

const BLOCK = 100;
/** The largest id there is: clients hold ids in int32. */
export const INT32_MAX = 2_147_483_647;

/**
 * Ids from small blocks: one write takes 100 ids, so that there is no sequence that every call contends for
 * (design.md decision 11).
 */
export const idBlocks = (store: Store, accountId: number): Ids => {
  const key: Key = { partition: `${accountId}/ids`, sort: 'last' };
  let next = 1;
  let last = 0;

  const take = async (): Promise<void> => {
    const [item] = await store.get([key]);
    const taken = item ? (item.data as { last: number }).last : 0;
    if (taken + BLOCK > INT32_MAX) throw new Error('the ids of this account are used up: clients hold ids in int32');
    await store.write(
      [{ put: { key, data: { last: taken + BLOCK } }, expect: item?.version ?? 'absent' }],
      randomUUID(),
    );
    next = taken + 1;
    last = taken + BLOCK;
  };

  return {
    next: (after = 0) => {
      if (next > last || last <= after) throw new IdsExhausted();
      next = Math.max(next, after + 1);
      return next++;
    },
    refill: async () => {
      for (;;) {
        try {
          return await take();
        } catch (error) {
          if (!(error instanceof StaleWriteError)) throw error;
        }
      }
    },
  };
};
