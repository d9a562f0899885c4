import type { NoSession, SessionHistory } from './history.ts';
import { sessionStep } from './session-step.ts';
import type { Decision } from './step.ts';

/**
 * Decides what the end of a cart changes: its session is cancelled while it is open, which frees what was reserved for it.
 * An order is never cancelled by it, before or after: one that comes later gets a session of its own.
 */
export const decideCartDeleted = (session: string, before: SessionHistory | NoSession | undefined): Decision => {
  if (!before) {
    const history: NoSession = { kind: 'none' };
    return { outcome: 'ignored', reason: 'cart deleted before there was a session', steps: [], history };
  }
  if (before.order !== undefined) return { outcome: 'ignored', reason: 'the cart became an order', steps: [] };
  if (before.kind === 'none') return { outcome: 'duplicate', reason: 'cart deleted before', steps: [] };
  return {
    outcome: 'applied',
    reason: 'session cancelled',
    steps: [sessionStep(session, { state: 'cancelled' }, { kind: 'none', cancelled: true })],
  };
};
