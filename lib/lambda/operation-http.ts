import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { ApiError } from '../contract/errors.ts';
import { type AnyOperation, successStatus } from '../contract/operation.ts';
import { validate } from '../contract/validate.ts';
import { noBody } from '../contract/wire.ts';
import type { EngineOperation } from '../engine/operation.ts';
import { deadlineOf } from './deadline.ts';
import { errorAnswer, type HttpAnswer, isRefusal, jsonAnswer, refused } from './http-answer.ts';
import { type HttpRequest, rawBody } from './http-request.ts';
import { jsonBody, type Parsed } from './json-body.ts';
import type { OperationDeps } from './operation-handler.ts';

/** A request on its way through the steps below. */
interface Exchange extends Parsed {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly deps: OperationDeps;
  /** Set once the caller is known. */
  application?: number;
}

/**
 * An operation over HTTP: size check, authentication, JSON (where the row takes a body), validation, engine. Errors of every kind are answered; what
 * nobody foresaw is logged with its stack and answered with a 500 that says nothing of it.
 */
export const httpOperation = <O extends AnyOperation>(row: O, operation: EngineOperation<O>) => {
  const steps = middy<Exchange, HttpAnswer>()
    .before(({ event }) => {
      event.body = rawBody(event.request, event.deps.maxBodyBytes);
    })
    .before(async ({ event }) => {
      const body = event.body as Uint8Array;
      event.application = await event.deps.authenticate({ headers: event.headers, body, auth: row.auth });
    })
    .use(row.body === noBody ? [] : [jsonBody()])
    .onError((failed) => {
      const { error, event } = failed;
      const status = error instanceof ApiError ? error.status : 500;
      const fields = { requestId: event.requestId, operation: row.id, status };
      if (isRefusal(error)) event.deps.log.info('request', { ...fields, ...refused(error) });
      else event.deps.log.error('request', { ...fields, outcome: 'failed', error });
      failed.response = errorAnswer(error, row.statusCodeOn400);
    })
    .handler(async ({ request: { params, query }, body, application, requestId, deps }: Exchange, context) => {
      if (application === undefined) throw new Error('a request came through without its Application');
      const input = validate(row, { params, query, body });
      let outcome = 'answered';
      const withoutPerson = () => {
        outcome = 'suppressed';
      };
      const call = { applicationId: application, requestId, deadline: deadlineOf(context), withoutPerson };
      const output = await deps.calls.make(row, operation, input, call);
      const status = successStatus(row, output);
      deps.log.info('request', { requestId, operation: row.id, application, status, outcome });
      return jsonAnswer(status, output);
    });
  return (request: HttpRequest, requestId: string, deps: OperationDeps, context: Context): Promise<HttpAnswer> =>
    steps({ request, requestId, deps, headers: request.headers, body: undefined, isBase64Encoded: false }, context);
};
