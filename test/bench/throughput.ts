import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import type { IncomingMessage, OutgoingMessage } from '../../lib/inbox/queue.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';
import { segments } from '../../lib/store/segment.ts';
import { sampleBody, shopSettings, testShop } from '../support/shop.ts';
import type { Part } from './bench.ts';

const SECRET = 'secret';
const SILENT = { info: () => {}, error: () => {} };
const BATCH = 10;

/** A paid order of its own session; whether it brings a code that the promotions know, and so effects. */
const orderPaid = (number: number, code?: string): string =>
  sampleBody('orders/paid', {
    id: number,
    admin_graphql_api_id: `gid://shopify/Order/${number}`,
    checkout_token: `cart-${number}`,
    cart_token: null,
    currency: 'EUR',
    test: false,
    cancelled_at: null,
    financial_status: 'paid',
    customer: null,
    email: null,
    contact_email: null,
    note_attributes: [],
    shipping_lines: [],
    refunds: [],
    discount_codes: code === undefined ? [] : [{ code, amount: '6.00', type: 'fixed_amount' }],
    total_price_set: { shop_money: { amount: '60.00', currency_code: 'EUR' } },
    line_items: [
      {
        id: 1,
        admin_graphql_api_id: 'gid://shopify/LineItem/1',
        sku: 'tea-1',
        name: 'Tea',
        title: 'Tea',
        price: '30.00',
        price_set: { shop_money: { amount: '30.00', currency_code: 'EUR' } },
        quantity: 2,
        gift_card: false,
      },
    ],
  });

/** The functions from the webhook to the closed session, on SQLite in memory, and how often they asked the queues. */
const way = () => {
  const shop = testShop();
  const waiting: IncomingMessage[] = [];
  let requests = 0;
  const handler = webhookHandler(shopify, async () => ({
    shops: new Map([['test', shopSettings()]]),
    secrets: { get: async () => [SECRET] },
    inbox: {
      send: async ({ body, group }: OutgoingMessage) => {
        requests += 1;
        waiting.push({ id: `m${requests}`, group, body, sentAt: shop.deps.now() });
      },
    },
    segment: segments('test'),
    maxBodyBytes: 5_000_000,
    now: shop.deps.now,
    fetch,
    log: SILENT,
  }));
  const receive = async (body: string) => {
    const headers = {
      'x-shopify-topic': 'orders/paid',
      'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('base64'),
    };
    const { statusCode } = await handler({ rawPath: '/', pathParameters: { shop: 'test' }, headers, body });
    assert.equal(statusCode, 200);
  };
  /** One batch: a receive, a delete, and a hint for every publication. */
  const apply = async () => {
    const before = shop.hints.length;
    assert.deepEqual(await shop.process(waiting.splice(0, BATCH)), []);
    requests += 2 + (shop.hints.length - before);
  };
  return { shop, receive, apply, requests: () => requests };
};

const run = async (orders: number, code?: string) => {
  const { shop, receive, apply, requests } = way();
  const bodies = Array.from({ length: orders }, (_, index) => orderPaid(index + 1, code));
  const began = { at: performance.now(), cpu: process.cpuUsage() };
  for (let from = 0; from < orders; from += BATCH) {
    for (const body of bodies.slice(from, from + BATCH)) await receive(body);
    await apply();
  }
  const { user, system } = process.cpuUsage(began.cpu);
  return {
    closed: shop.lines.filter(({ state }) => state === 'closed').length,
    requests: requests() / orders,
    perSecond: (orders / (performance.now() - began.at)) * 1000,
    micros: (user + system) / orders,
  };
};

/** What a paid order costs from its webhook to its closed session. */
export const throughput: Part = {
  title: 'From webhook to closed session, in batches of 10, on SQLite in memory',
  gate: async () => {
    assert.equal((await run(BATCH)).closed, BATCH);
    assert.equal((await run(BATCH, 'SUMMER')).closed, BATCH);
  },
  measure: async () => {
    await run(500);
    const { requests, perSecond, micros } = await run(2_000);
    const withEffects = await run(500, 'SUMMER');
    return [
      {
        what: 'SQS requests for an event without effects',
        value: requests.toFixed(2),
        budget: '≤ 1.3',
        kept: requests <= 1.3,
      },
      { what: 'SQS requests for one with effects', value: withEffects.requests.toFixed(2) },
      { what: 'events a second', value: perSecond.toFixed(0) },
      { what: 'CPU for an event', value: `${micros.toFixed(0)} µs` },
    ];
  },
};
