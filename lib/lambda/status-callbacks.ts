import { type Attempt, isDelivered } from '../inbox/delivery.ts';
import {
  afterCallback,
  afterFailedCallback,
  type Callback,
  callbackBody,
  dueCallbacks,
  withoutCallback,
} from '../privacy/callbacks.ts';
import type { ReceiptKey } from '../privacy/receipt-key.ts';
import { changeRequest, type RegisterDeps, type Registered } from '../privacy/register.ts';
import type { PrivacyRequest } from '../privacy/request.ts';
import { openDsrHeaders } from './open-dsr-signature.ts';
import type { WebhookRequest } from './webhook-post.ts';

/** What is told of a change that a controller was told, or was to be. */
export interface CallbackLine {
  /** The request's id. */
  readonly id: string;
  /** `postponed`: it is tried again; `given up`: the controller has to ask. */
  readonly outcome: 'told' | 'postponed' | 'given up';
  /** The status, as the controller sees it. */
  readonly state: string;
  /** What its address answered. */
  readonly status?: number;
  readonly reason?: string;
}

/** What telling controllers needs. */
export interface StatusCallbacksDeps extends RegisterDeps {
  /** Signs what is told. */
  readonly key: Pick<ReceiptKey, 'sign'>;
  /** Makes one attempt to reach an address (`webhookPost`). Never rejects. */
  post(request: WebhookRequest): Promise<Attempt>;
  now(): Date;
  /** Whether there is time for another attempt. */
  mayBegin(): boolean;
  log(line: CallbackLine): void;
}

/**
 * Tells a request's controller of every change of its status that is due, in order, at least once at each address; each
 * callback is signed as answers are. One that fails is tried again later, and what follows it waits.
 *
 * @returns the request as it is then.
 * @throws StaleWriteError when others changed the request time and again: it is told again.
 */
export const sendCallbacks = async (
  { request }: Registered,
  deps: StatusCallbacksDeps,
): Promise<PrivacyRequest | undefined> => {
  const due = dueCallbacks(request, deps.now());
  if (!due) return request;
  if (due.length === 0) {
    // Something may have happened since it was read.
    const isQuiet = (each: PrivacyRequest) => dueCallbacks(each, deps.now())?.length === 0;
    return noted(request, (each) => (isQuiet(each) ? withoutCallback(each) : each), deps);
  }
  let current: PrivacyRequest | undefined = request;
  for (const callback of due) {
    if (!current || !deps.mayBegin()) break;
    const failed = await tell(current, callback, deps);
    // After a crash here it is told again.
    if (failed) return notedFailure(current, callback, failed, deps);
    current = await noted(current, afterCallback, deps);
    deps.log({ id: request.id, outcome: 'told', state: callback.status });
  }
  return current;
};

/** What the first address said that did not take it; undefined when all did. */
const tell = async (
  request: PrivacyRequest,
  { status, urls }: Callback,
  { key, post }: StatusCallbacksDeps,
): Promise<Attempt | undefined> => {
  const { callbacks } = request;
  if (!callbacks) return undefined;
  const attempts = await Promise.all(
    urls.map((url) => {
      const body = JSON.stringify(callbackBody(request, callbacks, url, status));
      const headers = { 'content-type': 'application/json', 'user-agent': 'promotion-functions' };
      return post({ url, headers: { ...headers, ...openDsrHeaders(body, callbacks.domain, key) }, body });
    }),
  );
  return attempts.find((attempt) => !isDelivered(attempt));
};

const notedFailure = async (
  request: PrivacyRequest,
  callback: Callback,
  attempt: Attempt,
  deps: StatusCallbacksDeps,
): Promise<PrivacyRequest | undefined> => {
  const after = await noted(request, (each) => afterFailedCallback(each, deps.now()), deps);
  deps.log({
    id: request.id,
    outcome: after?.callbacks?.next === undefined ? 'given up' : 'postponed',
    state: callback.status,
    ...('status' in attempt ? { status: attempt.status } : { reason: attempt.failure }),
  });
  return after;
};

/** Changes what is known of the callbacks, unless somebody else has told the same meanwhile. */
const noted = (
  { id, callbacks }: PrivacyRequest,
  decide: (request: PrivacyRequest) => PrivacyRequest,
  deps: StatusCallbacksDeps,
): Promise<PrivacyRequest | undefined> =>
  changeRequest(
    id,
    (now) => ((now.callbacks?.told ?? 0) === (callbacks?.told ?? 0) ? { request: decide(now) } : undefined),
    deps,
  );
