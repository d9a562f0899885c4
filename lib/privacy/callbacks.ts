import { nextOf } from './advance.ts';
import { type ControllerStatus, controllerChanges, expectedCompletion } from './controller-status.ts';
import { type Callbacks, hasEnded, type PrivacyRequest } from './request.ts';

/** One change of a request's status that its controller is to be told. */
export interface Callback {
  readonly status: ControllerStatus;
  readonly urls: readonly string[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Waits between tries: from one minute, doubled up to twelve hours. */
const waitAfter = (failures: number): number => Math.min(MINUTE * 2 ** (failures - 1), 12 * HOUR);

/** Some nine days of tries; then nobody is told any more, and the controller has to ask. */
export const MOST_FAILURES = 27;

/** The changes that are due to be told, oldest first; undefined: nothing is due. */
export const dueCallbacks = (request: PrivacyRequest, now: Date): readonly Callback[] | undefined => {
  const { callbacks } = request;
  if (callbacks?.next === undefined || callbacks.next > now.toISOString()) return undefined;
  const { told = 0, urls } = callbacks;
  return controllerChanges(request)
    .slice(told)
    .map((status) => ({ status, urls }));
};

/** What a controller is told of a change (OpenDSR, request status callback). */
export const callbackBody = (
  request: PrivacyRequest,
  { controller, requestId }: Callbacks,
  url: string,
  status: ControllerStatus,
) => ({
  controller_id: controller,
  expected_completion_time: expectedCompletion(request),
  status_callback_url: url,
  subject_request_id: requestId,
  request_status: status,
});

/** The request when one more change was told to every address. With the last one of its life the addresses go. */
export const afterCallback = (request: PrivacyRequest): PrivacyRequest => {
  const { callbacks, ...rest } = request;
  if (!callbacks) return request;
  const { next, ...kept } = callbacks;
  const told = (callbacks.told ?? 0) + 1;
  const isLast = told >= controllerChanges(request).length;
  if (isLast && isOver(request)) return withNext(rest);
  return withNext({
    ...rest,
    callbacks: { ...kept, told, failures: 0, ...(!isLast && next !== undefined && { next }) },
  });
};

/** The request when there was nothing to tell after all. */
export const withoutCallback = (request: PrivacyRequest): PrivacyRequest => {
  const { callbacks, ...rest } = request;
  if (!callbacks) return request;
  const { next: _, ...kept } = callbacks;
  return withNext(isOver(request) ? rest : { ...rest, callbacks: kept });
};

/**
 * The request when an address could not be reached: it is tried again later, and not any more after the last try, until
 * the status changes again.
 */
export const afterFailedCallback = (request: PrivacyRequest, now: Date): PrivacyRequest => {
  const { callbacks, ...rest } = request;
  if (!callbacks) return request;
  const { next: _, ...kept } = callbacks;
  const failures = callbacks.failures + 1;
  if (failures >= MOST_FAILURES)
    return withNext(isOver(request) ? rest : { ...rest, callbacks: { ...kept, failures } });
  const next = new Date(now.getTime() + waitAfter(failures)).toISOString();
  return withNext({ ...rest, callbacks: { ...kept, failures, next } });
};

/** Nothing is to be told any more: an access request ends with its answer. */
const isOver = (request: PrivacyRequest): boolean =>
  hasEnded(request) || (request.kind === 'access' && request.status === 'completed');

const withNext = ({ next: _, ...request }: PrivacyRequest): PrivacyRequest => {
  const next = nextOf(request);
  return { ...request, ...(next !== undefined && { next }) };
};
