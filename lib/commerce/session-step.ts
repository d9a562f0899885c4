import type { NoSession, SessionHistory, SessionState } from './history.ts';
import type { SessionContent } from './mapping.ts';
import type { Step } from './step.ts';

/** The call that updates a session. Without content it moves the state alone: the session keeps what it was given before. */
export const sessionStep = (
  session: string,
  customerSession: SessionContent & { readonly state: SessionState },
  history: SessionHistory | NoSession,
): Step => ({
  operation: 'updateCustomerSessionV2',
  input: {
    params: { customerSessionId: session },
    query: { dry: false },
    body: { customerSession, responseContent: [] },
  },
  history,
});
