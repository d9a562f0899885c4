import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../../../lib/commerce/event.ts';
import { bigcommerce } from '../../../../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { InvalidRequestError, UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import { CART_ID, contextOf, hook } from './fake-store.ts';

const interpret = (delivery: Delivery) => bigcommerce.interpret(delivery, contextOf());
const resources = (scope: string, data: object) =>
  interpret(hook(scope, data)).map((event) => event.type === 'thin' && event.resource);

const ORDERS = ['created', 'updated', 'statusUpdated', 'refund/created'].map((each) => `store/order/${each}`);
const CARTS = ['created', 'updated', 'couponApplied'].map((each) => `store/cart/${each}`);
const LINES = ['created', 'updated', 'deleted'].map((each) => `store/cart/lineItem/${each}`);

describe('a hook names what is to be read', () => {
  test.each(ORDERS)('%s: the order', (scope) => {
    expect(resources(scope, { type: 'order', id: 57 })).toEqual(['order/57']);
  });

  test.each(['created', 'updated'])('store/order/transaction/%s: the order', (what) => {
    const data = { type: 'transaction', transaction_id: '9', order_id: '57' };
    expect(resources(`store/order/transaction/${what}`, data)).toEqual(['order/57']);
  });

  test.each(CARTS)('%s: the cart', (scope) => {
    expect(resources(scope, { type: 'cart', id: CART_ID })).toEqual([`cart/${CART_ID}`]);
  });

  test.each(LINES)('%s: the cart of the line', (scope) => {
    const data = { type: 'cart_line_item', id: '99999999-2222-4333-8444-555555555555', cartId: CART_ID };
    expect(resources(scope, data)).toEqual([`cart/${CART_ID}`]);
  });

  test('store/cart/converted: the order, which knows its cart', () => {
    expect(resources('store/cart/converted', { type: 'cart', id: CART_ID, orderId: 57 })).toEqual(['order/57']);
  });

  test.each(['created', 'updated'])('store/customer/%s: the customer', (what) => {
    expect(resources(`store/customer/${what}`, { type: 'customer', id: 7 })).toEqual(['customer/7']);
  });

  test('with the time of the hook and the digest of its bytes, and nothing else of it', () => {
    const delivery = hook('store/order/created', { type: 'order', id: 57 });
    const digest = hash('sha256', delivery.body);
    expect(interpret(delivery)).toEqual([
      {
        id: digest,
        shop: 'demo',
        version: { updatedAt: '2026-06-01T11:00:00Z', digest },
        type: 'thin',
        resource: 'order/57',
      },
    ]);
    const timeless = hook('store/order/created', { id: 57 }, { created_at: undefined });
    expect(interpret(timeless)).toMatchObject([{ version: { updatedAt: '0000-01-01T00:00:00Z' } }]);
  });
});

test('ids keep the digits that JSON.parse loses', () => {
  const { body, ...rest } = hook('store/order/created', { type: 'order', id: 57 });
  const long = Buffer.from(Buffer.from(body).toString().replace('"id":57', '"id":820982911946154508'));
  expect(interpret({ ...rest, body: long })).toMatchObject([{ resource: 'order/820982911946154508' }]);
});

test.each([
  'store/order/archived',
  'store/order/message/created',
  'store/customer/deleted',
  'store/customer/address/created',
  'store/product/updated',
  'store/shipment/created',
  'store/app/uninstalled',
  'constructor',
])('%s says nothing', (scope) => {
  expect(resources(scope, { type: 'x', id: 57 })).toEqual([]);
});

test('what another store produced is refused, whatever it says', () => {
  for (const producer of ['stores/other', 'stores/abc1234', 'abc123', 'stores/ABC123', '']) {
    for (const scope of ['store/order/created', 'store/product/created']) {
      expect(() => interpret(hook(scope, { id: 57 }, { producer }))).toThrow(UnauthorizedError);
    }
  }
});

test.each([
  ['an id that is none', 'store/order/created', { id: 'x/../9' }, '/data/id'],
  ["a cart's id for an order", 'store/order/created', { id: CART_ID }, '/data/id'],
  ["an order's id for a cart", 'store/cart/created', { id: 57 }, '/data/id'],
  ['no order of the cart', 'store/cart/converted', { id: CART_ID }, '/data/orderId'],
  ['nothing at all', 'store/customer/created', {}, '/data/id'],
])('a hook with %s is refused, with the place', (_, scope, data, pointer) => {
  let refused: unknown;
  try {
    interpret(hook(scope, data));
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(InvalidRequestError);
  expect(refused).toMatchObject({ issues: [{ source: { pointer } }] });
});

test('any JSON is read or refused by its faults', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(...ORDERS, ...CARTS), (data, scope) => {
      const body = `{"scope":"${scope}","producer":"stores/abc123","data":${data}}`;
      for (const text of [data, body]) {
        try {
          interpret({ method: 'POST', query: {}, headers: {}, body: Buffer.from(text) });
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRequestError);
        }
      }
    }),
    { numRuns: 200 },
  );
});
