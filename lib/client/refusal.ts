import * as z from 'zod';
import {
  type ApiError,
  ConflictError,
  InvalidRequestError,
  type Issue,
  NotFoundError,
  NotImplementedError,
  SUPPRESSED,
  SuppressedError,
  TooLargeError,
  UNKNOWN_PATH,
  UnauthorizedError,
  type UpstreamCall,
  UpstreamError,
} from '../contract/errors.ts';
import type { WireResponse } from './transport.ts';

/** Servers write `null` for what is not there, and `""` for the part of a source that does not apply. */
const Fault = z.object({
  title: z.string(),
  details: z.string().nullish(),
  source: z.looseObject({ pointer: z.string().nullish(), parameter: z.string().nullish() }).nullish(),
});

const Refusal = z.object({ message: z.string(), errors: z.array(Fault).nullish().catch(undefined) });

/** What an error answer says; undefined when it is not written as the API writes errors. */
const readRefusal = (body: string): { message: string; issues: readonly Issue[] | undefined } | undefined => {
  try {
    const { message, errors } = Refusal.parse(JSON.parse(body));
    return { message, issues: errors?.map(issueOf) };
  } catch {
    return undefined;
  }
};

const issueOf = ({ title, details, source }: z.output<typeof Fault>): Issue => ({
  title,
  ...(details && { details }),
  source: source?.parameter ? { parameter: source.parameter } : { pointer: source?.pointer ?? '' },
});

/** The 400 that a wrong signature gets in place of a 401 (semantics.md H2). */
const WRONG_SIGNATURE = /^HMAC signature mismatch/;

/** The error that an answer without success stands for; the server's message and issues are kept where the API has them. */
export const refusal = (response: WireResponse, upstream: UpstreamCall): ApiError => {
  const error = errorOf(response, upstream);
  error.upstream = upstream;
  return error;
};

const errorOf = ({ status, body }: WireResponse, upstream: UpstreamCall): ApiError => {
  const said = readRefusal(body);
  const { message = `${upstream.method} ${upstream.path} was refused with ${status}`, issues } = said ?? {};
  switch (status) {
    case 400:
      return WRONG_SIGNATURE.test(message) ? new UnauthorizedError() : new InvalidRequestError(issues, message);
    case 401:
      return new UnauthorizedError();
    case 404:
      // From a wrong address, a 404 says nothing of what was asked for: taken at its word, a deletion would count as done.
      return said && issues?.[0]?.title !== UNKNOWN_PATH
        ? new NotFoundError(message, issues)
        : new UpstreamError('not a path of the API', upstream, 'retry');
    case 409:
      return issues?.[0]?.title === SUPPRESSED
        ? new SuppressedError(message, issues)
        : // What is contended for, the server's own words say.
          new ConflictError('session', message, issues);
    case 413:
      return new TooLargeError(message, issues);
    case 501:
      return new NotImplementedError(message, issues);
    default:
      return unforeseen(status, upstream);
  }
};

const unforeseen = (status: number, upstream: UpstreamCall): UpstreamError => {
  if (status >= 500) return new UpstreamError('the server failed', upstream, 'retry');
  if (status === 403) return new UpstreamError('the credentials are not enough', upstream, 'retry');
  if (status === 429) return new UpstreamError('too many requests', upstream, 'retry');
  // Followed, a redirect would carry the credentials to wherever it points.
  if (status < 400) return new UpstreamError('redirects are not followed', upstream, 'retry');
  return new UpstreamError('not an answer of this operation', upstream, 'park');
};
