import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import { orderOf } from '../../../../../lib/commerce/platforms/bigcommerce/order.ts';
import { returnsOf } from '../../../../../lib/commerce/platforms/bigcommerce/refunds.ts';
import type { Product, WholeOrder } from '../../../../../lib/commerce/platforms/bigcommerce/whole-order.ts';
import { type Decimal, decimal, roundHalfUp, sum } from '../../../../../lib/contract/decimal.ts';
import { permutations, play } from '../../life.ts';
import { type Body, CART_ID, contextOf, fakeStore, hook, ORDER, read, shopOf, things } from './fake-store.ts';

const SESSION = `bigcommerce:demo:${CART_ID}`;

/** The same order as the store had it later and later; every hook is read as the store is at that time. */
const tell = async () => {
  const store = await fakeStore();
  const refunds = [
    { id: 9, total_amount: 30.25, items: [{ item_type: 'PRODUCT', item_id: 1, quantity: 1 }] },
    { id: 10, total_amount: '5.00', items: [{ item_type: 'ORDER', item_id: 57 }] },
  ];
  const at = async (minute: number, changes: Body, data: Body[] = []): Promise<CommerceEvent[]> => {
    const date_modified = `Mon, 01 Jun 2026 11:0${minute}:00 +0000`;
    store.has = things({ date_modified, ...changes }, { '/v3/orders/57/payment_actions/refunds': { data } });
    return read(store, hook('store/order/updated', { type: 'order', id: 57 }, { created_at: 1_780_311_600 + minute }));
  };
  const [cart] = await read(store, hook('store/cart/updated', { type: 'cart', id: CART_ID }));
  const incomplete = await at(0, { status_id: 0, payment_status: '' });
  const [pending] = await at(1, { status_id: 7, payment_status: '' });
  const [authorized] = await at(2, { status_id: 11, payment_status: 'authorized' });
  const [paid] = await at(3, { status_id: 11, payment_status: 'captured' });
  const [shipped] = await at(4, { status_id: 2, payment_status: 'captured' });
  const [refunded] = await at(5, { status_id: 14, payment_status: 'partially refunded' }, refunds);
  const [cancelled] = await at(6, { status_id: 5, payment_status: 'refunded' }, refunds);
  expect(incomplete).toEqual([]);
  return { cart, pending, authorized, paid, shipped, refunded, cancelled } as Record<string, CommerceEvent>;
};

const among = (told: Record<string, CommerceEvent>, ...names: string[]) =>
  names.map((name) => told[name] as CommerceEvent);

describe('an order told in any order, each part twice', () => {
  test('ends closed with what was bought, and its refunds reported once', async () => {
    const told = among(await tell(), 'cart', 'pending', 'paid', 'shipped', 'refunded');
    for (const events of permutations(told)) {
      const { sessions, events: reported } = play(events, shopOf());
      expect([...sessions]).toMatchObject([
        [
          SESSION,
          {
            state: 'closed',
            profileId: 'bigcommerce:7',
            couponCodes: ['SUMMER-1'],
            cartItems: [
              { sku: 'SHIRT', quantity: 2, price: 25 },
              { sku: 'variant:81', quantity: 1, price: 3.39 },
            ],
            additionalCosts: { shipping: { price: 10 }, wrapping: { price: 1 } },
          },
        ],
      ]);
      expect(reported.map(({ type, attributes }) => [type, attributes.refundId, attributes.amount]).toSorted()).toEqual(
        [
          ['order_partially_returned', '9', 30.25],
          ['order_refunded_amount', '10', 5],
        ],
      );
    }
  });

  test('ends cancelled, or in no session where the cancellation came first', async () => {
    const told = among(await tell(), 'pending', 'paid', 'shipped', 'cancelled');
    for (const events of permutations(told)) {
      const { sessions, calls } = play(events, shopOf());
      if (events[0] === told.at(-1)) expect(calls).toEqual([]);
      else expect(sessions.get(SESSION)?.state).toBe('cancelled');
    }
  });

  test('stays open as long as no picture of it is paid', async () => {
    for (const events of permutations(among(await tell(), 'cart', 'pending', 'authorized'))) {
      expect(play(events, shopOf()).sessions.get(SESSION)?.state).toBe('open');
    }
  });

  test('that only tries the store out reaches no live session', async () => {
    const store = await fakeStore(things({ payment_method: 'Test Payment Gateway' }));
    expect(play(await read(store), shopOf()).calls).toEqual([]);
    expect(play(await read(store), shopOf({ testOrders: 'apply' })).sessions.size).toBe(1);
  });
});

const four = (value: Decimal) => roundHalfUp(value, 4).toFixed(4);

/** A line whose own figures add up, as the API rounds them: the price of one is rounded from the total. */
const product = fc
  .record({
    id: fc.integer({ min: 1, max: 1e6 }),
    quantity: fc.integer({ min: 1, max: 999 }),
    cents: fc.integer({ min: 0, max: 1_000_000 }),
    percent: fc.constantFrom(0, 5.5, 7, 19, 21),
  })
  .map(({ id, quantity, cents, percent }): Product => {
    const gross = decimal(cents).div(100);
    const net = decimal(four(gross.div(decimal(100).plus(percent).div(100))));
    return {
      id: String(id),
      product_id: undefined,
      variant_id: undefined,
      parent_order_product_id: undefined,
      quantity,
      base_price: four(net.div(quantity)),
      price_ex_tax: four(net.div(quantity)),
      price_inc_tax: four(gross.div(quantity)),
      total_ex_tax: four(net),
      total_inc_tax: four(gross),
    };
  });

test('lines and costs less discounts, and tax where prices are net, are what was charged, to the minor unit', () => {
  fc.assert(
    fc.property(
      fc.array(product, { minLength: 1, maxLength: 8 }),
      fc.record({ shipping: fc.nat(5000), discount: fc.nat(100), paidByGift: fc.nat(5000) }),
      fc.constantFrom('gross', 'net', 'as-shop'),
      (products, { shipping, discount, paidByGift }, prices) => {
        const money = (cents: number) => decimal(cents).div(100).toFixed(4);
        const lines = sum(products.map((each) => decimal(each.total_inc_tax)));
        const tax = sum(products.map((each) => decimal(each.total_inc_tax).minus(each.total_ex_tax)));
        const charged = lines.plus(money(shipping)).minus(money(discount));
        const order = {
          ...ORDER,
          id: '57',
          customer_id: undefined,
          channel_id: undefined,
          shipping_cost_ex_tax: money(shipping),
          shipping_cost_inc_tax: money(shipping),
          wrapping_cost_ex_tax: '0',
          wrapping_cost_inc_tax: '0',
          fees: [],
          gift_certificate_amount: money(paidByGift),
          total_inc_tax: charged.toFixed(),
        };
        const whole: WholeOrder = { order, products, coupons: [], refunds: [] };
        const picture = orderOf(whole, contextOf({ prices }));
        const sold = sum(picture.lines.map((line) => decimal(line.price).times(line.quantity)));
        const told = sum([sold, ...Object.values(picture.costs).map(decimal)]).minus(money(discount));
        const off = told.plus(prices === 'gross' || tax.eq(0) ? 0 : tax).minus(charged);
        expect(off.abs().lt('0.001')).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test('no line comes back more often than it was sold, whatever the refunds say', () => {
  const refund = fc.record({
    id: fc.integer({ min: 1, max: 99 }).map(String),
    total_amount: fc.constant('1.00'),
    items: fc.array(
      fc.record({
        item_type: fc.constantFrom('PRODUCT', 'SHIPPING'),
        item_id: fc.constantFrom('1', '2', '3'),
        quantity: fc.nat(5),
      }),
    ),
  });
  const line = { name: 'Shirt', sku: 'SHIRT', price: '1.00', giftCard: false };
  const lines = [
    { ...line, id: '1', quantity: 3 },
    { ...line, id: '2', quantity: 1 },
  ];
  fc.assert(
    fc.property(fc.array(refund), (refunds) => {
      const told = returnsOf(refunds, lines);
      const returned = (id: string) =>
        told.flatMap((each) => each.lines).reduce((all, { line, quantity }) => all + (line === id ? quantity : 0), 0);
      const asked = (id: string) =>
        refunds
          .flatMap(({ items }) => items)
          .reduce((all, each) => all + (each.item_type === 'PRODUCT' && each.item_id === id ? each.quantity : 0), 0);
      expect([returned('1'), returned('2'), returned('3')]).toEqual([
        Math.min(asked('1'), 3),
        Math.min(asked('2'), 1),
        0,
      ]);
      expect(told).toHaveLength(refunds.length);
    }),
    { numRuns: 200 },
  );
});
