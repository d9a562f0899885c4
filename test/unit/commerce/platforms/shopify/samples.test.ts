import { describe, expect, test } from 'vitest';
import type { Cart, CommerceEvent, Order } from '../../../../../lib/commerce/event.ts';
import { shopify } from '../../../../../lib/commerce/platforms/shopify/shopify.ts';
import { decimal, sum } from '../../../../../lib/contract/decimal.ts';
import { InvalidRequestError } from '../../../../../lib/contract/errors.ts';
import {
  type Body,
  contextOf,
  delivery,
  exact,
  FOLLOWED,
  PRIVACY,
  QUIET,
  sample,
  topicsOf,
  VERSIONS,
} from './samples.ts';

const interpret = (topic: string, body: Body | string): CommerceEvent[] =>
  shopify.interpret(delivery(topic, body), contextOf({ shopId: '548380009' }));

const total = ({ lines }: Cart) => sum(lines.map(({ price, quantity }) => decimal(price).times(quantity))).toFixed(2);
const costs = ({ costs }: Cart) => sum(Object.values(costs).map(decimal)).toFixed(2);
const last = (globalId: string) => globalId.split('/').at(-1);

describe.each(VERSIONS)('API %s', (version) => {
  test.each(FOLLOWED.order)('%s is the whole order, to the cent and the last digit', (topic) => {
    const body = sample(topic, version);
    const [event, ...more] = interpret(topic, body) as Extract<CommerceEvent, { type: 'order' }>[];
    expect(more).toEqual([]);
    const order = event?.order as Order;
    expect(event).toMatchObject({ type: 'order', shop: 'demo', version: { updatedAt: '2022-01-01T00:00:00Z' } });
    expect(order).toMatchObject({
      id: '820982911946154508',
      session: 'shopify:demo:order:820982911946154508',
      buyer: { customer: '115310627314723954' },
      currency: body.currency,
      codes: [],
      payment: 'voided',
      cancelled: true,
      test: true,
      returns: [],
      facts: { orderNumber: '#9999', channel: 'web', currency: 'USD', test: true },
    });
    expect(order.lines).toEqual(
      body.line_items.map((line: Body) => ({
        id: last(line.admin_graphql_api_id),
        sku: line.sku,
        name: line.name,
        quantity: line.quantity,
        price: line.price,
        giftCard: false,
      })),
    );
    expect(total(order)).toBe(body.total_line_items_price);
    expect(costs(order)).toBe(body.total_shipping_price_set.shop_money.amount);
    // What the shop charged (B36): tax comes on top of these prices, and there is none.
    const charged = decimal(total(order)).plus(costs(order)).minus(body.total_discounts).plus(body.total_tax);
    expect(charged.toFixed(2)).toBe(body.total_price);
    expect(JSON.stringify(event)).not.toContain('@');
  });

  test.each(FOLLOWED.checkout)('%s is the whole cart', (topic) => {
    const body = sample(topic, version);
    const [event] = interpret(topic, body) as Extract<CommerceEvent, { type: 'cart' }>[];
    expect(event).toMatchObject({
      type: 'cart',
      version: { updatedAt: '2022-01-01T00:00:00Z' },
      cart: {
        session: 'shopify:demo:123123123',
        buyer: { customer: '603851970716743426' },
        currency: 'USD',
        costs: {},
        codes: [],
        facts: { channel: 'web', currency: 'USD' },
      },
    });
    expect(event?.cart.lines.map(({ sku, price, quantity }) => [sku, price, quantity])).toEqual(
      body.line_items.map((line: Body) => [line.sku, line.price, line.quantity]),
    );
    expect(event && total(event.cart)).toBe(body.total_line_items_price);
    expect(JSON.stringify(event)).not.toContain('@');
  });

  test.each(FOLLOWED.customer)('%s is the customer without the person', (topic) => {
    const body = sample(topic, version);
    const [event] = interpret(topic, body) as Extract<CommerceEvent, { type: 'customer' }>[];
    expect(event?.customer.id).toBe('706405506930370084');
    expect(event?.customer.facts).toEqual({
      state: 'disabled',
      ...(body.default_address && { country: 'CA' }),
      ...(body.tags !== undefined && { tags: [] }),
      ...((body.email_marketing_consent?.state || body.accepts_marketing !== undefined) && { acceptsMarketing: false }),
    });
    const told = JSON.stringify(event);
    for (const personal of ['Bob', 'Biller', 'biller.com', 'ice cream', 'Connor', 'K2P', '555-555']) {
      expect(told).not.toContain(personal);
    }
  });

  test.each(FOLLOWED.refund)('%s names its order and waits for it', (topic) => {
    expect(interpret(topic, sample(topic, version))).toMatchObject([
      { type: 'thin', resource: 'order/820982911946154508', version: { updatedAt: '2022-01-01T00:00:00Z' } },
    ]);
  });

  test('every topic that is not followed says nothing', () => {
    const followed = new Set([...Object.values(FOLLOWED).flat(), ...PRIVACY]);
    const others = topicsOf(version).filter((topic) => !followed.has(topic));
    expect(others.length).toBeGreaterThan(100);
    for (const topic of others) expect(interpret(topic, sample(topic, version))).toEqual([]);
  });

  test('under a followed topic, every body is read as what it is or refused', () => {
    for (const topic of topicsOf(version)) {
      for (const claimed of ['orders/paid', 'customers/update']) {
        const body = sample(topic, version);
        let read: Body | undefined;
        try {
          [read] = interpret(claimed, body);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRequestError);
          continue;
        }
        if (read === undefined) {
          expect(QUIET).toContain(topic);
          continue;
        }
        switch (read.type) {
          case 'order':
            expect(topic).toMatch(/^orders\//);
            expect(read.order.id).toBe(last(body.admin_graphql_api_id));
            break;
          case 'cart':
            expect(topic).toMatch(/^checkouts\//);
            break;
          case 'customer':
            expect(topic).toMatch(/^customers\//);
            expect(read.customer.id).toBe(last(body.admin_graphql_api_id));
            break;
          default:
            expect(topic === 'refunds/create' || Object.keys(body).join() === 'id').toBe(true);
        }
      }
    }
  });
});

test('global ids have the digits, also where a sender rounded the numbers', () => {
  const body = sample('orders/create');
  expect(interpret('orders/create', JSON.stringify(body))).toMatchObject([
    { order: { id: '820982911946154508', lines: [{ id: '487817672276298554' }, {}, {}, {}, {}] } },
  ]);
});

test('ids keep the digits that JSON.parse loses', () => {
  const text = exact(sample('orders/create'));
  expect(text).toContain('"id":820982911946154508,');
  const body = sample('orders/create');
  delete body.customer.admin_graphql_api_id;
  delete body.line_items[0].admin_graphql_api_id;
  const written = exact(body)
    .replace(/115310627314723\d+/g, '115310627314723954')
    .replace(/487817672276298\d+/g, '487817672276298554');
  expect(interpret('orders/create', written)).toMatchObject([
    { order: { buyer: { customer: '115310627314723954' }, lines: [{ id: '487817672276298554' }, {}, {}, {}, {}] } },
  ]);
});
