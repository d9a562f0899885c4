import { describe, expect, test } from 'vitest';
import { UnusableEventError } from '../../../../../lib/commerce/errors.ts';
import type { Delivery, Order } from '../../../../../lib/commerce/event.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { ConfigurationError, UpstreamError } from '../../../../../lib/contract/errors.ts';
import { CommerceEventSchema } from '../../../../../lib/inbox/commerce-event.ts';
import {
  type Body,
  CHECKOUT,
  COMPLETED,
  deliveryOf,
  event,
  fakeAccount,
  INVOICE,
  list,
  PAYMENT,
  read,
  things,
} from './fake-account.ts';

const RENEWED = event('invoice.paid', { object: 'invoice', id: 'in_1', billing_reason: 'subscription_cycle' });
const paid = (id: string) => event('payment_intent.succeeded', { object: 'payment_intent', id });

const orderIn = async (
  has: Record<string, Body>,
  delivery: Delivery = COMPLETED,
  settings: Partial<Shop> = {},
): Promise<Order | undefined> => {
  const [told] = await read(await fakeAccount(has), delivery, settings);
  return told?.type === 'order' ? told.order : undefined;
};
const checkout = (changes: Body = {}, settings: Partial<Shop> = {}) => orderIn(things(changes), COMPLETED, settings);
const renewal = (changes: Body = {}) =>
  orderIn(things({}, { '/v1/invoices/in_1': { ...INVOICE, ...changes } }), RENEWED);

describe('a completed checkout', () => {
  test('is read whole, without the person, and is what a queue may carry', async () => {
    const account = await fakeAccount();
    const [told, ...more] = await read(account);
    expect(more).toEqual([]);
    expect(told).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      shop: 'demo',
      version: { updatedAt: '2026-06-01T11:00:00Z', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      type: 'order',
      order: {
        id: 'cs_1',
        session: 'stripe:demo:cs_1',
        buyer: { customer: 'cus_1' },
        currency: 'EUR',
        lines: [
          { id: 'li_1', sku: 'shirt', name: 'Shirt', quantity: 2, price: '25.00', giftCard: false },
          { id: 'li_2', sku: 'variant:price_2', name: 'Mug', quantity: 1, price: '4.10', giftCard: false },
        ],
        costs: { shipping: '10.00' },
        codes: ['SUMMER-1'],
        facts: { currency: 'EUR', test: false },
        payment: 'paid',
        cancelled: false,
        test: false,
        returns: [],
      },
    });
    expect(JSON.stringify(told)).not.toMatch(/@|ann@|twice/i);
    expect(CommerceEventSchema.parse(told)).toEqual(told);
    expect(account.received.map(({ method, url }) => [method, decodeURIComponent(url)])).toEqual([
      [
        'GET',
        '/v1/checkout/sessions/cs_1?expand[0]=line_items&expand[1]=discounts.promotion_code' +
          '&expand[2]=payment_intent.latest_charge&expand[3]=invoice.payment_intent.latest_charge',
      ],
    ]);
    expect(account.received[0]?.headers).toMatchObject({ 'stripe-version': '2024-06-20' });
  });

  test('joins the cart that the storefront named, in the field that the shop says', async () => {
    const session = async (sessionAttribute?: string, changes: Body = {}) =>
      (await checkout(changes, { sessionAttribute }))?.session;
    expect(await session('promotion_session')).toBe('session-7');
    expect(await session('client_reference_id')).toBe('cart-7');
    expect(await session()).toBe('stripe:demo:cs_1');
    for (const [attribute, changes] of [
      ['other', {}],
      ['promotion_session', { metadata: { promotion_session: '' } }],
      ['promotion_session', { metadata: { promotion_session: 'x'.repeat(1001) } }],
      ['promotion_session', { metadata: null }],
      ['client_reference_id', { client_reference_id: null }],
    ] as const) {
      expect(await session(attribute, changes)).toBe('stripe:demo:cs_1');
    }
  });

  test("is of a guest by the e-mail address's pseudonym, and of nobody without one", async () => {
    const guest = { buyer: { guest: `pseudonym-of-${Buffer.from('ann@example.com').toString('hex')}` } };
    expect(await checkout({ customer: null })).toMatchObject(guest);
    const given = { customer: null, customer_details: null, customer_email: 'ANN@example.com' };
    expect(await checkout(given)).toMatchObject(guest);
    expect(await checkout({ ...given, customer_email: null })).not.toHaveProperty('buyer');
    expect(await checkout({ customer: { id: 'cus_9', email: 'x@example.com' } })).toMatchObject({
      buyer: { customer: 'cus_9' },
    });
  });

  test('is paid when its payment says so, not because it is completed', async () => {
    const payment = async (payment_status: string, changes: Body = {}) =>
      (await checkout({ payment_status, ...changes }))?.payment;
    expect(await payment('paid')).toBe('paid');
    expect(await payment('no_payment_required', { payment_intent: null })).toBe('paid');
    for (const status of ['processing', 'requires_capture', 'requires_payment_method', 'succeeded']) {
      expect(await payment('unpaid', { payment_intent: { ...PAYMENT, status } })).toBe('unpaid');
    }
    expect(await payment('unpaid', { payment_intent: { ...PAYMENT, status: 'canceled' } })).toBe('voided');
  });

  test.each([
    ['is not completed', { status: 'open', payment_status: 'unpaid', payment_intent: null }],
    ['expired', { status: 'expired', payment_status: 'unpaid', payment_intent: null }],
    ['stores a means of payment', { mode: 'setup', currency: null, payment_intent: null }],
  ])('sold nothing when it %s', async (_, changes) => {
    expect(await read(await fakeAccount(things(changes)))).toEqual([]);
  });

  test('of a sandbox is marked', async () => {
    expect(await checkout({ livemode: false })).toMatchObject({ test: true, facts: { test: true } });
  });

  test('has amounts by the digits of its currency', async () => {
    const prices = async (currency: string) => {
      const order = await checkout({ currency });
      return [order?.currency, ...(order?.lines ?? []).map(({ price }) => price), order?.costs.shipping];
    };
    expect(await prices('jpy')).toEqual(['JPY', '2500', '410', '1000']);
    expect(await prices('kwd')).toEqual(['KWD', '2.500', '0.410', '1.000']);
    expect(await prices('isk')).toEqual(['ISK', '25.00', '4.10', '10.00']);
  });

  test('has all of its lines, however many pages they are', async () => {
    const items = Array.from({ length: 235 }, (_, index) => ({ ...CHECKOUT.line_items.data[1], id: `li_${index}` }));
    const pages = (query: URLSearchParams) => {
      const after = items.findIndex(({ id }) => id === query.get('starting_after')) + 1;
      const data = items.slice(after, after + Number(query.get('limit')));
      return { ...list(...data), has_more: after + data.length < items.length };
    };
    const first = { ...list(...items.slice(0, 10)), has_more: true };
    const has = things({ line_items: first }, { '/v1/checkout/sessions/cs_1/line_items': pages });
    expect((await orderIn(has))?.lines.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
  });

  test('has lines at what one piece came to, and none for what was not sold', async () => {
    const [shirt] = CHECKOUT.line_items.data;
    const line_items = list(
      { ...shirt, id: 'li_1', quantity: 3, amount_subtotal: 1000 },
      { ...shirt, id: 'li_2', quantity: null, amount_subtotal: 700, price: null, description: null },
      { ...shirt, id: 'li_3', quantity: 0, amount_subtotal: 0 },
      { ...shirt, id: 'li_4', quantity: 1, amount_subtotal: 0 },
    );
    expect((await checkout({ line_items }))?.lines).toMatchObject([
      { id: 'li_1', quantity: 3, price: '3.3333333333' },
      { id: 'li_2', quantity: 1, price: '7.00', sku: 'line:li_2', name: 'line:li_2' },
      { id: 'li_4', quantity: 1, price: '0.00' },
    ]);
  });

  test("has the buyer's codes, each once; a coupon without a code is none", async () => {
    const code = { promotion_code: { id: 'promo_1', code: ' WELCOME ' } };
    const discounts = [code, code, { coupon: 'co_1', promotion_code: null }, { promotion_code: { code: ' ' } }];
    expect(await checkout({ discounts })).toMatchObject({ codes: ['WELCOME'] });
    expect(await checkout({ discounts: null, shipping_cost: null })).toMatchObject({ codes: [], costs: {} });
  });
});

describe('what was given back', () => {
  const refund = (id: string, amount: number, status = 'succeeded') => ({ id, amount, status });
  const latest_charge = { amount_refunded: 1500, disputed: false };

  test('are the refunds that arrived, without lines', async () => {
    const refunds = (query: URLSearchParams) =>
      query.get('payment_intent') === 'pi_1'
        ? list(refund('re_1', 1000), refund('re_2', 500, 'pending'), refund('pyr_3', 500), refund('re_4', 1, 'failed'))
        : undefined;
    const payment_intent = { ...PAYMENT, latest_charge };
    const order = await orderIn(things({ payment_intent }, { '/v1/refunds': refunds }));
    expect(order).toMatchObject({
      payment: 'paid',
      returns: [
        { id: 're_1', amount: '10.00', lines: [] },
        { id: 'pyr_3', amount: '5.00', lines: [] },
      ],
    });
    expect(order?.returns).toHaveLength(2);
  });

  test('are disputes that were lost', async () => {
    const disputed = { ...PAYMENT, latest_charge: { amount_refunded: 0, disputed: true } };
    const disputes = list({ id: 'du_1', amount: 5910, status: 'lost' }, { id: 'dp_2', amount: 1, status: 'won' });
    const order = await orderIn(things({ payment_intent: disputed }, { '/v1/disputes': disputes }));
    expect(order?.returns).toEqual([{ id: 'du_1', amount: '59.10', lines: [], dispute: true }]);
  });

  test("of a subscription's first payment is found at its first invoice", async () => {
    const invoice = { payment_intent: { ...PAYMENT, latest_charge } };
    const has = things(
      { mode: 'subscription', payment_intent: null, invoice },
      { '/v1/refunds': list(refund('re_1', 1500)) },
    );
    expect(await orderIn(has)).toMatchObject({ returns: [{ id: 're_1', amount: '15.00' }] });
  });

  test('is asked for only where there is something', async () => {
    const account = await fakeAccount();
    await read(account);
    expect(account.received).toHaveLength(1);
  });
});

describe('a renewal', () => {
  test('is an order of its own, with a session of its own', async () => {
    expect(await renewal()).toEqual({
      id: 'in_1',
      session: 'stripe:demo:invoice:in_1',
      buyer: { customer: 'cus_1' },
      currency: 'EUR',
      lines: [{ id: 'il_1', sku: 'plan', name: 'Plan', quantity: 1, price: '9.99', giftCard: false }],
      costs: {},
      codes: [],
      facts: { orderNumber: 'A-0002', currency: 'EUR', test: false, renewal: true },
      payment: 'paid',
      cancelled: false,
      test: false,
      returns: [],
    });
  });

  test.each([
    ['open', 'unpaid'],
    ['uncollectible', 'unpaid'],
    ['void', 'voided'],
    ['paid', 'paid'],
  ])('that is %s is %s', async (status, payment) => {
    expect(await renewal({ status })).toMatchObject({ payment });
  });

  test('that may still change says nothing, nor does an invoice that is none', async () => {
    expect(await renewal({ status: 'draft' })).toBeUndefined();
    expect(await renewal({ billing_reason: 'manual' })).toBeUndefined();
  });

  test('has credit for unused time in no line', async () => {
    const [plan] = INVOICE.lines.data;
    const lines = list(plan, { ...plan, id: 'il_2', amount: -500 }, { ...plan, id: 'il_3', quantity: 0, amount: 120 });
    expect((await renewal({ lines }))?.lines).toMatchObject([
      { id: 'il_1', price: '9.99' },
      { id: 'il_3', quantity: 1, price: '1.20' },
    ]);
  });
});

describe('a payment', () => {
  test("tells of its checkout's order", async () => {
    expect(await orderIn(things(), paid('pi_1'))).toEqual(await checkout());
  });

  test("tells of its renewal's order", async () => {
    expect(await orderIn(things(), paid('pi_2'))).toEqual(await renewal());
  });

  test('tells of the checkout of the subscription that its invoice is the first of', async () => {
    const first = { ...INVOICE, billing_reason: 'subscription_create' };
    expect(await orderIn(things({}, { '/v1/invoices/in_1': first }), paid('pi_2'))).toMatchObject({ id: 'cs_1' });
    const alone = { ...first, subscription: 'sub_2' };
    expect(await orderIn(things({}, { '/v1/invoices/in_1': alone }), paid('pi_2'))).toBeUndefined();
  });

  test('that belongs to neither says nothing: what was bought is not known', async () => {
    expect(await read(await fakeAccount(), paid('pi_3'))).toEqual([]);
  });
});

describe('a customer that a thin event names', () => {
  const thin = deliveryOf({
    object: 'v2.core.event',
    created: '2026-06-01T11:00:00Z',
    livemode: true,
    related_object: { id: 'cus_1', type: 'customer' },
  });

  test('is read', async () => {
    expect(await read(await fakeAccount(), thin)).toMatchObject([
      {
        type: 'customer',
        version: { updatedAt: '2026-06-01T11:00:00Z' },
        customer: { id: 'cus_1', facts: { country: 'DE' } },
      },
    ]);
  });

  test('says nothing when it was deleted', async () => {
    const gone = { '/v1/customers/cus_1': { id: 'cus_1', object: 'customer', deleted: true } };
    expect(await read(await fakeAccount(gone), thin)).toEqual([]);
  });
});

describe('reading', () => {
  test('what is gone puts the event aside', async () => {
    for (const delivery of [COMPLETED, RENEWED]) {
      await expect(read(await fakeAccount({}), delivery)).rejects.toThrow(UnusableEventError);
    }
  });

  test('an answer that is not as documented is never read as an order', async () => {
    for (const answer of [
      { id: 'cs_1' },
      { ...CHECKOUT, object: 'invoice' },
      { ...CHECKOUT, payment_status: 'maybe' },
    ]) {
      const account = await fakeAccount({ '/v1/checkout/sessions/cs_1': answer });
      await expect(read(account)).rejects.toThrow(UpstreamError);
    }
  });

  test('needs to be told where', async () => {
    await expect(read(await fakeAccount(), COMPLETED, { api: undefined })).rejects.toThrow(ConfigurationError);
  });
});
