import type { AnyOperation, Input } from '../contract/operation.ts';
import { suppressibleProfiles, withoutSuppressed } from '../contract/suppressed-input.ts';
import type { Moment } from './moment.ts';
import type { RecordKey } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/** A call as it was asked for, and as it may be made. */
export interface Asked<O extends AnyOperation> {
  /** The marks of those whom it names: read with the first of what it needs, they cost no round trip of their own. */
  readonly marks: readonly RecordKey<object>[];
  /**
   * The input to go on with, by what is known of the marks so far; the very same while nobody is known to be suppressed.
   *
   * @throws SuppressedError where the row refuses the call.
   */
  allowed(known: WorkingSet): Input<O>;
}

/** A call, with what is to be known before it may be made (design.md decision 18). */
export const askedOf = <O extends AnyOperation>(row: O, input: Input<O>, { suppressed }: Moment): Asked<O> => {
  const marks = new Map(suppressibleProfiles(row, input).map((profile) => [profile, suppressed(profile)]));
  const isMarked = (profile: string, known: WorkingSet): boolean => {
    const mark = marks.get(profile);
    return mark !== undefined && isThere(mark, known);
  };
  return {
    marks: [...marks.values()],
    allowed: (known) => withoutSuppressed(row, input, (profile) => isMarked(profile, known)),
  };
};

/** Whether a profile is known to be suppressed. */
export const isSuppressed = (profile: string, known: WorkingSet, { suppressed }: Moment): boolean =>
  isThere(suppressed(profile), known);

const isThere = (mark: RecordKey<object>, known: WorkingSet): boolean =>
  known.knows(mark) && known.get(mark) !== undefined;
