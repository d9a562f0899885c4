import { UpstreamError, UpstreamTimeoutError } from '../contract/errors.ts';

/** How often one thing is asked for; with the waits between, about two minutes. */
const ATTEMPTS = 7;

const FIRST_WAIT_MS = 1_000;

/** No platform's limit counts longer than a minute. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Reads something that may fail for a while: a platform that is asked too often, is slow or restarts. It waits as long as
 * the platform says, else twice as long each time.
 *
 * @param wait unset: it is read once.
 * @throws what the last attempt threw; what does not pass, at once.
 */
export const patiently = async <T>(
  read: () => Promise<T>,
  wait: ((milliseconds: number) => Promise<void>) | undefined,
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (!wait || attempt >= ATTEMPTS || !mayPass(error)) throw error;
      const asked = error.upstream?.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
      await wait(Math.min(asked, LONGEST_WAIT_MS));
    }
  }
};

const mayPass = (error: unknown): error is UpstreamError | UpstreamTimeoutError => {
  if (error instanceof UpstreamTimeoutError) return true;
  if (!(error instanceof UpstreamError) || error.onQueue !== 'retry') return false;
  const { status = 500 } = error.upstream ?? {};
  return status === 429 || status >= 500;
};
