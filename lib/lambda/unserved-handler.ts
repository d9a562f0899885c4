import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { MethodNotAllowedError } from '../contract/errors.ts';
import { unserved } from '../contract/unserved.ts';
import { errorAnswer, type HttpAnswer } from './http-answer.ts';
import { jsonLogger, type Logger } from './logger.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Method and path of an HTTP API's event; empty where it does not say them. */
const asked = (event: unknown): { method: string; path: string } => {
  const { rawPath, requestContext } = (event ?? {}) as { rawPath?: unknown; requestContext?: unknown };
  const { http } = (requestContext ?? {}) as { http?: unknown };
  const { method } = (http ?? {}) as { method?: unknown };
  return { method: text(method), path: text(rawPath) };
};

/**
 * The Lambda handler of every request that no other function serves: 501 for operations newer than this API, 405 for a
 * method that a path does not have, 404 for all else. Asks for no key, and never throws.
 */
export const unservedHandler =
  (log: Logger = jsonLogger()) =>
  async (event: unknown, context?: Context): Promise<HttpAnswer> => {
    const { method, path } = asked(event);
    const error = unserved(method, path);
    const requestId = context?.awsRequestId ?? randomUUID();
    log.info('request', { requestId, status: error.status, outcome: 'refused', reason: error.name });
    const answer = errorAnswer(error);
    return error instanceof MethodNotAllowedError
      ? { ...answer, headers: { ...answer.headers, allow: error.allowed.join(', ') } }
      : answer;
  };
