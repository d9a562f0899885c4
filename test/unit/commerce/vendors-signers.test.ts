import { createHmac, randomUUID } from 'node:crypto';
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../lib/commerce/event.ts';
import type { Platform } from '../../../lib/commerce/platform.ts';
import { bigcommerce } from '../../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { shopify } from '../../../lib/commerce/platforms/shopify/shopify.ts';
import { standard } from '../../../lib/commerce/platforms/standard/standard.ts';
import { stripe } from '../../../lib/commerce/platforms/stripe/stripe.ts';
import { accepts, NOW, standardSignature, stripeSignature } from './signed-delivery.ts';

// What the vendors' own libraries sign we take, and what is signed as our tests sign it they take.

const body = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.json().map((json) => JSON.stringify(JSON.parse(json), undefined, 2)),
  fc.constantFrom('', '{ "a":\t"caf\\u00e9 \\/ 😀" }\r\n'),
);

const deliveryOf = (headers: Delivery['headers'], text: string): Delivery => ({
  method: 'POST',
  query: {},
  headers,
  body: Buffer.from(text),
});

const taken = (platform: Platform, delivery: Delivery, secret: string): Promise<boolean> =>
  accepts(() => platform.authenticate(delivery, { secrets: [secret], now: NOW, fetch }));

const SECONDS = NOW.getTime() / 1000;

describe('Stripe', () => {
  const secret = 'whsec_a secret of the tests';
  const { webhooks } = new Stripe('sk_test_none');

  test('what its library signs is taken, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(body, body, async (payload, other) => {
        const header = webhooks.generateTestHeaderString({ payload, secret, timestamp: SECONDS });
        expect(await taken(stripe, deliveryOf({ 'stripe-signature': header }, payload), secret)).toBe(true);
        expect(await taken(stripe, deliveryOf({ 'stripe-signature': header }, other), secret)).toBe(other === payload);
        expect(await taken(stripe, deliveryOf({ 'stripe-signature': header }, payload), `${secret}.`)).toBe(false);
      }),
      { numRuns: 50 },
    ));

  test('what our tests sign its library takes', () => {
    const payload = '{"id": "evt_1",  "object": "event"}';
    const header = `t=${SECONDS},v1=${stripeSignature(secret, String(SECONDS), payload)}`;
    expect(webhooks.constructEvent(payload, header, secret, 300, undefined, NOW.getTime())).toMatchObject({
      id: 'evt_1',
    });
  });
});

describe('Standard Webhooks', () => {
  const key = Buffer.from('0123456789abcdef0123456789abcdef');
  const secret = `whsec_${key.toString('base64')}`;

  const signed = (text: string): Delivery => {
    const id = 'msg_1';
    const signature = new Webhook(secret).sign(id, NOW, text);
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(SECONDS), 'webhook-signature': signature };
    return deliveryOf(headers, text);
  };

  test('what the library signs is taken from a shop of one’s own, and from BigCommerce by its client secret', () =>
    fc.assert(
      fc.asyncProperty(body, body, async (text, other) => {
        expect(await taken(standard, signed(text), secret)).toBe(true);
        // BigCommerce's key is the bytes of the client secret itself.
        expect(await taken(bigcommerce, signed(text), key.toString())).toBe(true);
        const changed = { ...signed(text), body: Buffer.from(other) };
        expect(await taken(standard, changed, secret)).toBe(other === text);
        expect(await taken(bigcommerce, changed, key.toString())).toBe(other === text);
      }),
      { numRuns: 50 },
    ));

  test('what our tests sign the library makes of itself', () => {
    const text = '{"test": 2432232314}';
    expect(standardSignature(key, 'msg_2', String(SECONDS), text)).toBe(new Webhook(secret).sign('msg_2', NOW, text));
  });
});

describe('Shopify', () => {
  const secret = 'an app’s client secret';
  const api = shopifyApi({
    apiKey: 'key',
    apiSecretKey: secret,
    apiVersion: ApiVersion.July26,
    hostName: 'shop.example',
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error, log: () => {} },
  });

  /** Whether their library takes a delivery. */
  const theirs = async ({ headers, body: bytes }: Delivery): Promise<boolean> => {
    const rawRequest = { method: 'POST', url: '/webhooks', headers };
    const { valid } = await api.webhooks.validate({ rawBody: Buffer.from(bytes).toString(), rawRequest } as never);
    return valid;
  };

  test('their library and ours take the same deliveries', () =>
    fc.assert(
      fc.asyncProperty(body, fc.option(body), async (text, other) => {
        const hmac = createHmac('sha256', secret)
          .update(other ?? text)
          .digest('base64');
        const delivery = deliveryOf(
          {
            'x-shopify-hmac-sha256': hmac,
            'x-shopify-topic': 'orders/paid',
            'x-shopify-shop-domain': 'demo.myshopify.com',
            'x-shopify-api-version': '2026-07',
            'x-shopify-webhook-id': randomUUID(),
          },
          text,
        );
        const ours = await taken(shopify, delivery, secret);
        expect(ours).toBe(other === null || other === text);
        // Theirs refuses a body of nothing before it looks at its signature.
        if (text !== '') expect(await theirs(delivery)).toBe(ours);
      }),
      { numRuns: 50 },
    ));
});
