/** Where a fault is: a JSON pointer into the body, or the name of a path or query parameter. */
export type ErrorSource = { readonly pointer: string } | { readonly parameter: string };

/** One fault of a request. `title` is short and stable, `details` is for people (semantics.md §9). */
export interface Issue {
  readonly title: string;
  readonly details?: string;
  readonly source: ErrorSource;
}

/** The body of every error answer. `StatusCode` repeats the status, except where the API leaves it out (semantics.md §9). */
export interface ErrorBody {
  readonly message: string;
  readonly errors?: readonly Issue[];
  readonly StatusCode?: number;
}

/** How many faults one answer names: who sent more finds the rest after mending these. */
export const MAX_ISSUES = 100;

/** The call to another server that an error tells of. Never an id: `path` is the row's, with its placeholders. */
export interface UpstreamCall {
  readonly method: string;
  readonly path: string;
  /** What the server answered; undefined when no answer came. */
  readonly status?: number;
  /** Nothing reached the server: it cannot have done what it was to be asked. */
  readonly unsent?: true;
  /** How long the server asked to be left alone, in milliseconds from its answer (`Retry-After`). */
  readonly retryAfterMs?: number;
  /** An earlier try of the same call may have done what was asked: this answer may be to its echo. */
  readonly repeated?: true;
}

/** An error that the caller is told about, with its HTTP status. Its text never holds secrets or personal data. */
export abstract class ApiError extends Error {
  abstract readonly status: number;
  /** At most {@link MAX_ISSUES}; undefined where the message says it all. */
  readonly issues: readonly Issue[] | undefined;
  /** What to do on a queue: `park` never succeeds again as it is, `retry` may, `drop` must not (design.md §8). */
  abstract readonly onQueue: 'park' | 'retry' | 'drop';
  /** The call that ended in this, where another server said it and not we. */
  upstream: UpstreamCall | undefined = undefined;

  constructor(message: string, issues?: readonly Issue[], options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.issues = issues?.slice(0, MAX_ISSUES);
  }
}

/** 400: the request is refused; every fault is named, up to {@link MAX_ISSUES}. */
export class InvalidRequestError extends ApiError {
  readonly status: number = 400;
  readonly onQueue = 'park';

  /** @param message defaults to the text that the API uses for validation faults. */
  constructor(issues: readonly Issue[] | undefined, message = 'The submitted data was invalid') {
    super(message, issues);
  }
}

/** 400: a session cannot move from its state to the asked one. Clients compare this exact text (semantics.md §1.7). */
export class IllegalTransitionError extends ApiError {
  readonly status = 400;
  readonly onQueue = 'park';

  constructor(to: string, from: string) {
    super(`Cannot move session to state "${to}" from state "${from}"`);
  }
}

/**
 * 401: no usable credentials. Never says which part was wrong. On a queue only another server says it, of the key that we
 * were configured with: the work waits until an operator has mended that (design.md decision 14).
 */
export class UnauthorizedError extends ApiError {
  readonly status = 401;
  readonly onQueue = 'retry';

  /** @param message defaults to what callers of the API need to know. */
  constructor(
    message = 'Authentication failed: send Authorization: ApiKey-v1 <key> with a valid key of this environment',
  ) {
    super(message);
  }
}

/**
 * 400, as the API answers it: a `Content-Signature` that is not right, in this exact text, whatever is wrong with it
 * (semantics.md H2). Another server's reaches our callers as UnauthorizedError.
 */
export class SignatureMismatchError extends ApiError {
  readonly status = 400;
  readonly onQueue = 'retry';

  constructor() {
    super('HMAC signature mismatch.');
  }
}

/** 404: the thing that the request names is not there. */
export class NotFoundError extends ApiError {
  readonly status = 404;
  readonly onQueue = 'park';
}

/** 404: the published promotions know no such Application. The text says so. */
export class UnknownApplicationError extends NotFoundError {
  constructor(applicationId: number) {
    super(`The published promotions know no Application ${applicationId}`);
  }
}

/** The title by which a client tells a 404 of a wrong address from one of a thing that is not there. */
export const UNKNOWN_PATH = 'Unknown path';

/** 404: nothing is served at that path. It says nothing of the thing that was asked for. */
export class UnknownPathError extends NotFoundError {
  constructor() {
    super('Nothing is served at this path; GET /openapi.json lists the operations and their paths', [
      { title: UNKNOWN_PATH, details: 'no id may be empty, and no path ends in a slash', source: { pointer: '' } },
    ]);
  }
}

/** 405: the path has operations, but none of that method. */
export class MethodNotAllowedError extends ApiError {
  readonly status = 405;
  readonly onQueue = 'park';
  /** The methods that the path has: what the header `Allow` says. */
  readonly allowed: readonly string[];

  constructor(allowed: readonly string[]) {
    super(`This path takes ${allowed.join(', ')} only`);
    this.allowed = allowed;
  }
}

/** 409: parallel updates of the same thing outlasted the retries (semantics.md §9, Z1). */
export class ConflictError extends ApiError {
  readonly status = 409;
  readonly onQueue = 'retry';

  /** @param message defaults to the text that the API uses. */
  constructor(
    thing: 'session' | 'profile',
    message = `Too many requests are updating this ${thing} at the same time`,
    issues?: readonly Issue[],
  ) {
    super(message, issues);
  }
}

/** The title by which a client tells a 409 that will never pass from one that will. */
export const SUPPRESSED = 'Suppressed';

/** 409: the person was erased, and nothing more is stored of them. Never sent again; dropped from a queue. */
export class SuppressedError extends ApiError {
  readonly status = 409;
  readonly onQueue = 'drop';

  /** @param issues defaults to the one that says so; its title is what clients go by. */
  constructor(
    message = 'This profile was erased',
    issues: readonly Issue[] = [{ title: SUPPRESSED, source: { pointer: '' } }],
  ) {
    super(message, issues);
  }
}

/** 413: the body is over the configured size. */
export class TooLargeError extends ApiError {
  readonly status = 413;
  readonly onQueue = 'park';
}

/** 415: the body is not JSON by its content type. */
export class UnsupportedMediaTypeError extends ApiError {
  readonly status = 415;
  readonly onQueue = 'park';

  constructor() {
    super('Send the body as Content-Type: application/json');
  }
}

/** 501: the server does not have this operation. Never sent again. */
export class NotImplementedError extends ApiError {
  readonly status = 501;
  readonly onQueue = 'park';
}

/** `PUT /v2/things/{id} answered 502: bad gateway`: the text of an error that a call to another server ended in. */
const told = ({ method, path, status }: UpstreamCall, what: string): string =>
  status === undefined ? `${method} ${path}: ${what}` : `${method} ${path} answered ${status}: ${what}`;

/**
 * 502: another server answered badly, or its connection failed. On a queue it waits where that may pass (5xx, a broken
 * connection, a wrong address) and is parked where it will not (an answer that is not of the contract).
 */
export class UpstreamError extends ApiError {
  readonly status = 502;
  readonly onQueue: 'park' | 'retry';

  /** @param what went wrong, without anything of the request's or answer's content. */
  constructor(what: string, upstream: UpstreamCall, onQueue: 'park' | 'retry', options?: ErrorOptions) {
    super(told(upstream, what), undefined, options);
    this.onQueue = onQueue;
    this.upstream = upstream;
  }
}

/** 504: another server did not answer in time. Whether it did what it was asked is unknown. */
export class UpstreamTimeoutError extends ApiError {
  readonly status = 504;
  readonly onQueue = 'retry';

  constructor(what: string, upstream: UpstreamCall, options?: ErrorOptions) {
    super(told(upstream, what), undefined, options);
    this.upstream = upstream;
  }
}

/** Environment, shops.yaml or a command's options are refused at start; the text names the setting. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** The answer to an error. `withStatusCode` is false for the rows where the API leaves `StatusCode` out of a 400. */
export const errorBody = (error: ApiError, withStatusCode: boolean): ErrorBody => ({
  message: error.message,
  ...(error.issues && { errors: error.issues }),
  ...((withStatusCode || error.status !== 400) && { StatusCode: error.status }),
});
