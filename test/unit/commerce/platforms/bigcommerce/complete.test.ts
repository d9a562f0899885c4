import { describe, expect, test } from 'vitest';
import { UnusableEventError } from '../../../../../lib/commerce/errors.ts';
import type { Cart, CommerceEvent, Order } from '../../../../../lib/commerce/event.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { ConfigurationError, UpstreamError } from '../../../../../lib/contract/errors.ts';
import { CommerceEventSchema } from '../../../../../lib/inbox/commerce-event.ts';
import { type Body, CART, CART_ID, fakeStore, hook, ORDER, PRODUCTS, read, things } from './fake-store.ts';

const ORDER_HOOK = hook('store/order/updated', { type: 'order', id: 57 });
const CART_HOOK = hook('store/cart/updated', { type: 'cart', id: CART_ID });
const CUSTOMER_HOOK = hook('store/customer/updated', { type: 'customer', id: 7 });
const REFUNDS = '/v3/orders/57/payment_actions/refunds';
const SESSION = `bigcommerce:demo:${CART_ID}`;

const orderIn = async (has: Record<string, Body>, settings: Partial<Shop> = {}): Promise<Order | undefined> => {
  const [event] = await read(await fakeStore(has), ORDER_HOOK, settings);
  return event?.type === 'order' ? event.order : undefined;
};
const cartIn = async (changes: Body): Promise<Cart | undefined> => {
  const cart = { data: { ...CART.data, ...changes } };
  const [event] = await read(await fakeStore(things({}, { [`/v3/carts/${CART_ID}`]: cart })), CART_HOOK);
  return event?.type === 'cart' ? event.cart : undefined;
};

describe('an order', () => {
  test('is read whole, without the person, and is what a queue may carry', async () => {
    const store = await fakeStore();
    const [event, ...more] = await read(store);
    expect(more).toEqual([]);
    expect(event).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      shop: 'demo',
      version: { updatedAt: '2026-06-01T11:00:00Z', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      type: 'order',
      order: {
        id: '57',
        session: SESSION,
        buyer: { customer: '7' },
        currency: 'EUR',
        lines: [
          { id: '1', sku: 'SHIRT', name: 'Shirt', quantity: 2, price: '25.0000', giftCard: false },
          { id: '2', sku: 'variant:81', name: 'Mug', quantity: 1, price: '3.3900', giftCard: false },
        ],
        costs: { shipping: '10', wrapping: '1' },
        codes: ['SUMMER-1'],
        facts: { orderNumber: '57', channel: '1', currency: 'EUR', test: false },
        payment: 'paid',
        cancelled: false,
        test: false,
        returns: [],
      },
    });
    expect(JSON.stringify(event)).not.toMatch(/@|ann@|twice/i);
    expect(CommerceEventSchema.parse(event)).toEqual(event);
    expect(store.received.map(({ url }) => url.split('?')[0]).toSorted()).toEqual([
      '/stores/abc123/v2/orders/57',
      '/stores/abc123/v2/orders/57/coupons',
      '/stores/abc123/v2/orders/57/products',
      '/stores/abc123/v3/orders/57/payment_actions/refunds',
    ]);
  });

  test('has the session of its cart, and its own where there was none', async () => {
    const store = await fakeStore();
    const converted = hook('store/cart/converted', { type: 'cart', id: CART_ID, orderId: 57 });
    expect(await read(store, converted)).toMatchObject([{ order: { session: SESSION } }]);
    expect(await read(store, CART_HOOK)).toMatchObject([{ cart: { session: SESSION } }]);
    for (const cart_id of [null, '', undefined]) {
      expect(await orderIn(things({ cart_id }))).toMatchObject({ session: 'bigcommerce:demo:order:57' });
    }
  });

  test("is of a guest by the e-mail address's pseudonym, and of nobody without one", async () => {
    const guest = await orderIn(things({ customer_id: 0 }));
    expect(guest?.buyer).toEqual({ guest: `pseudonym-of-${Buffer.from('ann@example.com').toString('hex')}` });
    expect(await orderIn(things({ customer_id: 0, billing_address: { email: '' } }))).not.toHaveProperty('buyer');
  });

  test('is in the currency that is paid in, not in the one that was shown', async () => {
    expect(await orderIn(things({ currency_code: 'USD', default_currency_code: 'JPY' }))).toMatchObject({
      currency: 'JPY',
    });
  });

  test('takes prices with tax or without, as the shop says, else as the store enters them', async () => {
    const gross = ['30.2500', '4.1000', { shipping: '12.1', wrapping: '1.21' }];
    const net = ['25.0000', '3.3900', { shipping: '10', wrapping: '1' }];
    const enteredGross = PRODUCTS.map((each) => ({ ...each, base_price: each.price_inc_tax }));
    const amounts = async (prices: Shop['prices'], products = PRODUCTS) => {
      const order = await orderIn(things({}, { '/v2/orders/57/products': products }), { prices });
      return [...(order?.lines ?? []).map(({ price }) => price), order?.costs];
    };
    expect(await amounts('gross')).toEqual(gross);
    expect(await amounts('net')).toEqual(net);
    expect(await amounts('as-shop')).toEqual(net);
    expect(await amounts('as-shop', enteredGross)).toEqual(gross);
    expect(await amounts('net', enteredGross)).toEqual(net);
  });

  test('has handling and fees among its costs', async () => {
    const fees = [
      { id: 1, cost_ex_tax: '1.1000', cost_inc_tax: '1.3310' },
      { id: 2, cost_ex_tax: '0.2000', cost_inc_tax: '0.2420' },
    ];
    const order = await orderIn(things({ fees, handling_cost_ex_tax: '0.7000' }));
    expect(order?.costs).toEqual({ shipping: '10', handling: '0.7', wrapping: '1', fees: '1.3' });
  });

  test('has bundles once: a part counts only where it has a price of its own', async () => {
    const [shirt, mug] = PRODUCTS;
    const free = { ...mug, id: 3, parent_order_product_id: 1, total_ex_tax: '0', total_inc_tax: '0.0000' };
    const paid = { ...mug, id: 4, parent_order_product_id: 1 };
    const order = await orderIn(things({}, { '/v2/orders/57/products': [shirt, free, paid] }));
    expect(order?.lines.map(({ id }) => id)).toEqual(['1', '4']);
  });

  test('marks a bought gift certificate', async () => {
    const bought = { ...PRODUCTS[0], type: 'giftcertificate', product_id: 0, variant_id: null, sku: '' };
    const order = await orderIn(things({}, { '/v2/orders/57/products': [bought] }));
    expect(order?.lines).toMatchObject([{ sku: 'line:1', giftCard: true }]);
  });

  test('has all of its lines, however many pages they are', async () => {
    const many = Array.from({ length: 601 }, (_, index) => ({ ...PRODUCTS[0], id: index + 1 }));
    const order = await orderIn(things({}, { '/v2/orders/57/products': many }));
    expect(order?.lines.map(({ id }) => id)).toEqual(many.map(({ id }) => String(id)));
    expect((await orderIn(things({}, { '/v2/orders/57/products': many.slice(0, 250) })))?.lines).toHaveLength(250);
  });

  test('has its codes once, and never an empty one', async () => {
    const coupons = [{ code: ' SUMMER-1 ' }, { code: 'SUMMER-1' }, { code: '' }, { code: null }, { code: 'WELCOME' }];
    const order = await orderIn(things({}, { '/v2/orders/57/coupons': coupons }));
    expect(order?.codes).toEqual(['SUMMER-1', 'WELCOME']);
    expect((await orderIn(things({}, { '/v2/orders/57/coupons': [] })))?.codes).toEqual([]);
  });

  test('that was made to try the store out is marked', async () => {
    expect(await orderIn(things({ payment_method: 'Test Payment Gateway' }))).toMatchObject({
      test: true,
      facts: { test: true },
    });
  });

  test('ids keep the digits that JSON.parse loses', async () => {
    const has = things({ customer_id: '820982911946154508' });
    expect(await orderIn(has)).toMatchObject({ buyer: { customer: '820982911946154508' } });
  });
});

describe('what a status says', () => {
  const told = async (status_id: number, changes: Body = {}) => {
    const order = await orderIn(things({ status_id, payment_status: '', ...changes }));
    return order && (order.cancelled ? 'cancelled' : order.payment);
  };

  test.each([
    [0, undefined],
    [1, 'unpaid'],
    [2, 'paid'],
    [3, 'paid'],
    [4, 'paid'],
    [5, 'cancelled'],
    [6, 'voided'],
    [7, 'unpaid'],
    [8, 'paid'],
    [9, 'paid'],
    [10, 'paid'],
    [11, 'paid'],
    [12, 'unpaid'],
    [13, 'paid'],
    [14, 'paid'],
    [99, 'unpaid'],
  ])('%i: %s', async (status, expected) => {
    expect(await told(status)).toBe(expected);
  });

  test('money that is only authorized is not paid, until the order is completed', async () => {
    for (const payment_status of [
      'authorized',
      'Authorized',
      'capture pending',
      'held for review',
      'declined',
      'void',
    ]) {
      expect(await told(11, { payment_status })).toBe('unpaid');
      expect(await told(10, { payment_status })).toBe('paid');
    }
  });

  test('money that was taken is paid, whatever else the order waits for', async () => {
    for (const payment_status of ['captured', 'paid', 'refunded', 'partially refunded']) {
      for (const status of [1, 7, 12]) expect(await told(status, { payment_status })).toBe('paid');
      expect(await told(5, { payment_status })).toBe('cancelled');
      expect(await told(6, { payment_status })).toBe('voided');
    }
  });

  test('an order of nothing is paid, unless it is not placed, cancelled or declined', async () => {
    const free = { total_inc_tax: '0.0000' };
    expect(await Promise.all([1, 7, 11].map((status) => told(status, free)))).toEqual(['paid', 'paid', 'paid']);
    expect(await Promise.all([0, 5, 6].map((status) => told(status, free)))).toEqual([
      undefined,
      'cancelled',
      'voided',
    ]);
  });

  test('an order that is not placed is told to no shop, and nothing else of it is read', async () => {
    const store = await fakeStore(things({ status_id: 0 }));
    for (const closeOn of ['paid', 'created'] as const) {
      expect(await read(store, ORDER_HOOK, { closeOn })).toEqual([]);
    }
    expect(store.received).toHaveLength(2);
  });
});

describe('a refund', () => {
  const returns = async (...refunds: Body[]) => (await orderIn(things({}, { [REFUNDS]: { data: refunds } })))?.returns;
  const refund = (changes: Body = {}) => ({
    id: 9,
    total_amount: 30.25,
    items: [{ item_type: 'PRODUCT', item_id: 1, quantity: 1, requested_amount: 30.25 }],
    payments: [{ provider_id: 'x', amount: 30.25, is_declined: false }],
    ...changes,
  });

  test('returns its lines', async () => {
    expect(await returns(refund())).toEqual([
      { id: '9', amount: '30.25', lines: [{ line: '1', sku: 'SHIRT', quantity: 1 }] },
    ]);
  });

  test('of money alone returns no line', async () => {
    const items = [
      { item_type: 'ORDER', item_id: 57, requested_amount: 5 },
      { item_type: 'SHIPPING', item_id: 1, quantity: 1, requested_amount: 3 },
      { item_type: 'HANDLING', item_id: 0 },
    ];
    expect(await returns(refund({ items }), refund({ id: 10, items: null }))).toMatchObject([
      { id: '9', lines: [] },
      { id: '10', lines: [] },
    ]);
  });

  test('counts as far as its payments were not declined', async () => {
    const declined = { amount: 30.25, is_declined: true };
    expect(await returns(refund({ payments: [declined] }))).toEqual([]);
    expect(await returns(refund({ payments: [declined, { amount: 0.1 }, { amount: 0.2 }] }))).toMatchObject([
      { amount: '0.3' },
    ]);
    expect(await returns(refund({ payments: [] }))).toMatchObject([{ amount: '30.25' }]);
  });
});

describe('a cart', () => {
  test('is read whole: prices before discounts, gift certificates and custom items too', async () => {
    const [event] = await read(await fakeStore(), CART_HOOK);
    expect(event).toMatchObject({ type: 'cart', version: { updatedAt: '2026-06-01T10:00:00Z' } });
    expect((event as Extract<CommerceEvent, { type: 'cart' }>).cart).toEqual({
      session: SESSION,
      buyer: { customer: '7' },
      currency: 'EUR',
      lines: [
        { id: 'l1', sku: 'SHIRT', name: 'Shirt', quantity: 2, price: '25', giftCard: false },
        { id: 'c1', sku: 'line:c1', name: 'Engraving', quantity: 1, price: '2.5000', giftCard: false },
        { id: 'g1', sku: 'line:g1', name: 'A gift', quantity: 1, price: '20', giftCard: true },
      ],
      costs: {},
      codes: ['SUMMER-1'],
      facts: { channel: '1', currency: 'EUR' },
    });
    expect(JSON.stringify(event)).not.toContain('@');
    expect(CommerceEventSchema.parse(event)).toEqual(event);
  });

  test('of nobody yet has no buyer, and its parts of bundles are no lines', async () => {
    const [item] = CART.data.line_items.physical_items;
    const line_items = {
      physical_items: [item, { ...item, id: 'l2', parent_id: 'l1', list_price: 0 }, { ...item, id: 'l3', quantity: 0 }],
    };
    const cart = await cartIn({ customer_id: 0, email: '', line_items });
    expect(cart).not.toHaveProperty('buyer');
    expect(cart?.lines.map(({ id }) => id)).toEqual(['l1']);
  });

  test('that is gone says nothing: it became an order, or nothing', async () => {
    expect(await read(await fakeStore({}), CART_HOOK)).toEqual([]);
  });
});

describe('a customer', () => {
  test('is an id and the time of the change', async () => {
    expect(await read(await fakeStore(), CUSTOMER_HOOK)).toMatchObject([
      { type: 'customer', version: { updatedAt: '2026-06-01T09:00:00Z' }, customer: { id: '7', facts: {} } },
    ]);
  });

  test('that is gone, or is another, is put aside', async () => {
    for (const data of [[], [{ id: 8, date_modified: '2026-06-01T09:00:00Z' }]]) {
      const store = await fakeStore(things({}, { '/v3/customers': { data } }));
      await expect(read(store, CUSTOMER_HOOK)).rejects.toThrow(UnusableEventError);
    }
  });
});

describe('reading', () => {
  test('an order that is gone puts the event aside', async () => {
    await expect(read(await fakeStore({}))).rejects.toThrow(UnusableEventError);
  });

  test('waits while the store cannot be read, in whichever of its parts', async () => {
    for (const part of ['/v2/orders/57', '/v2/orders/57/products', REFUNDS]) {
      const broken = await fakeStore(things({}, { [part]: { title: 'an answer of another kind' } }));
      await expect(read(broken)).rejects.toThrow(UpstreamError);
    }
    const store = await fakeStore();
    const wrong = { api: { url: `${store.url}/elsewhere`, secret: 'TOKEN' } };
    await expect(read(store, ORDER_HOOK, wrong)).rejects.toMatchObject({ onQueue: 'retry', upstream: { status: 401 } });
  });

  test('needs to be told where', async () => {
    await expect(read(await fakeStore(), ORDER_HOOK, { api: undefined })).rejects.toThrow(ConfigurationError);
  });

  test('the same order twice gives the same picture, a changed one another', async () => {
    const digest = async (changes: Body) => (await read(await fakeStore(things(changes))))[0]?.version.digest;
    expect(await digest({})).toBe(await digest({ customer_message: 'changed' }));
    expect(await digest({})).not.toBe(await digest({ status_id: 5 }));
  });

  test('a time that there is not is refused', async () => {
    for (const date_modified of ['', '2026-06-01', 'Mon, 99 Jun 2026 11:00:00 +0000', ORDER.date_modified.slice(1)]) {
      await expect(read(await fakeStore(things({ date_modified })))).rejects.toThrow(UpstreamError);
    }
  });
});
