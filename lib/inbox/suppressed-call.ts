import { ApiError, SuppressedError } from '../contract/errors.ts';
import type { AnyOperation } from '../contract/operation.ts';
import { withoutSuppressedRows } from '../contract/suppressed-input.ts';
import { validate } from '../contract/validate.ts';
import type { Environment } from '../privacy/person.ts';
import { type SuppressionDeps, suppressedOf } from '../privacy/suppression.ts';
import { profilesIn } from './names.ts';

/** What looking up who is suppressed needs. */
export interface CheckDeps extends SuppressionDeps {
  /** The environment of an Application. @throws UnknownApplicationError (rejects) when nothing knows it. */
  environmentOf(application: number): Promise<Environment>;
}

/** The parts of a request as they stand in a message. */
export interface QueuedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body?: unknown;
}

/**
 * A call that waited, as it may be made now: without the suppressed persons whom it names. Parked, published and traced
 * as what this gives, it leaves nothing of them.
 *
 * @returns the request itself, the very same, when it names nobody who is suppressed.
 * @throws SuppressedError where nothing of the call is left, and where it is refused for another reason too: parked, it
 * would keep what it says of them.
 */
export const withoutSuppressedIn = async (
  row: AnyOperation,
  application: number,
  request: QueuedRequest,
  deps: CheckDeps,
): Promise<QueuedRequest> => {
  const named = row.whenSuppressed === 'allow' ? [] : profilesIn(row, request);
  if (named.length === 0) return request;
  const suppressed = await suppressedOf(await deps.environmentOf(application), named, deps);
  if (suppressed.size === 0) return request;
  return withoutSuppressedRows(row, read(row, request), (profile) => suppressed.has(profile));
};

const read = (row: AnyOperation, { params, query, body }: QueuedRequest) => {
  try {
    return validate(row, { params, query, body });
  } catch (error) {
    throw error instanceof ApiError ? new SuppressedError() : error;
  }
};
