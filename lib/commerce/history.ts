import type { Return, Version } from './event.ts';

/** Where a session stands. */
export type SessionState = 'open' | 'closed' | 'cancelled';

/** A picture's place among all pictures of its session. */
export interface Place extends Version {
  readonly kind: 'cart' | 'order';
  /** The state that this picture asks for. */
  readonly state: SessionState;
}

/**
 * What is known of a session: everything that the next picture of its cart or order is decided by. Plain JSON. Nothing in
 * it leads to the person, so it may outlive their data.
 */
export interface SessionHistory {
  readonly kind: 'session';
  /** The newest picture so far. */
  readonly newest: Place;
  readonly state: SessionState;
  /** The platform's id of the order, once one was seen. */
  readonly order?: string;
  /** Whether the content that was sent last had codes: only then is their absence sent too. */
  readonly sentCodes: boolean;
  /** Digest of the content that was sent last. */
  readonly content: string;
  /** Refunds not reported, because the session was not closed. */
  readonly pending: readonly Return[];
  /** Ids of the refunds that were reported. */
  readonly returned: readonly string[];
}

/** A cancellation came before there was a session: none is made any more. */
export interface NoSession {
  readonly kind: 'none';
  /** The platform's id of the cancelled order. */
  readonly order: string;
}

/** What is known of a customer's record: the newest picture that was sent. Plain JSON. */
export interface ProfileHistory {
  readonly kind: 'profile';
  readonly newest: Version;
}

/** The one item kept for each session and each customer. */
export type History = SessionHistory | NoSession | ProfileHistory;
