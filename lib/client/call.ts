import type { Guard } from '../contract/api.ts';
import {
  type ApiError,
  ConfigurationError,
  SuppressedError,
  type UpstreamCall,
  UpstreamError,
  UpstreamTimeoutError,
} from '../contract/errors.ts';
import type { AnyOperation, Output, Request } from '../contract/operation.ts';
import { type AnyRequest, build } from './build.ts';
import { decode } from './decode.ts';
import { type ClientOptions, type Settings, settings } from './options.ts';
import { type Ending, isUnsettled, waitBefore } from './retry.ts';
import { TransportError, type WireRequest, type WireResponse } from './transport.ts';

/** What may go with a call of the client. */
export interface ClientCall {
  readonly requestId?: string;
  /** When the caller stops caring, if that is before the client's own deadline. */
  readonly deadline?: Date;
  /** Refused: another server cannot write our changes together with its own. */
  readonly guard?: Guard;
}

/** Calls a row of another server. @throws ApiError (rejects) for everything but the row's success. */
export type Caller = <O extends AnyOperation>(row: O, request: Request<O>, call?: ClientCall) => Promise<Output<O>>;

/** A caller that takes the request of any row. */
export type AnyCaller = (row: AnyOperation, request: AnyRequest, call?: ClientCall) => Promise<unknown>;

/**
 * Calls the rows that it is given, over connections that are kept: what a client is made of, for who needs few rows.
 *
 * @throws ConfigurationError for options that cannot work.
 */
export const caller = (options: ClientOptions): Caller & AnyCaller => {
  const given = settings(options);
  const call: AnyCaller = (row, request, about) => perform(row, request, about ?? {}, given);
  // One function serves both: the types of a row say what it is given and what it gives.
  return call as Caller & AnyCaller;
};

const perform = async (row: AnyOperation, request: AnyRequest, call: ClientCall, given: Settings): Promise<unknown> => {
  if (call.guard) throw new ConfigurationError('a call of another server cannot be guarded');
  const wire = build(row, request, given.target);
  const deadline = deadlineOf(call, given);
  let unsettled = false;
  for (let tries = 1; ; tries += 1) {
    const tried = await tryOnce(row, wire, deadline, given);
    if (!tried.error) return tried.value;
    const { error, ending, retryAfter } = tried;
    const { repeat } = row;
    const [now, random] = [given.now(), given.random()];
    const wait = waitBefore({ ending, repeat, tries, retryAfter, now, deadline, random }, given.retry);
    if (wait === undefined) throw unsettled ? asRepeated(error) : error;
    unsettled ||= isUnsettled(ending);
    await given.pause(wait);
  }
};

/** What the last try met says nothing of the earlier ones, not even that nothing was sent. */
const asRepeated = (error: ApiError): ApiError => {
  const { unsent: _, ...upstream } = error.upstream as UpstreamCall;
  error.upstream = { ...upstream, repeated: true };
  return error;
};

const deadlineOf = ({ deadline }: ClientCall, { now, deadlineMs }: Settings): Date => {
  const ours = new Date(now().getTime() + deadlineMs);
  return deadline && deadline < ours ? deadline : ours;
};

type Tried =
  | { readonly error?: never; readonly value: unknown }
  | { readonly error: ApiError; readonly ending: Ending; readonly retryAfter?: string | undefined };

/** A crash here leaves a request of which nobody knows whether it was applied. */
const tryOnce = async (row: AnyOperation, wire: WireRequest, deadline: Date, given: Settings): Promise<Tried> => {
  const timeoutMs = Math.min(given.timeoutMs, deadline.getTime() - given.now().getTime());
  const unanswered: UpstreamCall = { method: row.method, path: row.path };
  if (timeoutMs <= 0) {
    return {
      error: new UpstreamTimeoutError('the deadline had passed, nothing was sent', { ...unanswered, unsent: true }),
      ending: 'final',
    };
  }
  let response: WireResponse;
  try {
    response = await given.transport(wire, { timeoutMs, maxAnswerBytes: given.maxAnswerBytes });
  } catch (error) {
    return noAnswer(error, unanswered, timeoutMs);
  }
  try {
    return { value: decode(row, response) };
  } catch (error) {
    const ending = error instanceof SuppressedError ? 'final' : response.status;
    return { error: error as ApiError, ending, retryAfter: response.headers['retry-after']?.toString() };
  }
};

const noAnswer = (cause: unknown, call: UpstreamCall, timeoutMs: number): Tried => {
  // A transport that was passed in may fail in ways of its own; none of them tells whether anything was sent.
  const failure = cause instanceof TransportError ? cause.failure : 'broken';
  const failed = (what: string, onQueue: 'park' | 'retry', ending: Ending): Tried => ({
    error: new UpstreamError(what, ending === 'unconnected' ? { ...call, unsent: true } : call, onQueue, { cause }),
    ending,
  });
  switch (failure) {
    case 'unconnected':
      return failed('no connection could be made', 'retry', failure);
    case 'broken':
      return failed('the connection broke before the answer was whole', 'retry', failure);
    case 'garbled':
      return failed('what came is not HTTP', 'retry', 'final');
    case 'endless':
      return failed('the answer is larger than allowed', 'park', 'final');
    case 'slow':
      return {
        error: new UpstreamTimeoutError(`no whole answer within ${timeoutMs} ms`, call, { cause }),
        ending: 'slow',
      };
  }
};
