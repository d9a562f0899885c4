import { UnusableEventError } from '../commerce/errors.ts';
import { ApiError, ConflictError, UnknownApplicationError } from '../contract/errors.ts';
import { isOutage } from './outage.ts';
import { type ParkDeps, ParkError, type ParkReason, park } from './park.ts';
import type { IncomingMessage } from './queue.ts';

/** What became of a message. */
export interface Outcome {
  readonly outcome:
    | 'applied'
    | 'duplicate'
    | 'stale'
    | 'ignored'
    | 'waiting'
    | 'queued'
    | 'parked'
    | 'dropped'
    /** Its person was erased: applied without them, or not at all where nothing else is in it. */
    | 'suppressed'
    | 'failed'
    /** Its shop is paused: it waits in the store. */
    | 'held';
  /** Why; a short, fixed text. */
  readonly reason?: string;
  /** The session that it concerns. */
  readonly session?: string;
  /** How many calls it came to. */
  readonly steps?: number;
  /** The state that the session was moved to. */
  readonly state?: string;
  /** What went wrong, where that is for us to repair. */
  readonly error?: unknown;
}

/** A message of which nothing is left is done with. */
export const NOTHING_LEFT: Outcome = { outcome: 'suppressed', reason: 'the person was erased' };

/** What was applied without the person whom it named counts as suppressed: once, and as nothing else. */
export const suppressedOutcome = (outcome: Outcome): Outcome =>
  outcome.outcome === 'applied' ? { ...outcome, outcome: 'suppressed' } : outcome;

/** How long an unexpected error may go on before its message no longer holds up its group. */
const PATIENCE_MS = 15 * 60_000;

/** How long an outage may go on: then days are left of what the queue keeps a message for, and receives of what it allows. */
const OUTLASTED_MS = 10 * 86_400_000;

/** What settling needs beside the place to park. */
export interface SettleDeps extends ParkDeps {
  now(): Date;
  /** How long what is parked is kept; absent: until somebody settles it. */
  readonly parkedDays?: number;
}

/**
 * Does the work for one message and settles what becomes of it if that fails (design.md §8, decision 14): what never
 * succeeds is parked at once, an outage waits for up to ten days, and what nobody foresaw waits for 15 minutes and is
 * parked then.
 *
 * Never rejects. `failed` means: deliver it again.
 *
 * @param ownerOf whose data the message holds; asked only when it is parked.
 */
export const settle = async (
  message: IncomingMessage,
  work: () => Promise<Outcome>,
  ownerOf: () => Promise<string | undefined>,
  deps: SettleDeps,
): Promise<Outcome> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError && error.onQueue === 'drop') return { outcome: 'dropped', reason: error.name };
    const reason = parkReason(error, message, deps.now());
    // Another server's own words belong in no log.
    if (error instanceof ConflictError && error.upstream) return { outcome: 'failed', reason: error.name };
    if (!reason) return { outcome: 'failed', reason: nameOf(error), error };
    try {
      const { id, body, sentAt, group } = message;
      const owner = await ownerOf().catch(nobodyWithoutApplication);
      const at = deps.now();
      const { parkedDays } = deps;
      const expires = parkedDays === undefined ? undefined : new Date(at.getTime() + parkedDays * 86_400_000);
      await park({ id, message: body, reason, error: describe(error), at, sentAt, group, owner, expires }, deps);
      return { outcome: 'parked', reason, ...(reason === 'unexpected' && { error }) };
    } catch (fault) {
      return { outcome: 'failed', reason: 'not parked', error: fault };
    }
  }
};

/** Of an Application that there is not nobody owns anything; what failed because of that says so in other words too. */
const nobodyWithoutApplication = (error: unknown): undefined => {
  if (!(error instanceof UnknownApplicationError)) throw error;
};

const parkReason = (error: unknown, message: IncomingMessage, now: Date): ParkReason | undefined => {
  if (error instanceof ParkError) return error.reason;
  if (error instanceof UnusableEventError) return 'unusable';
  if (error instanceof ApiError && error.onQueue === 'park') return 'refused';
  const age = message.sentAt ? now.getTime() - message.sentAt.getTime() : 0;
  if (isOutage(error)) return age > OUTLASTED_MS ? 'outlasted' : undefined;
  return age > PATIENCE_MS ? 'unexpected' : undefined;
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** What people read of a parked message; it must fit beside the message itself. */
const LONGEST_TEXT = 2_000;

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return 'something that is no error was thrown';
  const issues = error instanceof ApiError ? (error.issues ?? []) : [];
  const faults = issues.map(({ title, details, source }) =>
    [title, details, Object.values(source)[0]].filter(Boolean).join(' '),
  );
  return [`${error.name}: ${error.message}`, ...faults].join('; ').slice(0, LONGEST_TEXT);
};
