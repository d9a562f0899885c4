/**
 * How an attempt to reach a receiver ended: with the status of its answer, or without one. `failure` is a fixed text or
 * the code of a system error. `ours`: it never left the house, so nothing is said of the receiver.
 */
export type Attempt =
  | { readonly status: number; readonly retryAfterMs?: number }
  | { readonly failure: string; readonly ours?: true };

/** Why nothing is attempted any more until an operator says so. */
export type StopReason =
  /** The receiver answered 410: never again. */
  | 'gone'
  /** Every attempt failed for five days. */
  | 'exhausted'
  /** The receiver had been disabled before it was this one's turn. */
  | 'disabled'
  /** It is larger than a queue takes, and than is posted to a receiver. */
  | 'too-large';

/** What would fail the same way whenever it is attempted. */
export const TOO_LARGE = { failure: 'too-large', ours: true } as const satisfies Attempt;

/** What is known of a publication that was not delivered at once; kept beside it. Times are RFC 3339. */
export interface Delivery {
  readonly attempts: number;
  /** When the first attempt failed: from then on it is attempted for five days. */
  readonly since: string;
  readonly last?: { readonly at: string; readonly status?: number; readonly failure?: string };
  /** Not before then. */
  readonly next?: string;
  readonly stopped?: StopReason;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long to wait after each failed attempt, the last for all further ones (peers.md B35). */
const WAITS = [5_000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];

/** After so long it is given up. */
export const PATIENCE_MS = 5 * 24 * HOUR;

/** Waits are longer by up to this part, so that what failed together does not come back together. */
const JITTER = 0.2;

/** Whether the receiver has taken it. */
export const isDelivered = (attempt: Attempt): boolean =>
  'status' in attempt && attempt.status >= 200 && attempt.status < 300;

/**
 * What follows a failed attempt: when the next one is due, or that there is none, since what is too large stays that.
 * `Retry-After` is kept where it is longer than ours; the last attempt is made when five days are over.
 *
 * @param random from 0 to 1.
 */
export const afterFailure = (
  held: Delivery | undefined,
  attempt: Attempt,
  { now, random }: { readonly now: Date; readonly random: number },
): Delivery => {
  const at = now.toISOString();
  const { since = at, attempts: before = 0 } = held ?? {};
  const told = 'status' in attempt ? { status: attempt.status } : { failure: attempt.failure };
  const failed = { attempts: before + 1, since, last: { at, ...told } };
  if ('status' in attempt && attempt.status === GONE) return { ...failed, stopped: 'gone' };
  if ('failure' in attempt && attempt.failure === TOO_LARGE.failure) return { ...failed, stopped: 'too-large' };
  const until = Date.parse(since) + PATIENCE_MS;
  if (now.getTime() >= until) return { ...failed, stopped: 'exhausted' };
  const ours = (WAITS[Math.min(before, WAITS.length - 1)] ?? 0) * (1 + JITTER * random);
  const wait = Math.max(ours, ('status' in attempt && attempt.retryAfterMs) || 0);
  return { ...failed, next: new Date(Math.min(now.getTime() + Math.round(wait), until)).toISOString() };
};

const GONE = 410;
