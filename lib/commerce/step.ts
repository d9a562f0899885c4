import type { Request } from '../contract/operation.ts';
import type { operations } from '../contract/operations/table.ts';
import type { History, SessionHistory } from './history.ts';

type StepOperation = 'updateCustomerSessionV2' | 'updateCustomerProfileV2' | 'trackEvent';

/**
 * One call to make, and what is known once it was made. Both are written together: after a crash between two steps the
 * event is decided again and what is left of it comes out.
 */
export type Step = {
  [Id in StepOperation]: {
    readonly operation: Id;
    readonly input: Request<(typeof operations)[Id]>;
    readonly history: History;
  };
}[StepOperation];

/** A call that reports something of a session as an event. */
export type ReportStep = Extract<Step, { operation: 'trackEvent' }> & { readonly history: SessionHistory };

/** What an event comes to. */
export interface Decision {
  /**
   * `applied`: it was taken into account, with calls or without; `stale`: something newer was; `duplicate`: it was itself;
   * `ignored`: it changes nothing on purpose; `waiting`: it says too little, a later one says the rest.
   */
  readonly outcome: 'applied' | 'stale' | 'duplicate' | 'ignored' | 'waiting';
  /** Why; one of a few fixed texts, for people. */
  readonly reason: string;
  /** The calls to make, in this order. */
  readonly steps: readonly Step[];
  /** What to keep when there are no steps; absent: what is kept already. */
  readonly history?: History;
}
