import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Delivery } from '../commerce/event.ts';
import type { Greeting, Platform } from '../commerce/platform.ts';
import type { Shop, Shops } from '../commerce/shops.ts';
import { ApiError, UnauthorizedError } from '../contract/errors.ts';
import { enqueueEvent } from '../inbox/enqueue.ts';
import type { Queue } from '../inbox/queue.ts';
import type { Segment } from '../store/segment.ts';
import { log, now, openMaxBodyBytes, openQueue, openSegment } from './deps.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from './http-answer.ts';
import { httpRequest, rawBody } from './http-request.ts';
import type { LogFields, Logger } from './logger.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { openShops } from './shops.ts';

/** What a webhook's function works with: secrets, shops and a queue; no table. */
export interface WebhookDeps {
  readonly shops: Shops;
  readonly secrets: Secrets;
  readonly inbox: Queue;
  readonly segment: Segment;
  readonly maxBodyBytes: number;
  now(): Date;
  readonly fetch: typeof fetch;
  readonly log: Logger;
}

const openWebhook = async (): Promise<WebhookDeps> => {
  const [shops, secrets, inbox, segment, maxBodyBytes] = await Promise.all([
    openShops(),
    openSecrets(),
    openQueue('INBOX_QUEUE_URL'),
    openSegment(),
    openMaxBodyBytes(),
  ]);
  return { shops, secrets, inbox, segment, maxBodyBytes, now, fetch, log };
};

/** Nobody can sign with it: it keeps the time that an unknown shop's answer takes like that of a wrong signature. */
const NOBODYS_SECRET = randomBytes(32).toString('hex');

/** Whoever names no shop of ours has nothing read for them. */
const nothingIsRead: typeof fetch = async () => {
  throw new UnauthorizedError();
};

/** Says nothing of which it was. */
const NOT_TAKEN = 'There is no such shop of this platform here, or the delivery is not signed with its secret';

/** When a platform may try again. */
const RETRY_SECONDS = '30';

/**
 * The Lambda handler of a platform's webhook: size check, signature over the raw bytes, reading, queue, 2xx
 * (design.md §5). An unknown shop, a shop of another platform and a wrong signature are answered alike. Nothing of a
 * delivery that is not signed is kept or logged but its size.
 *
 * The handler never throws, whatever the event and whatever fails.
 */
export const webhookHandler = (platform: Platform, open: () => Promise<WebhookDeps> = openWebhook) => {
  const receive = async (event: unknown, deps: WebhookDeps, about: About): Promise<HttpAnswer> => {
    const request = httpRequest(event);
    const { method, headers, query } = request;
    const delivery: Delivery = { method, headers, query, body: rawBody(request, deps.maxBodyBytes) };
    const greeting = platform.greet?.(delivery);
    if (greeting) return greetingAnswer(greeting);
    const name = request.params.shop ?? '';
    const shop = await authenticated(name, delivery, platform, deps);
    // Said in every line from here to the effects. The sender of what is not signed could choose it.
    about.tell({ shop: name, delivery: hash('sha256', delivery.body) });
    const pseudonym = (identifier: string) => deps.segment('guest', identifier);
    const events = platform.interpret(delivery, { name, shop, pseudonym });

    about.tell({ count: events.length, ...(events[0] && { type: events[0].type }) });
    try {
      // Told only when all of it is queued; what a crash in between left out comes with the platform's next try.
      await Promise.all(events.map((each) => enqueueEvent(each, shop, deps)));
    } catch (error) {
      if (error instanceof ApiError) throw error;
      deps.log.error('webhook', { ...about.told(), outcome: 'failed', reason: 'not queued', error });
      const body = { message: 'The delivery could not be queued; send it again', StatusCode: 503 };
      return jsonAnswer(503, body, { 'retry-after': RETRY_SECONDS });
    }
    deps.log.info('webhook', {
      ...about.told(),
      ...(events.length > 0 ? { outcome: 'queued' } : { outcome: 'ignored', reason: 'a topic that is not followed' }),
    });
    return jsonAnswer(200, platform.answer?.(delivery) ?? {});
  };

  return async (event: unknown, context?: Context): Promise<HttpAnswer> => {
    const requestId = context?.awsRequestId ?? randomUUID();
    const about = aboutDelivery({ requestId, platform: platform.name });
    let logger: Logger = log;
    try {
      const deps = await open();
      logger = deps.log;
      return await receive(event, deps, about);
    } catch (error) {
      const fields = about.told();
      if (error instanceof ApiError)
        logger.info('webhook', { ...fields, outcome: 'refused', status: error.status, reason: error.name });
      else logger.error('webhook', { ...fields, outcome: 'failed', error });
      return errorAnswer(error instanceof UnauthorizedError ? new UnauthorizedError(NOT_TAKEN) : error);
    }
  };
};

const greetingAnswer = ({ contentType, body }: Greeting): HttpAnswer => ({
  statusCode: 200,
  headers: { 'content-type': contentType },
  body,
});

/** The shop that the delivery proves to be from. @throws UnauthorizedError */
const authenticated = async (
  name: string,
  delivery: Delivery,
  platform: Platform,
  { shops, secrets, now, fetch }: WebhookDeps,
): Promise<Shop> => {
  const shop = shops.get(name);
  if (shop?.platform !== platform.name) {
    const nobody = { secrets: [NOBODYS_SECRET], now: now(), fetch: nothingIsRead };
    await platform.authenticate(delivery, nobody).catch(() => {});
    throw new UnauthorizedError();
  }
  const { secretHeader, signature } = shop;
  const signing = await secrets.get(shop.secrets);
  await platform.authenticate(delivery, { secrets: signing, secretHeader, signature, now: now(), fetch });
  return shop;
};

/** What is known of a delivery so far. */
interface About {
  tell(fields: LogFields): void;
  told(): LogFields;
}

const aboutDelivery = (known: LogFields): About => {
  let fields = known;
  return {
    tell: (more) => {
      fields = { ...fields, ...more };
    },
    told: () => fields,
  };
};
