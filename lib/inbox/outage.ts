import { ApiError, ConfigurationError } from '../contract/errors.ts';
import { StaleWriteError } from '../store/store.ts';

/** System errors of connections that were refused, cut or never made. */
const CONNECTION = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR)/;

interface Clues {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  /** On every error that an AWS service answered with. */
  readonly $fault?: unknown;
}

/**
 * Whether an error passes by itself or by an operator's hand: something that we depend on is away, contended, not
 * permitted or not configured. Such a message waits, however long; anything else is a fault of this message or of our
 * code.
 */
export const isOutage = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false;
  if (error instanceof ConfigurationError || error instanceof StaleWriteError) return true;
  if (error instanceof ApiError) return error.onQueue === 'retry';
  const { name, code, cause, $fault } = error as Clues;
  return (
    // A request that AWS finds malformed is of our making.
    ($fault !== undefined && name !== 'ValidationException') ||
    name === 'CredentialsProviderError' ||
    name === 'TimeoutError' ||
    name === 'AbortError' ||
    (typeof code === 'string' && (CONNECTION.test(code) || code === 'ERR_SQLITE_ERROR')) ||
    isOutage(cause)
  );
};
