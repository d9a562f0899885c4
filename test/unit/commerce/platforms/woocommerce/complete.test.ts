import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnusableEventError } from '../../../../../lib/commerce/errors.ts';
import type { CommerceEvent, Order } from '../../../../../lib/commerce/event.ts';
import { woocommerce } from '../../../../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { decimal } from '../../../../../lib/contract/decimal.ts';
import { ConfigurationError, UnauthorizedError, UpstreamError } from '../../../../../lib/contract/errors.ts';
import { json, testServer } from '../../../../support/http-server.ts';
import { type Body, contextOf, item, order } from './samples.ts';

const thin = (resource: string): Extract<CommerceEvent, { type: 'thin' }> => ({
  id: 'delivery-1',
  shop: 'demo',
  type: 'thin',
  version: { updatedAt: '2026-01-01T00:00:00Z', digest: 'delivery-1' },
  resource,
});

const refund = (id: number, lines: readonly Body[], amount = '10.00'): Body => ({
  id,
  amount,
  reason: 'too small, says Jo',
  refunded_by: 1,
  line_items: lines,
});

/** A line of a refund; WooCommerce counts what came back below zero. */
const back = (line: unknown, quantity: number): Body => ({
  id: 77,
  sku: 'SHIRT',
  product_id: 5,
  quantity,
  total: '-10.00',
  meta_data: [{ id: 1, key: '_refunded_item_id', value: line }],
});

/** The REST API of a shop with one order. */
const complete = async (
  resource: string,
  answers: { readonly order?: Body; readonly refunds?: Body },
  settings: Partial<Shop> = {},
  answer = 200,
) => {
  const key = `Basic ${Buffer.from('ck_1:cs_2').toString('base64')}`;
  const server = await testServer((response, { url, headers }) => {
    if (headers.authorization !== key) json(response, 401, { code: 'woocommerce_rest_cannot_view' });
    else if (answer !== 200) json(response, answer, { code: 'x' }, { location: 'https://evil.example/' });
    else if (url === '/shop/wp-json/wc/v3/orders/100' && answers.order) json(response, 200, answers.order);
    else if (url === '/shop/wp-json/wc/v3/orders/100/refunds?per_page=100') json(response, 200, answers.refunds ?? []);
    else json(response, 404, { code: 'woocommerce_rest_shop_order_invalid_id' });
  });
  const context = contextOf({ api: { url: `${server.url}/shop/`, secret: 'API' }, ...settings });
  const events = await woocommerce.complete?.(thin(resource), { ...context, fetch, apiSecret: 'ck_1:cs_2' });
  return { events: events ?? [], received: server.received };
};

const returnsOf = async (refunds: readonly Body[], changes: object = {}): Promise<Order['returns']> => {
  const [event] = (await complete('order/100', { order: order(changes), refunds })).events;
  if (event?.type !== 'order') throw new Error(`an order became ${event?.type}`);
  return event.order.returns;
};

describe('a thin order', () => {
  test('becomes the order as it is now, with the lines that were given back', async () => {
    const refunds = [refund(900, [back('11', -1)])];
    const { events } = await complete('order/100', {
      order: order({ refunds: [{ id: 900, total: '-10.00' }] }),
      refunds,
    });
    expect(events).toMatchObject([
      {
        id: 'delivery-1',
        shop: 'demo',
        type: 'order',
        version: { updatedAt: '2026-01-01T12:00:00Z', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
        order: {
          id: '100',
          payment: 'paid',
          lines: [{ quantity: 2 }],
          returns: [{ id: '900', amount: '10', lines: [{ line: '11', sku: 'SHIRT', quantity: 1 }] }],
        },
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/Jo|@/);
  });

  test('in the trash is cancelled, unless it was paid for', async () => {
    const trash = async (date_paid_gmt: string | null) =>
      (await complete('order/100', { order: order({ status: 'trash', date_paid_gmt }) })).events;
    expect(await trash(null)).toMatchObject([{ order: { cancelled: true } }]);
    expect(await trash('2026-01-01T12:00:00')).toMatchObject([{ order: { cancelled: false, payment: 'paid' } }]);
  });

  test('that went back to a draft is a cart', async () => {
    const { events } = await complete('order/100', { order: order({ status: 'checkout-draft' }) });
    expect(events).toMatchObject([{ id: 'delivery-1', type: 'cart' }]);
  });

  test('has another digest for each state of its refunds', async () => {
    const digests = [[], [refund(900, [])], [refund(900, []), refund(901, [])]].map(async (refunds) => {
      const { events } = await complete('order/100', { order: order(), refunds });
      return events[0]?.version.digest;
    });
    expect(new Set(await Promise.all(digests)).size).toBe(3);
  });
});

describe('what cannot be read', () => {
  test('stays without consequence where nothing can be: nothing is asked for', async () => {
    for (const resource of ['customer/7', 'order/x', 'order/../7', 'order/1/refunds', 'coupon/1']) {
      const { events, received } = await complete(resource, { order: order() });
      expect(events).toEqual([]);
      expect(received).toEqual([]);
    }
  });

  test('is gone, or comes later, or is another shop’s, or is not configured, and says which', async () => {
    await expect(complete('order/100', {})).rejects.toThrow(UnusableEventError);
    for (const status of [301, 401, 429, 500, 503]) {
      const failed = complete('order/100', { order: order() }, {}, status);
      await expect(failed).rejects.toThrow(UpstreamError);
      await expect(failed).rejects.toMatchObject({ onQueue: 'retry' });
    }
    const other = complete('order/100', { order: order() }, { shopId: 'https://other.example' });
    await expect(other).rejects.toThrow(UnauthorizedError);
    await expect(complete('order/100', { order: { id: 100 } })).rejects.toMatchObject({ onQueue: 'park' });
    const unset = { ...contextOf(), fetch, apiSecret: '' };
    await expect(woocommerce.complete?.(thin('order/100'), unset)).rejects.toThrow(ConfigurationError);
  });

  test('are refunds beyond one page: they are for a person', async () => {
    const refunds = Array.from({ length: 100 }, (_, index) => refund(index + 1, []));
    await expect(complete('order/100', { order: order(), refunds })).rejects.toThrow(UnusableEventError);
  });
});

describe('refunds', () => {
  test('of money alone, or of lines that name none of the order’s, have no lines', async () => {
    const unnamed = { ...back('11', -1), meta_data: [] };
    expect(
      await returnsOf([
        refund(900, []),
        refund(901, [back('11', 0)]),
        refund(902, [back('99', -1), unnamed, back(null, -1)]),
        refund(903, [], '0.00'),
      ]),
    ).toEqual(['900', '901', '902'].map((id) => ({ id, amount: '10', lines: [] })));
  });

  test('are told by age, whichever way they are listed, and name lines by number or text', async () => {
    const listed = [refund(901, [back(11, -1)]), refund(900, [back('11', -1)])];
    const returns = await returnsOf(listed);
    expect(returns.map(({ id }) => id)).toEqual(['900', '901']);
    expect(await returnsOf(listed.toReversed())).toEqual(returns);
  });

  test('of a part of a piece give back all of it or nothing', async () => {
    const metres = { line_items: [item({ quantity: 2.5 })] };
    expect(await returnsOf([refund(900, [back('11', -1.5)])], metres)).toMatchObject([{ lines: [] }]);
    expect(await returnsOf([refund(900, [back('11', -2.5)])], metres)).toMatchObject([{ lines: [{ quantity: 1 }] }]);
  });

  test('never give back more than was sold', async () => {
    const anyRefund = fc.array(
      fc.record({ line: fc.constantFrom(11, 12, 13), quantity: fc.integer({ min: -5, max: 5 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyRefund, { maxLength: 6 }), async (all) => {
        const refunds = all.map((lines, id) =>
          refund(
            id + 1,
            lines.map(({ line, quantity }) => back(line, quantity)),
          ),
        );
        const line_items = [item({ quantity: 3 }), item({ id: 12, quantity: 1 })];
        const returned = (await returnsOf(refunds, { line_items })).flatMap(({ lines }) => lines);
        const count = (id: string) =>
          returned.filter(({ line }) => line === id).reduce((sum, each) => sum + each.quantity, 0);
        expect(count('11')).toBeLessThanOrEqual(3);
        expect(count('12')).toBeLessThanOrEqual(1);
        expect(count('13')).toBe(0);
        expect(returned.every(({ quantity }) => decimal(quantity).gt(0))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
