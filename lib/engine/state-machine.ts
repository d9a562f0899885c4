import { IllegalTransitionError } from '../contract/errors.ts';
import type { SessionState } from '../contract/schemas/session.ts';

/** The event that a session call is, by what it does to the state. */
export type SessionEvent =
  | 'talon_session_created'
  | 'talon_session_updated'
  | 'talon_session_closed'
  | 'talon_session_cancelled'
  | 'talon_session_revoked';

const TRANSITIONS: Partial<Record<`${SessionState | 'none'} → ${SessionState}`, SessionEvent>> = {
  'none → open': 'talon_session_created',
  'none → closed': 'talon_session_created',
  'open → open': 'talon_session_updated',
  'open → closed': 'talon_session_closed',
  'open → cancelled': 'talon_session_cancelled',
  'closed → cancelled': 'talon_session_revoked',
};

/**
 * The event of a legal move (semantics.md §1.7).
 *
 * @throws IllegalTransitionError for every other one; a session that is not there yet counts as open in its text.
 */
export const sessionEvent = (from: SessionState | undefined, to: SessionState): SessionEvent => {
  const event = TRANSITIONS[`${from ?? 'none'} → ${to}`];
  if (!event) throw new IllegalTransitionError(to, from ?? 'open');
  return event;
};
