import { ApiError, type ErrorBody, errorBody } from '../contract/errors.ts';

/** An answer to an HTTP request, as API Gateway takes it. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer in JSON; empty where there is no body. */
export const jsonAnswer = (
  statusCode: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer =>
  body === undefined
    ? { statusCode, headers }
    : { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };

/** Whether the caller can mend an error; any other is for us to look at, also where another server is at fault. */
export const isRefusal = (error: unknown): error is ApiError => error instanceof ApiError && error.status < 500;

/** What is logged of a refusal; one that is about an erased person counts as such. */
export const refused = ({ name, onQueue }: ApiError): { readonly outcome: string; readonly reason: string } => ({
  outcome: onQueue === 'drop' ? 'suppressed' : 'refused',
  reason: name,
});

/** The status and body of an error: what an ApiError says of itself, and for all else a 500 that says nothing. */
export const errorOutcome = (
  error: unknown,
  withStatusCode: boolean,
): { readonly statusCode: number; readonly body: ErrorBody } =>
  error instanceof ApiError
    ? { statusCode: error.status, body: errorBody(error, withStatusCode) }
    : {
        statusCode: 500,
        body: { message: 'Something went wrong here; nothing is wrong with the request', StatusCode: 500 },
      };

/** The answer to an error. */
export const errorAnswer = (error: unknown, withStatusCode = true): HttpAnswer => {
  const { statusCode, body } = errorOutcome(error, withStatusCode);
  return jsonAnswer(statusCode, body);
};
