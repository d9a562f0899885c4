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
  /** The session that the order has in place of the cart's, where that was cancelled before the order came. */
  readonly session?: string;
  /** Facts to report once the session's state lets them be, by their names in facts.ts. */
  readonly due?: readonly string[];
  /** Facts that were reported. */
  readonly reported?: readonly string[];
}

/** There is no session, and none is made for some pictures. */
export interface NoSession {
  readonly kind: 'none';
  /**
   * The platform's id of the order that was cancelled before it had one: it gets none any more. Absent: the cart was
   * deleted, so no cart makes one; an order still does.
   */
  readonly order?: string;
  /** The cart had a session, which was cancelled for good: an order gets another one. */
  readonly cancelled?: true;
}

/** What is known of a customer's record. Plain JSON. */
export interface ProfileHistory {
  readonly kind: 'profile';
  /** The newest picture that was sent; older than any where none was. */
  readonly newest: Version;
  /** The profiles of which it was reported that they were merged into this one, in order of their text. */
  readonly merged?: readonly string[];
  /** That the record was deleted was reported. */
  readonly deleted?: true;
}

/** The one item kept for each session and each customer. */
export type History = SessionHistory | NoSession | ProfileHistory;
