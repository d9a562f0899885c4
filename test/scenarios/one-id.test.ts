import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import { connectEngine } from '../../lib/engine/connect.ts';
import type { OutgoingMessage } from '../../lib/inbox/queue.ts';
import { findStories } from '../../lib/inbox/story.ts';
import { outboxHandler } from '../../lib/lambda/outbox-handler.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';
import { segments } from '../../lib/store/segment.ts';
import { batch, context, keptLog, memoryStore } from '../functions/fakes.ts';
import { ENGINE } from '../support/engine.ts';
import { LIFE_PROMOTIONS, type LifeEvent, ORDER_LIFE } from '../support/order-life.ts';
import { sampleBody, shopSettings, testShop } from '../support/shop.ts';
import { publishing } from '../unit/inbox/fakes.ts';

const SECRET = 'secret';
const segment = segments('test');

/** A paid order that says everything about its buyer that Shopify can say. */
const PAID: LifeEvent = {
  topic: 'orders/paid',
  body: sampleBody('orders/paid', {
    ...JSON.parse(ORDER_LIFE.paid.body),
    email: 'ann.private@example.com',
    phone: '+49 30 1234567',
    note: 'ring twice, private',
    token: 'a-token-that-is-private',
    billing_address: { first_name: 'Annprivate', last_name: 'Privateson', address1: 'Private Street 1' },
  }),
};
const DIGEST = createHash('sha256').update(PAID.body).digest('hex');

/** Sends a delivery all the way: webhook, inbox, outbox. Everything that was logged and queued. */
const travel = async ({ topic, body }: LifeEvent) => {
  const shop = testShop(LIFE_PROMOTIONS, memoryStore());
  const { lines, log } = keptLog();
  const queued: OutgoingMessage[] = [];
  const webhook = webhookHandler(shopify, async () => ({
    shops: new Map([['test', shopSettings()]]),
    secrets: { get: async () => [SECRET] },
    inbox: { send: async (message) => void queued.push(message) },
    segment,
    maxBodyBytes: 5_000_000,
    now: shop.deps.now,
    fetch,
    log,
  }));
  const signature = createHmac('sha256', SECRET).update(body).digest('base64');
  const answer = await webhook(
    {
      rawPath: '/webhooks/shopify/test',
      pathParameters: { shop: 'test' },
      headers: { 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': signature },
      body,
      isBase64Encoded: false,
    },
    context(),
  );
  const messages = queued.map(({ body, group }, index) => ({ id: `m${index}`, group, body, sentAt: shop.deps.now() }));
  await shop.process([...messages, ...messages]);
  const published: OutgoingMessage[] = [];
  const queue = { send: async (message: OutgoingMessage) => void published.push(message) };
  const outbox = outboxHandler(async () => ({
    ...publishing({ store: shop.store, shops: new Map([['test', shopSettings()]]), queue }),
    log,
  }));
  await outbox(batch(...shop.hints.map(({ body }) => body)), context());
  return { answer, shop, published, lines: [...lines, ...shop.lines] };
};

test('one id joins every log line from the webhook to the effects, and finds the trace', async () => {
  const { answer, lines, shop, published } = await travel(PAID);
  expect(answer.statusCode).toBe(200);
  expect(lines.map(({ outcome }) => outcome).toSorted()).toEqual(['applied', 'duplicate', 'published', 'queued']);
  for (const line of lines) expect(line).toMatchObject({ delivery: DIGEST });
  expect(published.map(({ body }) => JSON.parse(body).event)).toEqual([DIGEST]);
  const { stories } = await findStories('test:order/5001', { store: shop.store, accountId: 1, segment });
  expect(await findStories(DIGEST, { store: shop.store, accountId: 1, segment })).toMatchObject({ stories });
  expect(stories[0]?.entries.map(({ outcome, publishing }) => [outcome, publishing])).toEqual([
    ['applied', 'published'],
    ['duplicate', undefined],
  ]);
});

test('erasing the person erases the trace', async () => {
  const { shop } = await travel(PAID);
  const request = { params: { integrationId: 'shopify:7001' }, query: {}, body: undefined };
  await connectEngine(ENGINE, shop.deps)(1).deleteCustomerData(request, { requestId: 'r' });
  for (const asked of [DIGEST, 'shopify:test:cart-1', 'test:order/5001']) {
    expect(await findStories(asked, { store: shop.store, accountId: 1, segment })).toMatchObject({ stories: [] });
  }
});

test('nothing personal is in a line or in the trace', async () => {
  const { lines, shop } = await travel(PAID);
  const { stories } = await findStories(DIGEST, { store: shop.store, accountId: 1, segment });
  expect(JSON.stringify([lines, stories])).not.toMatch(/private|@|\+49|token/i);
});

test('a signed delivery that is refused is named as well', async () => {
  const body = '{"id":';
  const { answer, lines } = await travel({ topic: 'orders/paid', body });
  expect(answer.statusCode).toBe(400);
  expect(lines).toMatchObject([
    { outcome: 'refused', shop: 'test', delivery: createHash('sha256').update(body).digest('hex') },
  ]);
});
