/**
 * How one try ended, as far as the rules care: the status of the answer, or why there was none. `final` is never tried
 * again.
 */
export type Ending = number | 'unconnected' | 'broken' | 'slow' | 'final';

/** One rule: what ends this way is sent again, either for every row or only for those whose repeat is safe. */
export interface Rule {
  readonly ending: Ending;
  readonly rows: 'every' | 'safe';
  readonly why: string;
}

/**
 * When a request is sent again. What is not listed is not: 400, 401, 404 and the like would end the same, and a 409 that
 * says `Suppressed` must (semantics.md X5, design.md §8).
 */
export const RULES: readonly Rule[] = [
  { ending: 'unconnected', rows: 'every', why: 'nothing was sent: the connection was refused or the host not found' },
  { ending: 'broken', rows: 'safe', why: 'the connection was cut; the server may have done its work' },
  { ending: 'slow', rows: 'safe', why: 'no answer in time; the server may still do its work' },
  { ending: 409, rows: 'safe', why: 'parallel updates of the same session or profile' },
  { ending: 429, rows: 'safe', why: 'too many requests' },
  { ending: 502, rows: 'safe', why: 'bad gateway' },
  { ending: 503, rows: 'safe', why: 'out of service for a moment' },
  { ending: 504, rows: 'safe', why: 'gateway timeout' },
];

const BY_ENDING = new Map(RULES.map((rule) => [rule.ending, rule]));

/** How often and how soon a request is sent again. */
export interface RetryOptions {
  /** Tries after the first one; 0 for none. @default 2 */
  readonly retries?: number;
  /** The wait before the first of them; each further one doubles it. @default 100 */
  readonly firstMs?: number;
  /** What no wait of ours exceeds; a server's `Retry-After` may. @default 2000 */
  readonly mostMs?: number;
}

/** Whether a try that ended so may have done what it was to do: the server was at it, and did not say how that ended. */
export const isUnsettled = (ending: Ending): boolean =>
  typeof ending === 'number' ? ending >= 500 : ending === 'broken' || ending === 'slow';

/** What is known when a try has failed. */
export interface Failed {
  readonly ending: Ending;
  /** Whether a repeat of the row is safe. */
  readonly repeat: 'safe' | 'unsafe';
  /** How many tries there were; from 1. */
  readonly tries: number;
  readonly retryAfter: string | undefined;
  readonly now: Date;
  readonly deadline: Date;
  /** From 0 to 1: spreads the waits of clients that failed together. */
  readonly random: number;
}

/**
 * How many milliseconds to wait before the next try; undefined when there is to be none: the rules say so, the tries are
 * used up, or the deadline would have passed. Between half and all of the doubling wait, never less than `Retry-After`.
 */
export const waitBefore = (failed: Failed, options: Required<RetryOptions>): number | undefined => {
  const rule = BY_ENDING.get(failed.ending);
  if (!rule || (rule.rows === 'safe' && failed.repeat !== 'safe') || failed.tries > options.retries) return undefined;
  const doubled = Math.min(options.firstMs * 2 ** (failed.tries - 1), options.mostMs);
  const ours = doubled * (0.5 + failed.random / 2);
  const wait = Math.round(Math.max(ours, retryAfterMs(failed.retryAfter, failed.now) ?? 0));
  return failed.now.getTime() + wait < failed.deadline.getTime() ? wait : undefined;
};

/** Reads `Retry-After`: whole seconds or an HTTP date; undefined when it is absent or neither. */
export const retryAfterMs = (header: string | undefined, now: Date): number | undefined => {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Every form of an HTTP date begins with the day of the week.
  const until = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(until) ? undefined : Math.max(0, until - now.getTime());
};
