import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnusableEventError } from '../../../../../lib/commerce/errors.ts';
import type { CommerceEvent, Order } from '../../../../../lib/commerce/event.ts';
import { readCreditMemos, returnsOf } from '../../../../../lib/commerce/platforms/adobe-commerce/credit-memos.ts';
import { linesOf, readOrder } from '../../../../../lib/commerce/platforms/adobe-commerce/order.ts';
import { pricingOf } from '../../../../../lib/commerce/platforms/adobe-commerce/pricing.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { decimal } from '../../../../../lib/contract/decimal.ts';
import { InvalidRequestError, UpstreamError } from '../../../../../lib/contract/errors.ts';
import { json, testServer } from '../../../../support/http-server.ts';
import { type Body, contextOf, item, order, platform, shopOf } from './samples.ts';

const thin = (resource: string): Extract<CommerceEvent, { type: 'thin' }> => ({
  id: 'delivery-1',
  shop: 'demo',
  type: 'thin',
  version: { updatedAt: '2026-01-01T00:00:00Z', digest: 'delivery-1' },
  resource,
});

const memo = (entity_id: number, qty: unknown, changes: object = {}): Body => ({
  entity_id,
  order_id: 100,
  state: 2,
  grand_total: 10.08,
  base_grand_total: 9,
  items: [
    { order_item_id: 11, sku: 'SHIRT-L', qty },
    { order_item_id: 12, sku: 'SHIRT-L', qty },
  ],
  customer_note: 'sorry, Jon',
  ...changes,
});

/** The API of a shop with one order and one customer. */
const complete = async (resource: string, answers: { order?: Body; memos?: Body; customer?: Body }, settings = {}) => {
  const server = await testServer((response, { url, headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://shop');
    const memos = searchParams.get('searchCriteria[filter_groups][0][filters][0][value]') === '100';
    if (headers.authorization !== 'Bearer integration') json(response, 401, { message: 'no' });
    else if (pathname === '/store/rest/V1/orders/100' && answers.order) json(response, 200, answers.order);
    else if (pathname === '/store/rest/V1/customers/7' && answers.customer) json(response, 200, answers.customer);
    else if (pathname === '/store/rest/V1/creditmemos' && memos) json(response, 200, answers.memos);
    else json(response, 404, { message: 'no such entity' });
  });
  const context = contextOf({ api: { url: `${server.url}/store`, secret: 'API' }, ...settings });
  const events = await platform.complete?.(thin(resource), { ...context, fetch, apiSecret: 'integration' });
  return { events: events ?? [], received: server.received };
};

const orderOf = async (answers: { order: Body; memos?: Body }, settings: Partial<Shop> = {}): Promise<Order> => {
  const [event] = (await complete('order/100', answers, settings)).events;
  if (event?.type !== 'order') throw new Error(`an order became ${event?.type}`);
  return event.order;
};

describe('a thin event', () => {
  test('becomes the order as it is now, without what the API leaves out as it is null', async () => {
    const { total_paid, total_refunded, coupon_code, ...answer } = order({ state: 'complete' });
    const { events, received } = await complete('order/100', { order: answer });
    expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /store/rest/V1/orders/100']);
    expect(events).toMatchObject([
      {
        id: 'delivery-1',
        type: 'order',
        version: { updatedAt: '2026-01-01T12:01:00Z' },
        order: { id: '100', payment: 'paid', codes: [], returns: [], lines: [{ id: '11', quantity: 2 }] },
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/jon|hash-of-it/i);
  });

  test('becomes the customer', async () => {
    const customer = { id: 7, updated_at: '2026-01-01 12:00:00', email: 'jon@example.com' };
    const { events } = await complete('customer/7', { customer });
    expect(events).toMatchObject([{ type: 'customer', customer: { id: '7', facts: {} } }]);
  });

  test('of what is gone says so; of anything else it says nothing', async () => {
    await expect(complete('order/100', {})).rejects.toThrow(UnusableEventError);
    expect((await complete('quote/1', {})).events).toEqual([]);
  });

  test('of an answer that is none of an order is put aside', async () => {
    await expect(complete('order/100', { order: { entity_id: 'x' } })).rejects.toThrow(UpstreamError);
  });
});

describe('the amounts that count', () => {
  const foreign = { order_currency_code: 'EUR', state: 'processing', total_paid: 25.16, base_total_paid: 20 };

  test('are the store’s own, where the buyer saw another currency', async () => {
    expect(await orderOf({ order: order({ ...foreign, items: [item('1')] }) })).toMatchObject({
      currency: 'USD',
      lines: [{ price: '9' }],
      costs: { shipping: '4.5' },
      payment: 'unpaid',
    });
    expect(await orderOf({ order: order({ ...foreign, base_total_paid: '22.5000' }) })).toMatchObject({
      payment: 'paid',
    });
  });

  test('are the buyer’s, where those are the shop’s, and where neither are', async () => {
    const body = order({ ...foreign, items: [item('1')] });
    expect(await orderOf({ order: body }, { currency: 'EUR' })).toMatchObject({
      currency: 'EUR',
      lines: [{ price: '10' }],
    });
    expect(await orderOf({ order: body }, { currency: 'GBP' })).toMatchObject({ currency: 'EUR' });
  });

  test('have their tax in them, where the shop says so', async () => {
    const gross = { prices: 'gross' } as const;
    const body = order({ items: [item('1')] });
    expect(await orderOf({ order: body }, gross)).toMatchObject({
      lines: [{ price: '11.9' }],
      costs: { shipping: '5.95' },
    });
    expect(await orderOf({ order: { ...body, ...foreign } }, gross)).toMatchObject({
      lines: [{ price: '10.71' }],
      costs: { shipping: '5.36' },
    });
    const without = order({ items: [item('1', { price_incl_tax: null })] });
    await expect(orderOf({ order: without }, gross)).rejects.toThrow(InvalidRequestError);
  });
});

describe('credit memos', () => {
  const refunded = order({ state: 'complete', total_refunded: 10.08 });
  const found = (...items: Body[]) => ({ items, total_count: items.length });

  test('are read where money was given back, and become returns of what was sold', async () => {
    const { returns } = await orderOf({
      order: refunded,
      memos: found(memo(6, 1), memo(5, 0, { grand_total: '3.0000' })),
    });
    expect(returns).toEqual([
      { id: '5', amount: '3', lines: [] },
      { id: '6', amount: '10.08', lines: [{ line: '11', sku: 'SHIRT-L', quantity: 1 }] },
    ]);
    expect(await orderOf({ order: order({ state: 'closed' }), memos: found(memo(5, 2)) })).toMatchObject({
      payment: 'paid',
      cancelled: false,
      returns: [{ lines: [{ quantity: 2 }] }],
    });
  });

  test('that were not paid back, or came to nothing, are none', async () => {
    const memos = found(memo(5, 1, { state: 1 }), memo(6, 1, { state: '3' }), memo(7, 0, { grand_total: 0 }));
    expect((await orderOf({ order: refunded, memos })).returns).toEqual([]);
    expect((await orderOf({ order: refunded, memos: { items: null, total_count: 0 } })).returns).toEqual([]);
  });

  test('amount in the currency that counts', async () => {
    const body = { ...refunded, order_currency_code: 'EUR' };
    expect((await orderOf({ order: body, memos: found(memo(5, 1)) })).returns).toMatchObject([{ amount: '9' }]);
  });

  test('of a piece of cloth give back all of it or money alone', async () => {
    const body = { ...refunded, items: [item('11', { qty_ordered: 1.5 })] };
    const memos = found(memo(5, 1), memo(6, '1.5000'));
    expect((await orderOf({ order: body, memos })).returns.map(({ lines }) => lines.length)).toEqual([0, 1]);
  });

  test('that are more than one answer are for a person', async () => {
    const memos = { items: [], total_count: 101 };
    await expect(orderOf({ order: refunded, memos })).rejects.toThrow(UnusableEventError);
  });

  test('never return more than was sold, and never less than they say of what is left', () => {
    const body = readOrder(refunded);
    const pricing = pricingOf(body, shopOf());
    const quantity = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('0.5000', '1.0000', null));
    fc.assert(
      fc.property(fc.array(quantity), (quantities) => {
        const { items } = readCreditMemos(found(...quantities.map((qty, index) => memo(index + 1, qty))));
        const returned = returnsOf(items ?? [], linesOf(body, pricing), pricing)
          .flatMap(({ lines }) => lines)
          .reduce((total, line) => total + line.quantity, 0);
        const said = quantities.reduce(
          (total: number, qty) =>
            total +
            decimal(qty ?? 0)
              .round(0, 0)
              .toNumber(),
          0,
        );
        expect(returned).toBe(Math.min(2, said));
      }),
    );
  });
});
