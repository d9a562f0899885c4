import { BULK_LIST, finish, waitingAt } from './accepted-rows.ts';
import type { EngineDeps } from './deps.ts';
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
  const { items } = await deps.store.query('byDue', { list: BULK_LIST, until: deps.now() });
  let finished = 0;
  for (const key of items) {
    if (!mayBegin()) break;
    try {
      const waiting = await waitingAt(key, deps);
      if (!waiting) continue;
      const operation = byId.get(waiting.operation);
      if (!operation) throw new Error(`no operation ${waiting.operation} to apply accepted rows with`);
      await finish(key, operation, deps);
      finished++;
    } catch (error) {
      warn(error);
    }
  }
  return finished;
};
