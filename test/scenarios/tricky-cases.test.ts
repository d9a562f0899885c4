import { expect, test } from 'vitest';
import type { CommerceEvent } from '../../lib/commerce/event.ts';
import type { SessionRecord } from '../../lib/engine/records.ts';
import { commerceMessage } from '../../lib/inbox/message.ts';
import { findStories } from '../../lib/inbox/story.ts';
import { segments } from '../../lib/store/segment.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import { LIFE_PROMOTIONS } from '../support/order-life.ts';
import { shopSettings, testShop } from '../support/shop.ts';
import { abandoned, activity, cart, cartDeleted, order } from '../unit/commerce/pictures.ts';

// What is decided of carts that end, edited orders and merged customers, with the engine behind it (commerce-platforms.md §10).

const SESSION = 'shopify:demo:token';
const here = { currency: 'EUR', codes: ['SUMMER'], buyer: { customer: '7001' } };
const paid = { ...here, payment: 'paid' } as const;

const open = () => {
  const shops = new Map([['demo', shopSettings({ events: ['cart_abandoned', 'order_fulfilled'] })]]);
  const store = openSqliteStore(':memory:', { now: () => new Date('2026-06-01T12:00:00Z') });
  const shop = testShop(LIFE_PROMOTIONS, store, undefined, { shops });
  const apply = async (...events: readonly CommerceEvent[]) => {
    for (const event of events) {
      const message = {
        id: event.id,
        group: 'one',
        body: commerceMessage(event, shop.deps.now()),
        sentAt: shop.deps.now(),
      };
      expect(await shop.process([message])).toEqual([]);
    }
    return shop.lines.at(-1);
  };
  const sessionBy = async (id: string) => {
    const [found] = await shop.store.get([shop.records.session(id).key]);
    return found?.data as unknown as SessionRecord | undefined;
  };
  const usesOfCoupon = async () => (await shop.store.get([shop.records.couponUse('SUMMER').key]))[0]?.counts.usage ?? 0;
  return { ...shop, apply, sessionBy, usesOfCoupon };
};

test('a deleted cart is cancelled; the order that comes all the same gets its discount, and spends the coupon', async () => {
  const { apply, sessionBy, usesOfCoupon } = open();
  expect(await apply(cart(here), cartDeleted())).toMatchObject({
    outcome: 'applied',
    session: SESSION,
    state: 'cancelled',
  });
  expect((await sessionBy(SESSION))?.state).toBe('cancelled');
  expect(await apply(order(paid))).toMatchObject({ outcome: 'applied', state: 'closed' });
  const session = await sessionBy(`${SESSION}:order:100`);
  expect(session).toMatchObject({ state: 'closed', couponCodes: ['SUMMER'] });
  expect(session?.effects.map(({ effectType }) => effectType)).toContain('setDiscount');
  expect(await usesOfCoupon()).toBe(1);
});

test('an order that was edited after closing stays as it was closed, and log and trace say who is to look at it', async () => {
  const { apply, sessionBy, store } = open();
  const edited = order({ ...paid, lines: [], fulfilled: true }, 20);
  const line = await apply(order(paid), edited);
  expect(line).toMatchObject({ outcome: 'applied', reason: 'edited after closing, for review', steps: 2 });
  expect((await sessionBy(SESSION))?.cartItems).toHaveLength(1);
  const { stories } = await findStories('demo:order/100', { store, accountId: 1, segment: segments('test') });
  expect(stories[0]?.entries.filter(({ operation }) => operation === 'trackEvent')).toMatchObject([
    { reason: 'edited after closing, for review', order: '100' },
    { reason: 'edited after closing, for review', order: '100' },
  ]);
});

test('an abandoned cart and a merged customer are events that rules can answer, and nothing else changes', async () => {
  const { apply, sessionBy, store, records } = open();
  const gaveUp = abandoned(1);
  await apply(cart(here), { ...gaveUp, cart: { ...gaveUp.cart, ...here } });
  expect(await sessionBy(SESSION)).toMatchObject({ state: 'open', couponCodes: ['SUMMER'] });
  const links = ['shopify:9'];
  const merged = activity({ name: 'customer_merged', customer: '7001', links });
  expect(await apply(merged)).toMatchObject({ outcome: 'applied', reason: 'event reported' });
  expect(await sessionBy(`shopify:demo:customer:${merged.id}`)).toMatchObject({
    state: 'open',
    profileId: 'shopify:7001',
  });
  expect(await store.get([records.profile('shopify:9').key])).toEqual([undefined]);
});
