// A store as BigCommerce's API shows it, on 127.0.0.1, with one order, one cart and one customer to be changed at will.

import { createHash } from 'node:crypto';
import type { CommerceEvent, Delivery } from '../../../../../lib/commerce/event.ts';
import type { CompleteContext } from '../../../../../lib/commerce/platform.ts';
import { bigcommerce } from '../../../../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { Shop } from '../../../../../lib/commerce/shops.ts';
import { json, type TestServer, testServer } from '../../../../support/http-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, read and changed freely.
export type Body = any;

export const HASH = 'abc123';
export const TOKEN = 'the access token';
export const CART_ID = '11111111-2222-4333-8444-555555555555';

export const shopOf = (settings: Partial<Shop> = {}): Shop => ({
  ...Shop.parse({
    platform: 'bigcommerce',
    application: 1,
    currency: 'EUR',
    shopId: HASH,
    secrets: ['HOOKS'],
    engineCodes: ['SUMMER-*'],
  }),
  ...settings,
});

export const contextOf = (settings: Partial<Shop> = {}): CompleteContext => ({
  name: 'demo',
  shop: shopOf(settings),
  pseudonym: (identifier) => `pseudonym-of-${Buffer.from(identifier).toString('hex')}`,
  fetch,
  apiSecret: TOKEN,
});

/** A delivery of a hook. */
export const hook = (scope: string, data: Body, changes: Body = {}): Delivery => {
  const hash = createHash('sha1').update(JSON.stringify(data)).digest('hex');
  const producer = `stores/${HASH}`;
  const body = { scope, store_id: '1', data, hash, created_at: 1_780_311_600, producer, ...changes };
  return { method: 'POST', query: {}, headers: {}, body: Buffer.from(JSON.stringify(body)) };
};

/** Two shirts and a mug without a sku, with 21 % tax, shipped and wrapped: 77.91, and 72.91 with the coupon. */
export const ORDER = {
  id: 57,
  customer_id: 7,
  date_modified: 'Mon, 01 Jun 2026 11:00:00 +0000',
  status_id: 11,
  status: 'Awaiting Fulfillment',
  payment_status: 'captured',
  payment_method: 'Card',
  cart_id: CART_ID,
  billing_address: { first_name: 'Ann', email: ' Ann@Example.com ' },
  channel_id: 1,
  currency_code: 'USD',
  default_currency_code: 'EUR',
  shipping_cost_ex_tax: '10.0000',
  shipping_cost_inc_tax: '12.1000',
  handling_cost_ex_tax: '0.0000',
  handling_cost_inc_tax: '0.0000',
  wrapping_cost_ex_tax: '1.0000',
  wrapping_cost_inc_tax: '1.2100',
  fees: [],
  total_inc_tax: '72.9100',
  store_credit_amount: '5.0000',
  gift_certificate_amount: '10.0000',
  coupon_discount: '5.0000',
  customer_message: 'ring twice',
};

export const PRODUCTS = [
  {
    id: 1,
    product_id: 77,
    variant_id: 78,
    name: 'Shirt',
    sku: 'SHIRT',
    type: 'physical',
    quantity: 2,
    base_price: '25.0000',
    price_ex_tax: '25.0000',
    price_inc_tax: '30.2500',
    total_ex_tax: '50.0000',
    total_inc_tax: '60.5000',
    parent_order_product_id: null,
  },
  {
    id: 2,
    product_id: 80,
    variant_id: 81,
    name: 'Mug',
    sku: '',
    type: 'physical',
    quantity: 1,
    base_price: '3.3900',
    price_ex_tax: '3.3900',
    price_inc_tax: '4.1000',
    total_ex_tax: '3.3900',
    total_inc_tax: '4.1000',
    parent_order_product_id: null,
  },
];

export const CART = {
  data: {
    id: CART_ID,
    customer_id: 7,
    email: 'ann@example.com',
    channel_id: 1,
    currency: { code: 'EUR' },
    tax_included: false,
    coupons: [{ id: 1, code: 'SUMMER-1' }],
    line_items: {
      physical_items: [
        {
          id: 'l1',
          parent_id: null,
          variant_id: 78,
          product_id: 77,
          sku: 'SHIRT',
          name: 'Shirt',
          quantity: 2,
          list_price: 25,
          sale_price: 22.5,
        },
      ],
      digital_items: [],
      gift_certificates: [{ id: 'g1', name: 'A gift', amount: 20, recipient: { email: 'bo@example.com' } }],
      custom_items: [{ id: 'c1', sku: null, name: 'Engraving', quantity: 1, list_price: '2.5000' }],
    },
    updated_time: '2026-06-01T10:00:00+00:00',
  },
};

const EMPTY = { data: [] };

/** What the store has, by path; undefined is answered 404, an empty list of version 2 as 204. */
export const things = (order: Body = {}, more: Record<string, Body> = {}): Record<string, Body> => ({
  '/v2/orders/57': { ...ORDER, ...order },
  '/v2/orders/57/products': PRODUCTS,
  '/v2/orders/57/coupons': [{ id: 1, code: 'SUMMER-1' }],
  '/v3/orders/57/payment_actions/refunds': EMPTY,
  [`/v3/carts/${CART_ID}`]: CART,
  '/v3/customers': { data: [{ id: 7, email: 'ann@example.com', date_modified: '2026-06-01T09:00:00Z' }] },
  ...more,
});

export interface FakeStore extends TestServer {
  has: Record<string, Body>;
}

const PAGE = 250;

export const fakeStore = async (has: Record<string, Body> = things()): Promise<FakeStore> => {
  const store = {} as FakeStore;
  const server = await testServer((response, { url, headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://store');
    const prefix = `/stores/${HASH}`;
    if (headers['x-auth-token'] !== TOKEN || !pathname.startsWith(prefix)) return json(response, 401, {});
    const thing = store.has[pathname.slice(prefix.length)];
    if (thing === undefined) return json(response, 404, { title: 'not here' });
    if (!Array.isArray(thing)) return json(response, 200, thing);
    const first = (Number(searchParams.get('page')) - 1) * PAGE;
    const page = thing.slice(first, first + Number(searchParams.get('limit')));
    return page.length > 0 ? json(response, 200, page) : void response.writeHead(204).end();
  });
  return Object.assign(store, server, { has });
};

/** What a hook comes to in this store. */
export const read = async (
  store: FakeStore,
  delivery: Delivery = hook('store/order/updated', { type: 'order', id: 57 }),
  settings: Partial<Shop> = {},
): Promise<CommerceEvent[]> => {
  const context = contextOf({ api: { url: store.url, secret: 'TOKEN' }, ...settings });
  const told = bigcommerce.interpret(delivery, context);
  const whole = told.map((event) => (event.type === 'thin' ? bigcommerce.complete?.(event, context) : [event]));
  return (await Promise.all(whole)).flatMap((events) => events ?? []);
};
