import type { Person } from '../person.ts';

/** What a target said of an erasure. */
export type Erased =
  /** It says that it is done. */
  | { readonly outcome: 'confirmed'; readonly counts?: Readonly<Record<string, number>> }
  /** It knows no such person: done as well, and said so. */
  | { readonly outcome: 'not_found' }
  /** It took the order and says nothing of the end. */
  | { readonly outcome: 'sent' }
  /** It has no means to erase anybody. */
  | { readonly outcome: 'unsupported' }
  /** More is left than one call does, or something must end first: call again, soon. */
  | { readonly outcome: 'unfinished'; readonly reason: string };

/** What a target says when it is asked whether anything is left of the person. */
export type Checked = 'absent' | 'present' | 'unknown';

/** What goes with a call of a target. */
export interface TargetCall {
  /** The request's id: the same whenever it is tried again. */
  readonly request: string;
  /** Until when it must have answered. */
  readonly deadline?: Date | undefined;
}

/**
 * A place that holds people's data. Each has its own state, retries and cap in every request: one that is down neither
 * blocks nor hides another.
 */
export interface Target {
  /** Stands in receipts: `engine`, `work`, `hosted:2`. */
  readonly name: string;
  /** What a receipt says of it, for people: what was checked, or what nobody could check. */
  readonly about: { readonly checked: string; readonly unchecked?: string };
  /** Erases the person. Called again after any crash or failure; erasing twice is erasing once. @throws when it could not. */
  erase(person: Person, call: TargetCall): Promise<Erased>;
  /** Reads back whether anything is left. @throws when it could not be asked. */
  check(person: Person, call: TargetCall): Promise<Checked>;
}
