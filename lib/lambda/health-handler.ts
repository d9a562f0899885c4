import type { Store } from '../store/store.ts';
import { log, openAccountId, openQueue, openStore } from './deps.ts';
import { type HttpAnswer, jsonAnswer } from './http-answer.ts';
import type { Logger } from './logger.ts';
import type { CheckedQueue } from './sqs-queue.ts';

/** What the health check asks; each is opened by itself, so that one that is not there does not hide the others. */
export interface HealthDeps {
  store(): Promise<Pick<Store, 'get'>>;
  inbox(): Promise<Pick<CheckedQueue, 'check'>>;
  accountId(): Promise<number>;
  readonly log: Logger;
}

const openHealth = (): HealthDeps => ({
  store: openStore,
  inbox: () => openQueue('INBOX_QUEUE_URL'),
  accountId: openAccountId,
  log,
});

/** Shorter than the function's own time, so that a part that hangs is named. */
const PATIENCE_MS = 2_000;

const within = (work: Promise<unknown>): Promise<unknown> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
};

/** The Lambda handler of `GET /health`: 200 when store and queue answer, else 503 that names which does not. */
export const healthHandler =
  (open: () => HealthDeps = openHealth) =>
  async (): Promise<HttpAnswer> => {
    const { store, inbox, accountId, log: logger } = open();
    const checks = {
      store: async () => (await store()).get([{ partition: `${await accountId()}/health`, sort: 'check' }]),
      inbox: async () => (await inbox()).check(),
    };
    const parts = await Promise.all(
      Object.entries(checks).map(async ([part, check]) => {
        try {
          await within(check());
          return [part, 'ok'];
        } catch (error) {
          logger.error('health', { reason: part, outcome: 'failed', error });
          return [part, 'failed'];
        }
      }),
    );
    const healthy = parts.every(([, state]) => state === 'ok');
    return jsonAnswer(healthy ? 200 : 503, { status: healthy ? 'ok' : 'failed', ...Object.fromEntries(parts) });
  };
