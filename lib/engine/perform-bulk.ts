import { randomUUID } from 'node:crypto';
import { ConflictError, TooLargeError } from '../contract/errors.ts';
import type { AnyOperation, Input, Output } from '../contract/operation.ts';
import { fit } from '../store/fit.ts';
import { type Change, type Json, type Key, StaleWriteError } from '../store/store.ts';
import { acceptedChanges, finish, type Rows } from './accepted-rows.ts';
import { commit } from './commit.ts';
import { ATTEMPTS, backoff, type EngineCall, type EngineDeps, momentOf } from './deps.ts';
import { gather, withIds } from './gather.ts';
import { INT32_MAX } from './ids.ts';
import type { BulkOperation } from './operation.ts';
import { askedOf } from './suppressed.ts';
import { WorkingSet } from './working-set.ts';

/** Changes that accept rows: with room for the guard's in one write. */
const MAX_CHANGES = 90;

/**
 * Runs an operation on many rows: accepts all of them or refuses the request. Where one write takes them all, they are
 * applied in it. Otherwise one write notes that they are accepted, together with the caller's guard: from then on all of
 * them will be applied, by this call or, when it crashes, by the sweep.
 *
 * @throws ApiError as the operation refuses; TooLargeError (413) when what a row would store, or all of them as they are
 * accepted, is larger than the store takes; ConflictError (409) when parallel updates outlast the attempts, or when the
 * sweep finished what this call had begun.
 * @throws StaleWriteError when one of the guard's own changes met another state.
 */
export const performBulk = async <O extends AnyOperation, Row extends Json>(
  row: O,
  operation: BulkOperation<O, Row>,
  input: Input<O>,
  call: EngineCall,
  deps: EngineDeps,
): Promise<Output<O>> => {
  const promotions = await deps.promotions(call.applicationId);
  const now = deps.now();
  for (let attempt = 1; ; ) {
    const moment = momentOf(promotions, now, deps);
    const set = new WorkingSet();
    const asked = askedOf(row, input, moment);
    const needs = (known: WorkingSet) => [...asked.marks, ...operation.needs(asked.allowed(known), known, moment)];
    await gather(set, needs, deps.store);
    const rows = await withIds(deps.ids, () => operation.accept(input, set, moment));
    await gather(set, (known) => operation.rowNeeds(rows, known, moment), deps.store);
    const guarding = (call.guard?.([]) ?? []) as readonly Change[];
    const atOnce =
      rows.length <= operation.rowsPerWrite
        ? await withIds(deps.ids, () => operation.apply(rows, set, moment))
        : undefined;
    if (atOnce && fit([...atOnce.changes, ...guarding])) {
      if ((await commit(atOnce.changes, guarding, deps.store)) === 'written') {
        return operation.answer(input, atOnce.answers, set, moment);
      }
    } else {
      // What is accepted must not fail afterwards: a trial, with ids as long as they get.
      const { changes } = operation.apply(rows, set, { ...moment, newId: () => INT32_MAX });
      const about: Rows = { operation: operation.id, application: call.applicationId };
      const accepted = acceptedChanges(rows, about, `${deps.accountId}/bulk/${randomUUID()}`, now);
      if (!changes.every((change) => fit([change])) || accepted.changes.length > MAX_CHANGES) {
        throw new TooLargeError('What this call would store is too large');
      }
      // After a crash behind this write the sweep applies the rows.
      if ((await commit(accepted.changes, guarding, deps.store)) === 'written') {
        const answers = await finishAll(accepted.keys, operation, deps);
        if (answers.length !== rows.length) throw new ConflictError(operation.subject);
        return operation.answer(input, answers, set, moment);
      }
    }
    if (attempt++ >= ATTEMPTS) throw new ConflictError(operation.subject);
    await deps.pause(backoff(attempt));
  }
};

/** Applies all parts in their order. @throws ConflictError when parallel updates outlast the attempts. */
const finishAll = async <O extends AnyOperation, Row extends Json>(
  keys: readonly Key[],
  operation: BulkOperation<O, Row>,
  deps: EngineDeps,
): Promise<readonly unknown[]> => {
  const answers: unknown[] = [];
  try {
    for (const key of keys) answers.push(...(await finish(key, operation, deps)));
  } catch (error) {
    if (error instanceof StaleWriteError) throw new ConflictError(operation.subject);
    throw error;
  }
  return answers;
};
