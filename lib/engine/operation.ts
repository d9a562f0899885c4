import type { Effect } from '../contract/effects.ts';
import type { AnyOperation, Input, Output } from '../contract/operation.ts';
import type { Change, Json } from '../store/store.ts';
import type { Listing } from './listing.ts';
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

/** What parallel calls contend for; named in the 409. */
type Subject = 'session' | 'profile';

/**
 * An operation that is one decision: two pure functions. `perform` asks `needs` until nothing is missing, reads, lets
 * `decide` decide, and writes.
 */
export interface DecidedOperation<O extends AnyOperation> {
  readonly subject: Subject;
  /** Whose items to have at hand too (`set.owned`), as many as can be dealt with at once. */
  owners?(input: Input<O>, moment: Moment): readonly string[];
  /** What to have at hand too (`set.listed`) because it is found by listing, not by its key. */
  listing?(input: Input<O>, moment: Moment): Listing | undefined;
  /** The records to have at hand; asked again with what is known until nothing new is named. */
  needs(input: Input<O>, known: WorkingSet, moment: Moment): readonly RecordKey<unknown>[];
  /**
   * Decides on the given records at the given moment. Same arguments, same decision.
   *
   * @throws ApiError for what the API answers with an error status; then nothing changes.
   */
  decide(input: Input<O>, set: WorkingSet, moment: Moment): Decision<Output<O>>;
}

/** What applying some rows comes to. */
export interface Applied {
  readonly changes: readonly Change[];
  /** One for each row, in their order: what the answer is made of. */
  readonly answers: readonly unknown[];
}

/**
 * An operation on many rows (design.md decision 15). The request is accepted or refused as a whole; accepted rows are
 * applied in their order, in as many writes as it takes, each row exactly once, by the call itself or by the sweep. Every
 * function is pure.
 */
export interface BulkOperation<O extends AnyOperation, Row extends Json = Json> {
  readonly subject: Subject;
  /** The id of the operation's row: names it with what is accepted and not applied yet. */
  readonly id: O['id'];
  /** How many rows may be applied in one write: they make 90 changes at the most, for the guard's need room, and 100 ids. */
  readonly rowsPerWrite: number;
  /** The records to have at hand to accept or refuse the request; asked again until nothing new is named. */
  needs(input: Input<O>, known: WorkingSet, moment: Moment): readonly RecordKey<unknown>[];
  /** The rows to apply, as JSON. @throws ApiError when any of the request is refused; then nothing changes. */
  accept(input: Input<O>, set: WorkingSet, moment: Moment): readonly Row[];
  /** The profile that a row is about: nothing is stored of a suppressed one. */
  profileOf(row: Row): string;
  /** The records to have at hand to apply some rows; asked again until nothing new is named. */
  rowNeeds(rows: readonly Row[], known: WorkingSet, moment: Moment): readonly RecordKey<unknown>[];
  /** Applies some rows. Called at most once for each row, unless its write failed. */
  apply(rows: readonly Row[], set: WorkingSet, moment: Moment): Applied;
  /** The answer, from those of all rows in order. */
  answer(input: Input<O>, answers: readonly unknown[], set: WorkingSet, moment: Moment): Output<O>;
}

/** Any operation on many rows. */
export type AnyBulkOperation = BulkOperation<AnyOperation>;

/** An operation of the engine, of either kind. */
export type EngineOperation<O extends AnyOperation> = DecidedOperation<O> | BulkOperation<O>;
