import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { InvalidRequestError } from '../contract/errors.ts';
import { type AnyOperation, successStatus } from '../contract/operation.ts';
import { issuesOf, validate } from '../contract/validate.ts';
import type { EngineDeps } from '../engine/deps.ts';
import type { EngineOperation } from '../engine/operation.ts';
import { type Authenticate, openAuthenticate } from './authenticate.ts';
import { type Calls, openCalls } from './calls.ts';
import { deadlineOf } from './deadline.ts';
import { log, openMaxBodyBytes } from './deps.ts';
import { errorAnswer, errorOutcome, isRefusal, refused } from './http-answer.ts';
import { httpRequest, isHttpEvent } from './http-request.ts';
import type { Logger } from './logger.ts';
import { httpOperation } from './operation-http.ts';
import { QueuedCall, queueOperation } from './operation-queue.ts';
import { batchAnswer, incoming, isQueueEvent } from './sqs-batch.ts';

/** What an operation's function works with. */
export interface OperationDeps {
  readonly calls: Calls;
  /** Where the calls of a queue are noted, and what can never succeed is parked. */
  readonly engine: Pick<EngineDeps, 'store' | 'accountId' | 'segment' | 'now'>;
  readonly authenticate: Authenticate;
  readonly maxBodyBytes: number;
  readonly log: Logger;
}

const openOperation = async (): Promise<OperationDeps> => {
  const [calls, authenticate, maxBodyBytes] = await Promise.all([openCalls(), openAuthenticate(), openMaxBodyBytes()]);
  return { calls, engine: calls.engine, authenticate, maxBodyBytes, log };
};

/** The answer to a direct invoke: status and body as over HTTP, the body as a value. */
export interface DirectAnswer {
  readonly statusCode: number;
  readonly body?: unknown;
}

/**
 * The Lambda handler of an operation, for three triggers: a request of an HTTP API; a batch of queue messages, each
 * `{application, params, query, body, requestId?}`; and a direct invoke with the same object, answered with
 * `{statusCode, body}`. Whoever may send to the queue or invoke the function speaks for any Application.
 *
 * The handler never throws, whatever the event and whatever fails.
 */
export const operationHandler = <O extends AnyOperation>(
  row: O,
  operation: EngineOperation<O>,
  open: () => Promise<OperationDeps> = openOperation,
) => {
  const overHttp = httpOperation(row, operation);
  const fromQueue = queueOperation(row, operation);

  const direct = async (
    event: unknown,
    requestId: string,
    deps: OperationDeps,
    context: Context,
  ): Promise<DirectAnswer> => {
    // Its faults are named as those of a body.
    const read = z.object({ body: QueuedCall }).safeParse({ body: event });
    if (!read.success) throw new InvalidRequestError(issuesOf(read.error));
    const { application, params, query, body } = read.data.body;
    const input = validate(row, { params, query, body });
    const about = { requestId, operation: row.id, application, outcome: 'suppressed' } as const;
    const withoutPerson = () => deps.log.info('request', about);
    const call = { applicationId: application, requestId, deadline: deadlineOf(context), withoutPerson };
    const output = await deps.calls.make(row, operation, input, call);
    return { statusCode: successStatus(row, output), ...(output !== undefined && { body: output }) };
  };

  return async (event: unknown, context: Context) => {
    const requestId = context?.awsRequestId ?? randomUUID();
    let logger: Logger = log;
    try {
      const deps = await open();
      logger = deps.log;
      if (isQueueEvent(event)) return await fromQueue(incoming(event), deps, context);
      if (isHttpEvent(event)) return await overHttp(httpRequest(event), requestId, deps, context);
      return await direct(event, requestId, deps, context);
    } catch (error) {
      const about = { requestId, operation: row.id };
      if (!isRefusal(error)) logger.error('request', { ...about, outcome: 'failed', error });
      else if (error.onQueue === 'drop') logger.info('request', { ...about, ...refused(error) });
      if (isQueueEvent(event)) return batchAnswer(incoming(event).map(({ id }) => id));
      return isHttpEvent(event) ? errorAnswer(error, row.statusCodeOn400) : errorOutcome(error, row.statusCodeOn400);
    }
  };
};
