import { describe, expect, test } from 'vitest';
import { deliveryOf } from '../../../../../lib/commerce/platforms/shopify/event-bridge.ts';
import { shopify } from '../../../../../lib/commerce/platforms/shopify/shopify.ts';
import { Model } from '../../session-api.ts';
import { contextOf, delivery, exact, sample, shopOf } from './samples.ts';

// One order in Shopify's own bodies, from its checkout to its cancellation.

const joined = { checkout_token: '123123123', discount_codes: [{ code: 'SUMMER-0001', amount: '6.00', type: 'x' }] };
const at = (minute: number) => ({ updated_at: `2026-01-01T12:0${minute}:00+01:00` });
const open = { cancelled_at: null, cancel_reason: null };

const bodies = {
  'checkouts/create': { ...sample('checkouts/create'), ...at(0) },
  'orders/create': { ...sample('orders/create'), ...joined, ...open, ...at(1), financial_status: 'pending' },
  'orders/paid': { ...sample('orders/paid'), ...joined, ...open, ...at(2), financial_status: 'paid' },
  'orders/updated': { ...sample('orders/updated'), ...joined, ...open, ...at(3), financial_status: 'paid', note: 'n' },
  'orders/cancelled': { ...sample('orders/cancelled'), ...joined, ...at(4), financial_status: 'refunded' },
};
type Topic = keyof typeof bodies;

const permutations = (topics: readonly Topic[]): Topic[][] =>
  topics.length === 0
    ? [[]]
    : topics.flatMap((topic, index) => permutations(topics.toSpliced(index, 1)).map((rest) => [topic, ...rest]));

/** The same body as EventBridge brings it. */
const bridged = (topic: Topic) =>
  deliveryOf(
    Buffer.from(
      `{"detail":{"payload":${exact(bodies[topic])},` +
        `"metadata":{"X-Shopify-Topic":"${topic}","X-Shopify-Shop-Domain":"demo.myshopify.com"}}}`,
    ),
  ).delivery;
const posted = (topic: Topic) => delivery(topic, exact(bodies[topic]));

const play = (topics: readonly Topic[], deliver: typeof posted = posted) => {
  const model = new Model(shopOf());
  for (const topic of topics) {
    for (const event of shopify.interpret(deliver(topic), contextOf())) {
      model.apply(event);
      model.apply(event);
    }
  }
  return model.api;
};

const topics = Object.keys(bodies) as Topic[];

describe('the documented bodies of one order, each delivered twice', () => {
  test('end in one closed session in every order of arrival', () => {
    const sessions = permutations(topics.slice(0, 4)).map((each) => play(each).sessions);
    for (const session of sessions) expect(session).toEqual(sessions[0]);
    expect([...(sessions[0] ?? [])]).toMatchObject([
      [
        'shopify:demo:123123123',
        {
          state: 'closed',
          profileId: 'shopify:115310627314723954',
          couponCodes: ['SUMMER-0001'],
          cartItems: [{ price: 89.99 }, { price: 19.99 }, { price: 24.99 }, { price: 159.99 }, { price: 119.99 }],
          additionalCosts: { shipping: { price: 10 } },
        },
      ],
    ]);
  });

  test('end in one cancelled session, or in none when the cancellation comes first', () => {
    const [first, ...others] = permutations(topics).filter(([topic]) => topic !== 'orders/cancelled');
    const { sessions } = play(first ?? []);
    expect(sessions.get('shopify:demo:123123123')?.state).toBe('cancelled');
    for (const each of others) expect(play(each).sessions).toEqual(sessions);
    for (const each of permutations(topics).filter(([topic]) => topic === 'orders/cancelled')) {
      expect(play(each).calls).toEqual([]);
    }
  });

  test('end the same when EventBridge brings them, which keeps no order', () => {
    for (const each of permutations(topics)) {
      const { sessions } = play(each, bridged);
      expect(sessions, each.join(' → ')).toEqual(play(each).sessions);
    }
    expect(play(topics.slice(0, 4), bridged).sessions.get('shopify:demo:123123123')?.state).toBe('closed');
  });
});
