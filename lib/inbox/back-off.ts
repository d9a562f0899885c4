import { ApiError, ConflictError } from '../contract/errors.ts';
import { StaleWriteError } from '../store/store.ts';
import { OutOfTimeError } from './apply-event.ts';
import { isOutage } from './outage.ts';
import { KEPT_SECONDS } from './queue.ts';

/** A try that failed, and the message that is given back for it. */
export interface Tried {
  readonly error: unknown;
  /** How often the message was received so far; from 1. */
  readonly receives: number;
  readonly sentAt: Date | undefined;
  readonly now: Date;
  /** From 0 to 1: spreads the tries of groups that failed together. */
  readonly random: number;
}

interface Pace {
  readonly firstSeconds: number;
  readonly mostSeconds: number;
}

/** Somebody was faster: it is over in a moment. */
const CONTENDED: Pace = { firstSeconds: 1, mostSeconds: 30 };

/** A fault of ours: it is parked after some minutes, and should be tried a few times until then. */
const UNFORESEEN: Pace = { firstSeconds: 5, mostSeconds: 60 };

/**
 * Something is away. At its slowest a message is received 96 times a day at the most: ten days, after which it is parked
 * (lib/inbox/settle.ts), stay below the 1000 receives that SQS allows before it calls a message dead.
 */
const OUTAGE: Pace = { firstSeconds: 5, mostSeconds: 1800 };

/** What a server asks for counts up to here: a message must come back in time. */
const MOST_ASKED_SECONDS = 3600;

/**
 * How many whole seconds a message waits before it is tried again, at least one. Each try doubles the wait up to what the
 * kind of error allows, spread over its upper half; never less than the server's `Retry-After`, up to an hour; never more
 * than half of what is left until the queue drops the message.
 */
export const backOffSeconds = ({ error, receives, sentAt, now, random }: Tried): number => {
  if (error instanceof OutOfTimeError) return 1;
  const { firstSeconds, mostSeconds } = paceOf(error);
  const doubled = Math.min(firstSeconds * 2 ** (Math.max(1, receives) - 1), mostSeconds);
  const asked = Math.min(askedSeconds(error), MOST_ASKED_SECONDS) * (1 + random / 10);
  const wait = Math.max(doubled * (0.5 + random / 2), asked);
  const left = sentAt ? KEPT_SECONDS - (now.getTime() - sentAt.getTime()) / 1000 : Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor(Math.min(Math.ceil(wait), left / 2)));
};

const paceOf = (error: unknown): Pace => {
  if (error instanceof ConflictError || error instanceof StaleWriteError) return CONTENDED;
  return isOutage(error) ? OUTAGE : UNFORESEEN;
};

const askedSeconds = (error: unknown): number =>
  error instanceof ApiError ? (error.upstream?.retryAfterMs ?? 0) / 1000 : 0;
