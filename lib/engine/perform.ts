import { ConflictError } from '../contract/errors.ts';
import type { AnyOperation, Input, Output } from '../contract/operation.ts';
import type { Change } from '../store/store.ts';
import { commit } from './commit.ts';
import { ATTEMPTS, backoff, type EngineCall, type EngineDeps, momentOf } from './deps.ts';
import { gather, withIds } from './gather.ts';
import { listed } from './listing.ts';
import type { Moment } from './moment.ts';
import type { DecidedOperation, EngineOperation } from './operation.ts';
import { ownedItems } from './owned.ts';
import { performBulk } from './perform-bulk.ts';
import { askedOf } from './suppressed.ts';
import { WorkingSet } from './working-set.ts';

/**
 * Runs an operation: reads what it needs, lets it decide, and writes its changes and the caller's guard in one atomic
 * write (of many rows: the guard with the acceptance of all). Nothing else in the engine reads or writes. Whom the call
 * names is looked up with what it needs: of a suppressed person nothing is stored (design.md decision 18).
 *
 * @throws ApiError as the operation decides; ConflictError (409) when parallel updates outlast the attempts.
 * @throws SuppressedError where the row refuses a call that names a suppressed profile.
 * @throws StaleWriteError when one of the guard's own changes met another state: the caller must read and decide again.
 */
export const perform = <O extends AnyOperation>(
  row: O,
  operation: EngineOperation<O>,
  input: Input<O>,
  call: EngineCall,
  deps: EngineDeps,
): Promise<Output<O>> =>
  'accept' in operation
    ? performBulk(row, operation, input, call, deps)
    : performDecided(row, operation, input, call, deps);

const performDecided = async <O extends AnyOperation>(
  row: O,
  operation: DecidedOperation<O>,
  input: Input<O>,
  call: EngineCall,
  deps: EngineDeps,
): Promise<Output<O>> => {
  const promotions = await deps.promotions(call.applicationId);
  const now = deps.now();
  for (let attempt = 1; ; ) {
    const moment = momentOf(promotions, now, deps);
    const set = await setFor(operation, input, moment, deps);
    const asked = askedOf(row, input, moment);
    const needs = (known: WorkingSet) => [...asked.marks, ...operation.needs(asked.allowed(known), known, moment)];
    await gather(set, needs, deps.store);
    const allowed = asked.allowed(set);
    const decision = await withIds(deps.ids, () => operation.decide(allowed, set, moment));
    // A dry run and a repeat change nothing: there is nothing to tell others of.
    const published = decision.changes.length > 0 ? decision.published : [];
    const guarding = decision.unfinished ? [] : ((call.guard?.(published) ?? []) as readonly Change[]);
    if ((await commit(decision.changes, guarding, deps.store)) === 'stale') {
      if (attempt++ >= ATTEMPTS) throw new ConflictError(operation.subject);
      await deps.pause(backoff(attempt));
      continue;
    }
    if (decision.unfinished) {
      attempt = 1;
      continue;
    }
    if (allowed !== input) call.withoutPerson?.();
    return decision.response;
  }
};

/** With what is found by owner or listing, for the operations that name it. */
const setFor = async <O extends AnyOperation>(
  operation: DecidedOperation<O>,
  input: Input<O>,
  moment: Moment,
  { store }: EngineDeps,
): Promise<WorkingSet> => {
  const owners = operation.owners?.(input, moment);
  const listing = operation.listing?.(input, moment);
  return new WorkingSet({
    ...(owners && { owned: await ownedItems(owners, store) }),
    ...(listing && { listed: await listed(listing, store) }),
  });
};
