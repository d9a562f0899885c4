import { BULK_LIST, finish, type Rows } from './accepted-rows.ts';
import type { EngineDeps } from './deps.ts';
import { listed } from './listing.ts';
import type { AnyBulkOperation } from './operation.ts';

/** What goes with a sweep. */
export interface SweepTerms {
  /** Whether there is time for more. */
  mayBegin(): boolean;
  /** Told of rows that could not be applied now; the next sweep tries again. */
  warn(error: unknown): void;
}

/**
 * Applies accepted rows that whoever accepted them did not come to apply (design.md decision 15): after a crash, or when
 * others were in the way for too long.
 *
 * @param operations those that have rows.
 * @returns how many parts of requests were finished.
 */
export const sweepBulk = async (
  operations: readonly AnyBulkOperation[],
  deps: EngineDeps,
  { mayBegin, warn }: SweepTerms,
): Promise<number> => {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  // In the order in which they were accepted: a later entry for a profile wins over an earlier one.
  const waiting = await listed({ of: { list: BULK_LIST, until: deps.now() }, keep: () => true }, deps.store);
  const stuck = new Set<string>();
  let finished = 0;
  for (const { key, data } of waiting) {
    if (!mayBegin()) break;
    // The parts of one request share a partition, and none comes before an earlier one.
    if (stuck.has(key.partition)) continue;
    try {
      const { operation: id } = data as unknown as Rows;
      const operation = byId.get(id);
      if (!operation) throw new Error(`no operation ${id} to apply accepted rows with`);
      await finish(key, operation, deps);
      finished++;
    } catch (error) {
      stuck.add(key.partition);
      warn(error);
    }
  }
  return finished;
};
