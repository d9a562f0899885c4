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

/** An error that the caller is told about, with its HTTP status. Its text never holds secrets or personal data. */
export abstract class ApiError extends Error {
  abstract readonly status: number;
  /** At most {@link MAX_ISSUES}; undefined where the message says it all. */
  readonly issues: readonly Issue[] | undefined;
  /** What to do on a queue: `park` never succeeds again as it is, `retry` may (design.md §8). */
  abstract readonly onQueue: 'park' | 'retry' | 'drop';

  constructor(message: string, issues?: readonly Issue[]) {
    super(message);
    this.name = new.target.name;
    this.issues = issues?.slice(0, MAX_ISSUES);
  }
}

/** 400: the request is refused; every fault is named, up to {@link MAX_ISSUES}. */
export class InvalidRequestError extends ApiError {
  readonly status: number = 400;
  readonly onQueue = 'park';

  /** @param message defaults to the text that the API uses for validation faults. */
  constructor(issues: readonly Issue[], message = 'The submitted data was invalid') {
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

/** 401: no usable credentials. Never says which part was wrong. */
export class UnauthorizedError extends ApiError {
  readonly status = 401;
  readonly onQueue = 'park';

  constructor() {
    super('Authentication failed: send Authorization: ApiKey-v1 <key> with a valid key of this environment');
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

/** 409: parallel updates of the same thing outlasted the retries (semantics.md §9, Z1). */
export class ConflictError extends ApiError {
  readonly status = 409;
  readonly onQueue = 'retry';

  constructor(thing: 'session' | 'profile') {
    super(`Too many requests are updating this ${thing} at the same time`);
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
