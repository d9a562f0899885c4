import { expect, test } from 'vitest';
import type { SessionRecord } from '../../lib/engine/records.ts';
import { discountOf, type LifeEvent, ORDER_LIFE, play } from '../support/order-life.ts';

// The shop applies what the engine gave and tells of its cart again: the discount is then inside the shop's own figures.

const money = (amount: string) => ({ shop_money: { amount, currency_code: 'EUR' } });

/** The same thing a moment later, its only line reduced as Shopify shows an applied discount. */
const discounted = ({ topic, body }: LifeEvent, off: string, updated_at: string): LifeEvent => {
  const told = JSON.parse(body);
  const [line] = told.line_items;
  const total = (Number(line.price) * line.quantity - Number(off)).toFixed(2);
  const reduced = {
    ...line,
    total_discount: off,
    total_discount_set: money(off),
    discount_allocations: [{ amount: off, amount_set: money(off), discount_application_index: 0 }],
    line_price: total,
  };
  const content = {
    ...told,
    updated_at,
    line_items: [reduced],
    total_discounts: off,
    total_discounts_set: money(off),
    subtotal_price: total,
    total_price: total,
    total_price_set: money(total),
    current_total_price: total,
    current_total_price_set: money(total),
    discount_codes: [{ code: 'SUMMER', amount: off, type: 'fixed_amount' }],
  };
  return { topic, body: JSON.stringify(content) };
};

const sessionOf = async (events: readonly LifeEvent[]) => {
  const { store, records } = await play(events);
  const [item] = await store.get([records.session('shopify:test:cart-1').key]);
  const session = item?.data as unknown as SessionRecord;
  const { state, cartItems, additionalCosts, couponCodes, effects } = session;
  return { state, cartItems, additionalCosts, couponCodes, discount: discountOf(effects as never) };
};

test.each([
  ['a cart', [ORDER_LIFE.checkout], ORDER_LIFE.checkout, '2026-06-01T10:00:30Z', 55],
  ['an order', [ORDER_LIFE.checkout, ORDER_LIFE.create], ORDER_LIFE.create, '2026-06-01T10:01:30Z', 70],
] as const)(
  'a discount that the shop has put into %s is not taken off a second time',
  async (_, told, last, at, price) => {
    const before = await sessionOf(told);
    expect(before.discount).toBe(price / 10);
    const echo = discounted(last, before.discount.toFixed(2), at);
    expect(await sessionOf([...told, echo])).toEqual(before);
  },
);

test('neither when the discounted order is paid', async () => {
  const before = await sessionOf([ORDER_LIFE.create]);
  const paid = discounted(ORDER_LIFE.paid, before.discount.toFixed(2), '2026-06-01T10:02:30Z');
  expect(await sessionOf([ORDER_LIFE.create, paid])).toEqual({ ...before, state: 'closed' });
});
