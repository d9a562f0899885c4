import { describe, expect, test } from 'vitest';
import { UnauthorizedError } from '../../lib/contract/errors.ts';
import type { ProfileRecord } from '../../lib/engine/records.ts';
import { endState, type LifeEvent, ORDER_LIFE, play } from '../support/order-life.ts';
import { sampleBody } from '../support/shop.ts';

// Topic and path are not signed, and one app's secret signs for all of its shops: whoever has a delivery can send it again
// with another topic or to another shop.

const TOPICS = [
  'checkouts/create',
  'checkouts/update',
  'orders/create',
  'orders/paid',
  'orders/updated',
  'orders/cancelled',
  'refunds/create',
  'customers/create',
  'customers/update',
];

const customer = (country: string, updated_at: string): LifeEvent => ({
  topic: 'customers/update',
  body: sampleBody('customers/update', {
    id: 7001,
    admin_graphql_api_id: 'gid://shopify/Customer/7001',
    updated_at,
    default_address: { country_code: country },
  }),
});

const OLD = customer('DE', '2026-06-01T08:00:00Z');
const NEW = customer('FR', '2026-06-01T09:00:00Z');
const HAPPENED = [OLD, NEW, ORDER_LIFE.checkout, ORDER_LIFE.paid];

const whole = async (shop: Awaited<ReturnType<typeof play>>) => {
  const [profile] = await shop.store.get([shop.records.profile('shopify:7001').key]);
  const record = profile?.data as unknown as ProfileRecord | undefined;
  return { ...(await endState(shop)), country: record?.attributes.country };
};

describe.each(HAPPENED.map((event, index) => [index, event.topic, event] as const))(
  'delivery %i, %s',
  (_index, _topic, event) => {
    test('sent again under any other topic changes nothing', async () => {
      const shop = await play(HAPPENED);
      const before = await whole(shop);
      for (const topic of TOPICS) await shop.process(await shop.messagesOf(topic, event.body));
      expect(await whole(shop)).toEqual(before);
    });

    test("sent to another shop's path changes nothing", async () => {
      const shop = await play(HAPPENED);
      const before = await whole(shop);
      for (const topic of TOPICS) {
        try {
          await shop.process(await shop.messagesOf(topic, event.body, 'other'));
        } catch (error) {
          expect(error).toBeInstanceOf(UnauthorizedError);
        }
      }
      expect(await whole(shop)).toEqual(before);
      const [session] = await shop.store.get([shop.records.session('shopify:other:cart-1').key]);
      expect(session).toBeUndefined();
    });
  },
);

test('a topic sent before its time says no more than its body: an unpaid order is not closed by "orders/paid"', async () => {
  const shop = await play([{ topic: 'orders/paid', body: ORDER_LIFE.create.body }]);
  expect((await endState(shop)).session?.state).toBe('open');
});
