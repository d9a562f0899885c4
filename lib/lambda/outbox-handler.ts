import type { Context, SQSBatchResponse } from 'aws-lambda';
import { inGroups } from '../inbox/groups.ts';
import { type PublishDeps, publish, readHint } from '../inbox/outbox.ts';
import { deliveryOf } from '../inbox/publication-id.ts';
import type { IncomingMessage } from '../inbox/queue.ts';
import { log, openAccountId, openQueue, openStore } from './deps.ts';
import type { Logger } from './logger.ts';
import { batchAnswer, incoming, timeLeft } from './sqs-batch.ts';

/** What the publishing function works with. */
export interface OutboxDeps extends PublishDeps {
  readonly log: Logger;
}

const openOutbox = async (): Promise<OutboxDeps> => {
  const [store, target, accountId] = await Promise.all([openStore(), openQueue('EFFECTS_QUEUE_URL'), openAccountId()]);
  return { store, target, accountId, log };
};

const handle = async ({ id, body }: IncomingMessage, deps: OutboxDeps): Promise<boolean> => {
  const key = readHint(body);
  if (!key) {
    deps.log.error('outbox', { id, outcome: 'ignored', reason: 'not a hint; the sweep finds what it meant' });
    return true;
  }
  try {
    deps.log.info('outbox', { id, delivery: deliveryOf(key.sort), outcome: await publish(key, deps) });
    return true;
  } catch (error) {
    deps.log.error('outbox', { id, delivery: deliveryOf(key.sort), outcome: 'failed', error });
    return false;
  }
};

/** The Lambda handler that follows hints to the outbox and delivers what waits there, at least once. */
export const outboxHandler =
  (open: () => Promise<OutboxDeps> = openOutbox) =>
  async (event: unknown, context?: Context): Promise<SQSBatchResponse> => {
    const messages = incoming(event);
    try {
      const deps = await open();
      const failed = await inGroups(messages, {
        mayBegin: timeLeft(context),
        postpone: ({ id }, why) => deps.log.info('outbox', { id, outcome: 'postponed', reason: why }),
        handle: (message) => handle(message, deps),
      });
      return batchAnswer(failed);
    } catch (error) {
      log.error('outbox', { outcome: 'failed', count: messages.length, error });
      return batchAnswer(messages.map(({ id }) => id));
    }
  };
