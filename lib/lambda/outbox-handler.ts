import type { Context, SQSBatchResponse } from 'aws-lambda';
import { inGroups } from '../inbox/groups.ts';
import { readHint } from '../inbox/outbox.ts';
import { deliveryOf } from '../inbox/publication-id.ts';
import { type PublishDeps, publish } from '../inbox/publish.ts';
import type { IncomingMessage } from '../inbox/queue.ts';
import { log, now, once, openAccountId, openQueue, openStore } from './deps.ts';
import { effectsWebhook } from './effects-webhook.ts';
import type { Logger } from './logger.ts';
import { openSecrets } from './secrets.ts';
import { openShops } from './shops.ts';
import { batchAnswer, incoming, timeLeft } from './sqs-batch.ts';
import { webhookPost } from './webhook-post.ts';

/** What the publishing function works with. */
export interface OutboxDeps extends PublishDeps {
  readonly log: Logger;
}

const openPost = (): Promise<PublishDeps['post']> =>
  once('effects webhook', ['STAGE'], async ({ STAGE }) => {
    const send = webhookPost({ allowLoopback: STAGE === 'local' });
    // Opened when it is first needed: where all effects go to the queue there may be none.
    return effectsWebhook({ secrets: { get: async (names) => (await openSecrets()).get(names) }, send, now, log });
  });

const openOutbox = async (): Promise<OutboxDeps> => {
  const [store, queue, accountId, shops, post] = await Promise.all([
    openStore(),
    openQueue('EFFECTS_QUEUE_URL'),
    openAccountId(),
    openShops(),
    openPost(),
  ]);
  return { store, queue, accountId, shops, post, now, random: Math.random, log };
};

const handle = async ({ id, body }: IncomingMessage, deps: OutboxDeps): Promise<boolean> => {
  const key = readHint(body);
  if (!key) {
    deps.log.error('outbox', { id, outcome: 'ignored', reason: 'not a hint; the sweep finds what it meant' });
    return true;
  }
  try {
    const published = await publish(key, deps);
    const tell = published.outcome === 'stopped' ? deps.log.error : deps.log.info;
    tell('outbox', { id, delivery: deliveryOf(key.sort), ...published });
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
        postpone: ({ id, body }, why) => {
          const key = readHint(body);
          const about = { id, ...(key && { delivery: deliveryOf(key.sort) }) };
          deps.log.info('outbox', { ...about, outcome: 'postponed', reason: why });
        },
        handle: (message) => handle(message, deps),
      });
      return batchAnswer(failed);
    } catch (error) {
      log.error('outbox', { outcome: 'failed', count: messages.length, error });
      return batchAnswer(messages.map(({ id }) => id));
    }
  };
