import { randomBytes, randomUUID } from 'node:crypto';
import type { Guard } from '../contract/api.ts';
import { ConflictError, TooLargeError } from '../contract/errors.ts';
import type { AnyOperation, Input, Output } from '../contract/operation.ts';
import type { Promotions } from '../promotions/promotions.ts';
import type { Segment } from '../store/segment.ts';
import {
  type Change,
  ItemTooLargeError,
  type Key,
  keyText,
  LIMITS,
  StaleWriteError,
  type Store,
} from '../store/store.ts';
import { type Ids, IdsExhausted } from './ids.ts';
import { codeDrawer, type Moment } from './moment.ts';
import type { EngineOperation } from './operation.ts';
import { ownedItems } from './owned.ts';
import { recordsOf } from './records.ts';
import { WorkingSet } from './working-set.ts';

/** What the engine works with. Everything that differs between a test, a laptop and AWS comes in here. */
export interface EngineDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  readonly ids: Ids;
  /** The published promotions as one Application sees them. @throws ConfigurationError when nothing is published. */
  promotions(applicationId: number): Promise<Promotions>;
  now(): Date;
  /** Waits before trying again after a conflict; tests don't. */
  pause(milliseconds: number): Promise<void>;
}

/** Who calls, and what rides along. */
export interface EngineCall {
  readonly applicationId: number;
  readonly requestId: string;
  readonly guard?: Guard;
}

/** How often a call decides again when others changed what it had read; then it answers 409. */
const ATTEMPTS = 8;

/**
 * Runs an operation: reads what it needs, lets it decide, and writes its changes and the caller's guard in one atomic
 * write. Nothing else in the engine reads or writes.
 *
 * @throws ApiError as the operation decides; ConflictError (409) when parallel updates outlast the attempts.
 * @throws StaleWriteError when one of the guard's own changes met another state: the caller must read and decide again.
 */
export const perform = async <O extends AnyOperation>(
  operation: EngineOperation<O>,
  input: Input<O>,
  call: EngineCall,
  deps: EngineDeps,
): Promise<Output<O>> => {
  const promotions = await deps.promotions(call.applicationId);
  const now = deps.now();
  for (let attempt = 1; ; ) {
    const moment = momentOf(promotions, now, deps);
    const set = await gather(operation, input, moment, deps.store);
    const decision = await decideWithIds(operation, input, set, moment, deps.ids);
    // A dry run and a repeat change nothing: there is nothing to tell others of.
    const published = decision.changes.length > 0 ? decision.published : [];
    const guarding = decision.unfinished ? [] : ((call.guard?.(published) ?? []) as readonly Change[]);
    const changes = [...decision.changes, ...guarding];
    try {
      // A crash after this write loses the reply alone; the guard's mark tells a repeat that all is done.
      if (changes.length > 0) await deps.store.write(changes, randomUUID());
    } catch (error) {
      if (error instanceof ItemTooLargeError) throw new TooLargeError('What this call would store is too large');
      if (!(error instanceof StaleWriteError) || concerns(error, guarding)) throw error;
      if (attempt++ >= ATTEMPTS) throw new ConflictError(operation.subject);
      await deps.pause(2 ** attempt * 5 * Math.random());
      continue;
    }
    if (!decision.unfinished) return decision.response;
    attempt = 1;
  }
};

const momentOf = (promotions: Promotions, now: Date, { accountId, segment, ids }: EngineDeps): Moment => ({
  now,
  accountId,
  promotions,
  records: recordsOf(promotions.application, accountId, segment),
  newId: (after) => ids.next(after),
  code: codeDrawer(randomBytes(32)),
});

/** Asks what is needed until all of it is there: one round trip a time. */
const gather = async <O extends AnyOperation>(
  operation: EngineOperation<O>,
  input: Input<O>,
  moment: Moment,
  store: Store,
): Promise<WorkingSet> => {
  const owner = operation.owner?.(input, moment);
  const set = owner === undefined ? new WorkingSet() : new WorkingSet(await ownedItems(owner, store));
  for (;;) {
    const missing = operation.needs(input, set, moment).filter((record) => !set.knows(record));
    if (missing.length === 0) return set;
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

const decideWithIds = async <O extends AnyOperation>(
  operation: EngineOperation<O>,
  input: Input<O>,
  set: WorkingSet,
  moment: Moment,
  ids: Ids,
) => {
  for (;;) {
    try {
      return operation.decide(input, set, moment);
    } catch (error) {
      if (!(error instanceof IdsExhausted)) throw error;
      await ids.refill();
    }
  }
};

const keyOf = (change: Change): Key =>
  'put' in change ? change.put.key : 'remove' in change ? change.remove : 'add' in change ? change.add : change.check;

const concerns = (error: StaleWriteError, changes: readonly Change[]): boolean => {
  const own = new Set(changes.map((change) => keyText(keyOf(change))));
  return error.keys.some((key) => own.has(keyText(key)));
};
