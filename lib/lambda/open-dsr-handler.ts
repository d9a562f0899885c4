import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { ApiError, NotFoundError } from '../contract/errors.ts';
import { RefusedChangeError } from '../privacy/errors.ts';
import { refusalBody } from '../privacy/open-dsr.ts';
import type { ReceiptKey } from '../privacy/receipt-key.ts';
import { findRequest, type Registered } from '../privacy/register.ts';
import { requestId } from '../privacy/request.ts';
import type { Privacy } from '../privacy/settings.ts';
import type { Segment } from '../store/segment.ts';
import type { Store } from '../store/store.ts';
import { type Controller, controllerOf } from './controllers.ts';
import { log, now, openAccountId, openSegment, openStore } from './deps.ts';
import type { HttpAnswer } from './http-answer.ts';
import { type HttpRequest, httpRequest } from './http-request.ts';
import type { LogFields, Logger } from './logger.ts';
import { domainOf, openDsrHeaders, openReceiptKey } from './open-dsr-signature.ts';
import { openPrivacy } from './privacy.ts';
import { openSecrets, type Secrets } from './secrets.ts';

/** What every function of the interface works with. */
export interface OpenDsrDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  readonly settings: Privacy;
  readonly secrets: Pick<Secrets, 'get'>;
  /** Signs answers. */
  readonly key: Pick<ReceiptKey, 'sign'>;
  now(): Date;
  readonly log: Logger;
}

const openDeps = async (): Promise<OpenDsrDeps> => {
  const [store, accountId, segment, settings, secrets, key] = await Promise.all([
    openStore(),
    openAccountId(),
    openSegment(),
    openPrivacy(),
    openSecrets(),
    openReceiptKey(),
  ]);
  return { store, accountId, segment, settings, secrets, key, now, log };
};

/** A request whose sender is known. */
export interface OpenDsrCall {
  readonly request: HttpRequest;
  readonly controller: Controller;
  /** On which the request came in. */
  readonly domain: string;
  /** Adds to what the log line says. */
  tell(fields: LogFields): void;
}

/** What an operation of the interface answers. */
export interface OpenDsrAnswer {
  readonly status: number;
  readonly body: object;
}

/** One operation of the interface. */
export interface OpenDsrOperation {
  /** Stands in log lines. */
  readonly name: string;
  answer(call: OpenDsrCall, deps: OpenDsrDeps): Promise<OpenDsrAnswer>;
}

/** By which the requests of a controller are told from all others. */
export const sourceOf = ({ name }: Controller): string => `opendsr:${name}`;

/**
 * The request of this controller that the path names; another's is not there.
 *
 * @throws NotFoundError
 */
export const requestOf = async (
  { request, controller }: OpenDsrCall,
  deps: OpenDsrDeps,
): Promise<Registered & { readonly requestId: string }> => {
  const asked = (request.params.id ?? '').toLowerCase();
  const found = await findRequest(requestId(deps.segment, sourceOf(controller), asked), deps);
  if (!found) throw new NotFoundError('There is no such request of this controller');
  return { ...found, requestId: asked };
};

/**
 * The Lambda handler of an operation: who sends it is found out before anything else is read, and every answer is signed.
 * Errors have the form that OpenDSR gives them and repeat nothing that was sent.
 *
 * The handler never throws, whatever the event and whatever fails.
 */
export const openDsrHandler =
  ({ name, answer }: OpenDsrOperation, open: () => Promise<OpenDsrDeps> = openDeps) =>
  async (event: unknown, context?: Context): Promise<HttpAnswer> => {
    let told: LogFields = { requestId: context?.awsRequestId ?? randomUUID(), operation: name };
    let logger: Logger = log;
    let sign = (body: object, status: number): HttpAnswer => written(body, status);
    try {
      const request = httpRequest(event);
      const deps = await open();
      logger = deps.log;
      const domain = domainOf(request.headers.host);
      sign = (body, status) => written(body, status, (text) => ({ ...openDsrHeaders(text, domain, deps.key) }));
      const controller = await controllerOf(request.headers.authorization, deps.settings, deps.secrets);
      const tell = (fields: LogFields) => {
        told = { ...told, ...fields };
      };
      const { status, body } = await answer({ request, controller, domain, tell }, deps);
      logger.info('opendsr', { outcome: 'answered', ...told, status });
      return sign(body, status);
    } catch (error) {
      const { status, body } = refusalOf(error);
      if (status < 500) {
        const reason = error instanceof RefusedChangeError ? error.refusal : (error as Error).name;
        logger.info('opendsr', { ...told, outcome: 'refused', status, reason });
      } else logger.error('opendsr', { ...told, outcome: 'failed', status, error });
      return sign(body, status);
    }
  };

const refusalOf = (error: unknown): OpenDsrAnswer => {
  if (error instanceof RefusedChangeError) {
    const issue = { title: error.refusal, details: error.message, source: { parameter: 'id' } };
    return { status: 400, body: refusalBody(400, error.message, [issue]) };
  }
  if (error instanceof ApiError) {
    return { status: error.status, body: refusalBody(error.status, error.message, error.issues) };
  }
  return { status: 500, body: refusalBody(500, 'Something went wrong here; nothing is wrong with the request') };
};

const written = (
  content: object,
  statusCode: number,
  sign: (text: string) => Readonly<Record<string, string>> = () => ({}),
): HttpAnswer => {
  const body = JSON.stringify(content);
  const unauthorized = statusCode === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...unauthorized, ...sign(body) },
    body,
  };
};
