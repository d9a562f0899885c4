import type { Context } from 'aws-lambda';
import { now } from './deps.ts';

/** What a function needs after the last answer of another server: to note it, and to answer itself. */
const RESERVE_MS = 1_000;

/** When other servers must have answered, so that this invocation still ends by itself; undefined where nobody says. */
export const deadlineOf = (context: Pick<Context, 'getRemainingTimeInMillis'> | undefined): Date | undefined => {
  const remaining = context?.getRemainingTimeInMillis?.();
  return remaining === undefined ? undefined : new Date(now().getTime() + remaining - RESERVE_MS);
};
