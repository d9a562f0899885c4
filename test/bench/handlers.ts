import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import { updateCustomerSessionV2 } from '../../lib/contract/operations/sessions.ts';
import type { EngineOperation } from '../../lib/engine/operation.ts';
import { authenticator } from '../../lib/lambda/authenticate.ts';
import { callsWith } from '../../lib/lambda/calls.ts';
import { type KeyRecord, keyItem } from '../../lib/lambda/keys.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';
import { segments } from '../../lib/store/segment.ts';
import type { Key } from '../../lib/store/store.ts';
import { testEngine } from '../support/engine.ts';
import { sampleBody, shopSettings } from '../support/shop.ts';
import type { Part } from './bench.ts';

const SILENT = { info: () => {}, error: () => {} };
const CONTEXT = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 } as never;

type Run = () => Promise<{ statusCode: number; body?: string }>;

// --- an operation over HTTP: what surrounds the function, not the engine

const ITEMS = Array.from({ length: 20 }, (_, index) => ({
  name: `Product ${index}`,
  sku: `SKU-${index}`,
  quantity: 1 + (index % 3),
  price: 9.99 + index,
  attributes: { color: 'blue', size: index },
}));

const SESSION_BODY = JSON.stringify({
  customerSession: { profileId: 'ann', cartItems: ITEMS, attributes: { channel: 'web' } },
});

/** The same function behind the handler and bare. */
const answer = (items: readonly { quantity: number }[]) => ({
  effects: [],
  createdCoupons: [],
  createdReferrals: [],
  units: items.reduce((units, { quantity }) => units + quantity, 0),
});

const trivial: EngineOperation<typeof updateCustomerSessionV2> = {
  subject: 'session',
  needs: () => [],
  decide: ({ body }) => ({ response: answer(body.customerSession.cartItems ?? []), changes: [], published: [] }),
};

const KEY = 'ab'.repeat(32);

const sessionEvent = {
  version: '2.0',
  rawPath: '/v2/customer_sessions/cart-1',
  rawQueryString: '',
  pathParameters: { customerSessionId: 'cart-1' },
  requestContext: { http: { method: 'PUT', path: '/v2/customer_sessions/cart-1' } },
  headers: { authorization: `ApiKey-v1 ${KEY}`, 'content-type': 'application/json' },
  body: SESSION_BODY,
  isBase64Encoded: false,
};

const operationRun = async (): Promise<Run> => {
  const { deps } = testEngine();
  const record: KeyRecord = { kind: 'apiKey', application: 1, title: 'bench', created: '2026-01-01T00:00:00Z' };
  await deps.store.write([{ put: keyItem(1, KEY, record), expect: 'absent' }], 'key');
  const authenticate = authenticator({
    store: deps.store,
    accountId: 1,
    keySecret: 'a key secret for the bench',
    stage: 'bench',
    now: deps.now,
  });
  // Whether the profile is suppressed is asked in the read that an operation makes anyway: this one makes none.
  const engine = { ...deps, store: { ...deps.store, get: async (keys: readonly Key[]) => keys.map(() => undefined) } };
  const calls = callsWith({ engine, remotes: () => undefined });
  const opened = { engine, calls, authenticate, maxBodyBytes: 5_000_000, log: SILENT };
  const handler = operationHandler(updateCustomerSessionV2, trivial, async () => opened);
  return () => handler(sessionEvent, CONTEXT) as ReturnType<Run>;
};

const bareOperation: Run = async () => {
  const { customerSession } = JSON.parse(sessionEvent.body) as { customerSession: { cartItems: typeof ITEMS } };
  return { statusCode: 200, body: JSON.stringify(answer(customerSession.cartItems)) };
};

// --- a webhook: signature, reading, queue message

const SECRET = 'secret';
const LINE = { sku: 'A', title: 'A', name: 'A', price: '35.00', quantity: 2, gift_card: false };
const WEBHOOK_BODY = sampleBody('orders/paid', {
  currency: 'EUR',
  test: false,
  cancelled_at: null,
  financial_status: 'paid',
  total_price: '700.00',
  total_price_set: { shop_money: { amount: '700.00', currency_code: 'EUR' } },
  shipping_lines: [],
  line_items: Array.from({ length: 10 }, (_, index) => ({
    ...LINE,
    id: index + 1,
    admin_graphql_api_id: `gid://shopify/LineItem/${index + 1}`,
    price_set: { shop_money: { amount: '35.00', currency_code: 'EUR' } },
  })),
});

const webhookEvent = {
  version: '2.0',
  rawPath: '/webhooks/shopify/test',
  rawQueryString: '',
  pathParameters: { shop: 'test' },
  requestContext: { http: { method: 'POST', path: '/webhooks/shopify/test' } },
  headers: {
    'content-type': 'application/json',
    'x-shopify-topic': 'orders/paid',
    'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(WEBHOOK_BODY).digest('base64'),
  },
  body: WEBHOOK_BODY,
  isBase64Encoded: false,
};

let queued = '';

const webhookRun = async (): Promise<Run> => {
  const deps = {
    shops: new Map([['test', shopSettings()]]),
    secrets: { get: async () => [SECRET] },
    inbox: {
      send: async ({ body }: { body: string }) => {
        queued = body;
      },
    },
    segment: segments('bench'),
    maxBodyBytes: 5_000_000,
    now: () => new Date('2026-06-01T12:00:00Z'),
    fetch,
    log: SILENT,
  };
  const handler = webhookHandler(shopify, async () => deps);
  return () => handler(webhookEvent, CONTEXT);
};

const bareWebhook: Run = async () => {
  const order = JSON.parse(webhookEvent.body) as { line_items: { sku: string; quantity: number; price: string }[] };
  queued = JSON.stringify(order.line_items.map(({ sku, quantity, price }) => ({ sku, quantity, price })));
  return { statusCode: 200, body: '{}' };
};

// --- measuring

const ROUNDS = 40;
const CALLS = 1_000;

const cpuOf = async (run: Run): Promise<number> => {
  const before = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
};

/**
 * CPU of a call and its ratio to the bare one: the best round of each side, taken in turns. What else the machine does can
 * only add to a round, so the best is the nearest to the truth.
 */
const ratioOf = async (run: Run, bare: Run): Promise<{ ratio: number; micros: number }> => {
  let micros = Number.POSITIVE_INFINITY;
  let base = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    micros = Math.min(micros, await cpuOf(run));
    base = Math.min(base, await cpuOf(bare));
  }
  return { ratio: micros / base, micros };
};

/** What our handlers add to a bare `JSON.parse` and function: signature or key, every check, logging left out. */
export const handlerRatios: Part = {
  title: 'Handlers: CPU against a bare JSON.parse + function',
  gate: async () => {
    const run = await operationRun();
    const [wrapped, bare] = [await run(), await bareOperation()];
    assert.equal(wrapped.statusCode, 200, wrapped.body);
    assert.deepEqual(JSON.parse(wrapped.body ?? ''), JSON.parse(bare.body ?? ''));
    const answered = await (await webhookRun())();
    assert.equal(answered.statusCode, 200, answered.body);
    assert.equal(JSON.parse(queued).event.order.lines.length, 10);
  },
  measure: async () => {
    const operation = await ratioOf(await operationRun(), bareOperation);
    const webhook = await ratioOf(await webhookRun(), bareWebhook);
    const words = ({ ratio, micros }: typeof operation) => `${ratio.toFixed(1)} × (${micros.toFixed(0)} µs)`;
    return [
      { what: 'operation over HTTP, 20-item cart', value: words(operation), budget: '≤ 7', kept: operation.ratio <= 7 },
      { what: 'webhook, order of 10 lines', value: words(webhook), budget: '≤ 3.2', kept: webhook.ratio <= 3.2 },
    ];
  },
};
