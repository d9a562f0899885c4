import { describe, expect, test } from 'vitest';
import { deliveryOf } from '../../../../../lib/commerce/platforms/shopify/event-bridge.ts';
import { shopify } from '../../../../../lib/commerce/platforms/shopify/shopify.ts';
import { InvalidRequestError } from '../../../../../lib/contract/errors.ts';
import { contextOf, delivery, exact, FOLLOWED, sample } from './samples.ts';

const envelope = (topic: string, payload: string, id = '1') =>
  Buffer.from(
    `{"version":"0","id":"${id}","detail-type":"shopifyWebhook","source":"aws.partner/shopify.com/1/demo","detail":` +
      `{"payload":${payload},"metadata":{"X-Shopify-Topic":"${topic}","X-Shopify-Shop-Domain":"demo.myshopify.com",` +
      '"X-Shopify-Webhook-Id":"w","X-Shopify-Triggered-At":"2026-01-01T00:00:00Z","Content-Type":"application/json"}}}',
  );

describe('an event of EventBridge', () => {
  test('tells what the webhook tells, to the last digit', () => {
    for (const topic of Object.values(FOLLOWED).flat()) {
      const bridged = deliveryOf(envelope(topic, exact(sample(topic))));
      expect(bridged.domain).toBe('demo.myshopify.com');
      const [told] = shopify.interpret(bridged.delivery, contextOf());
      const [posted] = shopify.interpret(delivery(topic, sample(topic)), contextOf());
      const { id, version, ...said } = told ?? { id: '', version: { updatedAt: '', digest: '' } };
      expect(posted).toMatchObject(said);
      expect(version.updatedAt).toBe(posted?.version.updatedAt);
    }
  });

  test('is the same delivery when it comes again in another envelope', () => {
    const payload = exact(sample('orders/paid'));
    const [one, other] = ['1', '2'].map((id) => deliveryOf(envelope('orders/paid', payload, id)).delivery);
    expect(one).toEqual(other);
  });

  test('that shrank to an id is something to read, not an empty order', () => {
    const { delivery } = deliveryOf(envelope('orders/paid', '{"id":820982911946154508}'));
    expect(shopify.interpret(delivery, contextOf())).toMatchObject([
      { type: 'thin', resource: 'order/820982911946154508' },
    ]);
  });

  test('of a topic that is not followed says nothing', () => {
    const { delivery } = deliveryOf(envelope('orders/edited', exact(sample('orders/edited'))));
    expect(shopify.interpret(delivery, contextOf())).toEqual([]);
  });

  test('without payload, topic or shop is refused', () => {
    const good = envelope('orders/paid', '{"id":1}').toString();
    for (const bad of [
      good.replace('"payload"', '"body"'),
      good.replace('X-Shopify-Topic', 'X-Topic'),
      good.replace('demo.myshopify.com', ''),
      good.replace('{"id":1}', '[]'),
      '{}',
      'null',
      '{',
    ]) {
      expect(() => deliveryOf(Buffer.from(bad))).toThrow(InvalidRequestError);
    }
  });
});
