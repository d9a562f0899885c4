import type { Context, SQSBatchResponse } from 'aws-lambda';
import * as z from 'zod';
import { SuppressedError, UnknownApplicationError } from '../contract/errors.ts';
import type { AnyOperation } from '../contract/operation.ts';
import { validate } from '../contract/validate.ts';
import type { EngineOperation } from '../engine/operation.ts';
import { applyOnce } from '../inbox/apply-once.ts';
import { inGroups } from '../inbox/groups.ts';
import { markKey } from '../inbox/mark.ts';
import { operationMessage } from '../inbox/message.ts';
import { namesIn } from '../inbox/names.ts';
import { ParkError } from '../inbox/park.ts';
import type { IncomingMessage } from '../inbox/queue.ts';
import { queuedRequest } from '../inbox/queued-request.ts';
import { type Outcome, settle, suppressedOutcome } from '../inbox/settle.ts';
import { subjectOfCall } from '../inbox/subject.ts';
import { withoutSuppressedIn } from '../inbox/suppressed-call.ts';
import { type Tracer, tracer } from '../inbox/trace.ts';
import { deadlineOf } from './deadline.ts';
import type { OperationDeps } from './operation-handler.ts';
import { batchAnswer, timeLeft } from './sqs-batch.ts';

/** A call as a message of its own queue, or of a direct invoke. */
export const QueuedCall = z.object({
  application: z.int().positive(),
  ...queuedRequest,
  /** Names the call: sent twice, it is made once. Without one, the queue's id of the message does. */
  requestId: z.string().min(1).max(200).optional(),
});

/**
 * An operation fed by a queue: each message is validated by itself and applied once. What can never succeed is parked
 * with its reason; what may is delivered again.
 */
export const queueOperation = <O extends AnyOperation>(row: O, operation: EngineOperation<O>) => {
  const work = async (
    requestId: string,
    call: z.output<typeof QueuedCall>,
    trace: Tracer,
    deps: OperationDeps,
    deadline: Date | undefined,
  ) => {
    const { application, params, query, body } = call;
    const { engine } = deps;
    const mark = markKey(engine.accountId, engine.segment, 'operation', String(application), requestId);
    const { profile, session } = namesIn(row, call);
    const ownerOf = async () => (profile === undefined ? undefined : deps.calls.ownerOf(application, profile));
    const outcome = await applyOnce(
      mark,
      (guard) =>
        deps.calls.make(row, operation, validate(row, { params, query, body }), {
          applicationId: application,
          requestId,
          guard,
          deadline,
        }),
      { application, requestId, operation: row.id, trace, ownerOf, ...(session !== undefined && { session }) },
      engine,
    );
    return { outcome } satisfies Outcome;
  };

  const handle = async (
    message: IncomingMessage,
    deps: OperationDeps,
    deadline: Date | undefined,
  ): Promise<boolean> => {
    const sent = readCall(message.body);
    const { call = sent, error } = sent ? await checked(sent, deps) : {};
    const { profile, session } = call ? namesIn(row, call) : {};
    const requestId = call?.requestId ?? message.id;
    const ownerOf = async () =>
      call && profile !== undefined && !(error instanceof SuppressedError)
        ? deps.calls.ownerOf(call.application, profile)
        : undefined;
    const warn = (error: unknown) => deps.log.error('queue', { delivery: requestId, reason: 'not traced', error });
    const subject = call && subjectOfCall({ application: call.application, operation: row.id, requestId, session });
    const trace = tracer(subject, message, { ...deps.engine, warn });
    const settled = await settle(
      { ...message, body: inboxBody(message, call, requestId, deps) },
      async () => {
        if (!call) throw new ParkError('unreadable', 'no call: expected {application, params, query, body}');
        if (error !== undefined) throw error;
        return work(requestId, call, trace, deps, deadline);
      },
      ownerOf,
      deps.engine,
    );
    const outcome = call === sent ? settled : suppressedOutcome(settled);
    await trace.note(outcome, ownerOf);
    const about = { id: message.id, delivery: requestId, operation: row.id };
    const fields = { ...about, ...(session !== undefined && { session }), ...outcome };
    if (outcome.error === undefined) deps.log.info('queue', fields);
    else deps.log.error('queue', fields);
    return outcome.outcome !== 'failed';
  };

  /** The call without the suppressed persons whom it names: the very same when it names none. */
  const checked = async (
    call: z.output<typeof QueuedCall>,
    { engine, calls: { environmentOf } }: OperationDeps,
  ): Promise<{ readonly call?: z.output<typeof QueuedCall>; readonly error?: unknown }> => {
    try {
      const allowed = await withoutSuppressedIn(row, call.application, call, { ...engine, environmentOf });
      return allowed === call ? {} : { call: { ...call, ...allowed } };
    } catch (error) {
      // Nobody is suppressed in an Application that there is not; the call finds that out again.
      return error instanceof UnknownApplicationError ? {} : { error };
    }
  };

  /** As the inbox would get it: what is parked is tried again there. */
  const inboxBody = (
    { body, sentAt }: IncomingMessage,
    call: z.output<typeof QueuedCall> | undefined,
    requestId: string,
    { engine }: OperationDeps,
  ): string => {
    if (!call || requestId === '') return body;
    const { application, params, query, body: content } = call;
    const request = { params, query, body: content };
    const receivedAt = (sentAt ?? engine.now()).toISOString();
    return operationMessage({ application, operation: row.id, request, requestId, receivedAt });
  };

  return async (
    messages: readonly IncomingMessage[],
    deps: OperationDeps,
    context: Context,
  ): Promise<SQSBatchResponse> =>
    batchAnswer(
      await inGroups(messages, {
        mayBegin: timeLeft(context),
        postpone: ({ id }, why) => deps.log.info('queue', { id, operation: row.id, outcome: 'postponed', reason: why }),
        handle: (message) => handle(message, deps, deadlineOf(context)),
      }),
    );
};

const readCall = (body: string): z.output<typeof QueuedCall> | undefined => {
  try {
    return QueuedCall.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
};
