import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CommerceEvent, Delivery } from '../../lib/commerce/event.ts';
import type { Platform } from '../../lib/commerce/platform.ts';
import { createAdobeCommerce } from '../../lib/commerce/platforms/adobe-commerce/adobe-commerce.ts';
import { bigcommerce } from '../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import { stripe } from '../../lib/commerce/platforms/stripe/stripe.ts';
import { InvalidRequestError, UnauthorizedError } from '../../lib/contract/errors.ts';
import { readMessage } from '../../lib/inbox/read-message.ts';
import { type WebhookDeps, webhookHandler } from '../../lib/lambda/webhook-handler.ts';
import { keyPair, signature as rsa } from '../unit/commerce/platforms/adobe-commerce/samples.ts';
import { hook } from '../unit/commerce/platforms/bigcommerce/fake-store.ts';
import { sample, delivery as shopifyDelivery } from '../unit/commerce/platforms/shopify/samples.ts';
import { COMPLETED } from '../unit/commerce/platforms/stripe/fake-account.ts';
import { NOW as SIGNED_AT, secondsAt, standardDelivery, stripeDelivery } from '../unit/commerce/signed-delivery.ts';
import { brokenQueue, cartEvent, fakeQueue, NOW, segment, shops } from '../unit/inbox/fakes.ts';
import { context, keptLog } from './fakes.ts';

const sign = (body: string | Uint8Array, secret: string) => createHmac('sha256', secret).update(body).digest('base64');

/** A platform that signs like most and follows the topic `cart` alone. */
const asked: (readonly string[])[] = [];
const platform: Platform = {
  name: 'shopify',
  authenticate: async ({ headers, body }, { secrets }) => {
    asked.push(secrets);
    const sent = Buffer.from(headers['x-signature'] ?? '');
    const good = secrets.map((secret) => Buffer.from(sign(body, secret)));
    if (!good.some((each) => each.length === sent.length && timingSafeEqual(each, sent))) throw new UnauthorizedError();
  },
  interpret: ({ headers, body }, { name, pseudonym }): CommerceEvent[] => {
    const text = Buffer.from(body).toString();
    if (text === 'crash') throw new TypeError('x is undefined');
    if (headers['x-topic'] !== 'cart') return [];
    const { email, shop } = JSON.parse(text);
    if (shop !== undefined && shop !== name) throw new UnauthorizedError();
    if (email === undefined) throw new InvalidRequestError([{ title: 'required', source: { pointer: '/email' } }]);
    return [cartEvent({ buyer: { guest: pseudonym(email) } }, { shop: name, id: hash('sha256', body) })];
  },
};

const SECRETS: Record<string, string> = { now: 'the current secret', before: 'the previous secret' };

const setUp = (over: Partial<WebhookDeps> = {}, at: Platform = platform) => {
  const { lines, log } = keptLog();
  const inbox = fakeQueue();
  const deps: WebhookDeps = {
    shops: shops({ secrets: ['now', 'before'] }),
    secrets: { get: async (names) => names.map((name) => SECRETS[name] ?? '') },
    inbox,
    segment,
    maxBodyBytes: 1_000,
    now: () => NOW,
    fetch,
    log,
    ...over,
  };
  return { lines, inbox, handler: webhookHandler(at, async () => deps) };
};

const BODY = '{"email":  "ann@example.com", "note": "caf\\u00e9 \\/ 😀"}';

const delivery = (over: { body?: string; secret?: string; shop?: string; headers?: Record<string, string> } = {}) => {
  const { body = BODY, secret = 'the current secret', shop = 'demo', headers = {} } = over;
  return {
    rawPath: `/webhooks/shopify/${shop}`,
    headers: { 'X-Signature': sign(body, secret), 'X-Topic': 'cart', ...headers },
    pathParameters: { shop },
    body,
    isBase64Encoded: false,
  };
};

test('a signed delivery is queued and then answered with 200', async () => {
  const { handler, inbox, lines } = setUp();
  const answer = await handler(delivery(), context());
  expect(answer).toEqual({ statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{}' });
  expect(inbox.sent).toHaveLength(1);
  const message = readMessage(inbox.sent[0]?.body ?? '');
  expect(message).toMatchObject({ kind: 'commerce-event', event: { shop: 'demo' } });
  expect(lines).toEqual([
    {
      level: 'info',
      message: 'webhook',
      requestId: 'request-1',
      platform: 'shopify',
      shop: 'demo',
      count: 1,
      outcome: 'queued',
      delivery: hash('sha256', BODY),
      type: 'cart',
    },
  ]);
});

test('the signature is over the bytes, plain or in base64', async () => {
  const { handler } = setUp();
  const plain = delivery();
  const encoded = { ...plain, body: Buffer.from(BODY).toString('base64'), isBase64Encoded: true };
  expect(await handler(encoded)).toMatchObject({ statusCode: 200 });
  const again = { ...plain, body: JSON.stringify(JSON.parse(BODY)) };
  expect(await handler(again)).toMatchObject({ statusCode: 401 });
});

test('the previous secret is good as well, any other is not', async () => {
  const { handler } = setUp();
  expect(await handler(delivery({ secret: 'the previous secret' }))).toMatchObject({ statusCode: 200 });
  expect(await handler(delivery({ secret: 'another secret' }))).toMatchObject({ statusCode: 401 });
});

test('for a shop that there is not nothing is read, and it is answered as a wrong signature is', async () => {
  const read: string[] = [];
  const nowhere: typeof fetch = async (url) => {
    read.push(String(url));
    return new Response('AccessDenied', { status: 403 });
  };
  const known = shops({ platform: 'adobe-commerce', secrets: [] });
  const { handler } = setUp({ shops: known, fetch: nowhere }, createAdobeCommerce());
  const path = '/prod/keys/pub-key-3fVj0Lv0QB.pem';
  const headers = { 'x-adobe-digital-signature-1': 'x', 'x-adobe-public-key1-path': path };
  const unknown = await handler(delivery({ shop: 'none', headers }));
  expect(read).toEqual([]);
  expect(await handler(delivery({ headers }))).toEqual(unknown);
  expect(unknown.statusCode).toBe(401);
  expect(read).toEqual([`https://static.adobeioevents.com${path}`]);
});

test('a commerce webhook of Adobe is told that the shop may go on, whether its topic is followed or not', async () => {
  const { publicKey, privateKey } = keyPair();
  const secrets = { get: async () => [publicKey] };
  const known = shops({ platform: 'adobe-commerce', secrets: ['hook'] });
  const { handler, inbox } = setUp({ shops: known, secrets }, createAdobeCommerce());
  const signedAs = (body: string) => ({
    'x-adobe-commerce-webhook-signature': rsa(Buffer.from(body).toString('base64'), privateKey),
  });
  for (const body of ['{"order":{"entity_id":7,"increment_id":"100"}}', '{"product":{"sku":"TEE"}}']) {
    const answer = await handler(delivery({ body, headers: signedAs(body) }));
    expect(answer).toMatchObject({ statusCode: 200, body: '{"op":"success"}' });
  }
  expect(inbox.sent).toHaveLength(1);
  const wrong = await handler(delivery({ body: '{}', headers: signedAs('{"other":1}') }));
  expect(wrong).toMatchObject({ statusCode: 401, body: expect.not.stringContaining('success') });
});

test('a wrong signature, no signature and an unknown shop are answered alike, and nothing is queued', async () => {
  const { handler, inbox } = setUp();
  const wrong = await handler(delivery({ secret: 'another secret' }));
  expect(wrong).toMatchObject({ statusCode: 401 });
  expect(await handler(delivery({ headers: { 'X-Signature': '' } }))).toEqual(wrong);
  expect(await handler(delivery({ shop: 'gone' }))).toEqual(wrong);
  expect(await handler(delivery({ shop: '__proto__' }))).toEqual(wrong);
  expect(await handler({ ...delivery(), pathParameters: {} })).toEqual(wrong);
  expect(inbox.sent).toEqual([]);
});

test('an unknown shop costs the same work, with a secret that nobody has', async () => {
  const { handler } = setUp();
  asked.length = 0;
  await handler(delivery({ shop: 'gone' }));
  expect(asked).toEqual([[expect.stringMatching(/^[\da-f]{64}$/)]]);
  expect(await handler(delivery({ shop: 'gone', secret: asked[0]?.[0] ?? '' }))).toMatchObject({ statusCode: 401 });
});

test('a shop of one platform is unknown at the route of another', async () => {
  const { handler, inbox } = setUp({}, { ...platform, name: 'another' as never });
  expect(await handler(delivery())).toMatchObject({ statusCode: 401 });
  expect(inbox.sent).toEqual([]);
});

test('a body that names another shop is refused like a wrong signature', async () => {
  const { handler, inbox } = setUp();
  const body = '{"email":"ann@example.com","shop":"other"}';
  const wrong = await handler(delivery({ secret: 'another secret' }));
  expect(await handler(delivery({ body }))).toEqual(wrong);
  expect(inbox.sent).toEqual([]);
});

test('a delivery that is not signed leaves no trace of what it said', async () => {
  const { handler, lines } = setUp();
  await handler(delivery({ secret: 'another secret', shop: 'ann@example.com' }));
  expect(lines).toMatchObject([{ outcome: 'refused', reason: 'UnauthorizedError', status: 401 }]);
  expect(JSON.stringify(lines)).not.toContain('ann');
});

test('nothing personal is queued or logged but pseudonyms', async () => {
  const { handler, lines, inbox } = setUp();
  await handler(delivery());
  expect(JSON.stringify([lines, inbox.sent])).not.toContain('ann@');
});

test('a topic that is not followed is counted and answered with 200', async () => {
  const { handler, lines, inbox } = setUp();
  expect(await handler(delivery({ headers: { 'X-Topic': 'carts/vanished' } }))).toMatchObject({ statusCode: 200 });
  expect(inbox.sent).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'ignored', reason: 'a topic that is not followed', shop: 'demo', count: 0 }]);
});

test('a queue that is away: 503 and when to try again, and the retry is taken', async () => {
  const { handler, lines } = setUp({ inbox: brokenQueue });
  const answer = await handler(delivery());
  expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '30' } });
  expect(JSON.parse(answer.body ?? '')).toMatchObject({ StatusCode: 503 });
  expect(lines).toMatchObject([{ level: 'error', outcome: 'failed', reason: 'not queued' }]);
  expect(await setUp().handler(delivery())).toMatchObject({ statusCode: 200 });
});

test('signed nonsense is answered with its faults', async () => {
  const { handler } = setUp();
  const answer = await handler(delivery({ body: '{}' }));
  expect(answer.statusCode).toBe(400);
  expect(JSON.parse(answer.body ?? '').errors).toEqual([{ title: 'required', source: { pointer: '/email' } }]);
});

test('a body that is too large is refused before its signature is looked at', async () => {
  const { handler } = setUp();
  asked.length = 0;
  expect(await handler(delivery({ body: 'x'.repeat(1_001) }))).toMatchObject({ statusCode: 413 });
  expect(asked).toEqual([]);
});

test('what nobody foresaw is a 500 that says nothing', async () => {
  const { handler, lines } = setUp();
  const answer = await handler(delivery({ body: 'crash' }));
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('undefined');
  expect(lines).toMatchObject([{ level: 'error', error: expect.any(TypeError) }]);
});

test('secrets that cannot be had are no reason to take a delivery, nor to call it wrong', async () => {
  const { handler, inbox } = setUp({ secrets: { get: () => Promise.reject(new Error('away')) } });
  expect(await handler(delivery())).toMatchObject({ statusCode: 500 });
  expect(inbox.sent).toEqual([]);
});

const signedByShopify = (body: Uint8Array): Delivery => ({
  ...shopifyDelivery('refunds/create', body),
  headers: { 'x-shopify-topic': 'refunds/create', 'x-shopify-hmac-sha256': sign(body, 'the current secret') },
});

test.each([
  [shopify, '548380009', signedByShopify, shopifyDelivery('refunds/create', sample('refunds/create'))],
  [
    bigcommerce,
    'abc123',
    (body: Uint8Array) => standardDelivery(Buffer.from('the current secret'), body),
    hook('store/order/updated', { type: 'order', id: 57 }),
  ],
  [stripe, 'acct_1', (body: Uint8Array) => stripeDelivery('the current secret', body, secondsAt()), COMPLETED],
] as const)(
  '$name is answered although no other server is: what has to be read is read behind the queue',
  async (at, shopId, signed, { body }) => {
    const called: unknown[] = [];
    const never = (url: unknown) => {
      called.push(url);
      return new Promise<never>(() => {});
    };
    const settings = { platform: at.name, shopId, secrets: ['now'] } as never;
    const { handler, inbox } = setUp(
      { shops: shops(settings), fetch: never, maxBodyBytes: 1e6, now: () => SIGNED_AT },
      at,
    );
    const { headers } = signed(body);
    const text = Buffer.from(body).toString();
    expect(await handler({ ...delivery({ body: text }), headers })).toMatchObject({ statusCode: 200 });
    expect(called).toEqual([]);
    expect(inbox.sent.map(({ body }) => readMessage(body))).toMatchObject([{ event: { type: 'thin' } }]);
  },
);
