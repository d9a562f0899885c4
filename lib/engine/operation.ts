import type { Effect } from '../contract/effects.ts';
import type { AnyOperation, Input, Output } from '../contract/operation.ts';
import type { Change } from '../store/store.ts';
import type { Moment } from './moment.ts';
import type { RecordKey } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/** What a decision comes to: the answer, the changes that make it true, and the effects that others should hear of. */
export interface Decision<R> {
  readonly response: R;
  /** Empty for dry runs and reads. */
  readonly changes: readonly Change[];
  /** The effects as the v2 answer states them: what the call's guard is told, unless nothing changes. */
  readonly published: readonly Effect[];
  /** More is left than one write can change: after the write, gather and decide again. */
  readonly unfinished?: boolean;
}

/**
 * An operation of the engine: two pure functions. `perform` asks `needs` until nothing is missing, reads, lets `decide`
 * decide, and writes.
 */
export interface EngineOperation<O extends AnyOperation> {
  /** What parallel calls contend for; named in the 409. */
  readonly subject: 'session' | 'profile';
  /** Whose items to have at hand too (`set.owned`), as many as can be dealt with at once. */
  owner?(input: Input<O>, moment: Moment): string;
  /** The records to have at hand; asked again with what is known until nothing new is named. */
  needs(input: Input<O>, known: WorkingSet, moment: Moment): readonly RecordKey<unknown>[];
  /**
   * Decides on the given records at the given moment. Same arguments, same decision.
   *
   * @throws ApiError for what the API answers with an error status; then nothing changes.
   */
  decide(input: Input<O>, set: WorkingSet, moment: Moment): Decision<Output<O>>;
}
