// WooCommerce bodies built after its REST API's documentation, to be changed where a test needs it.

import type { CommerceEvent, Delivery, Order } from '../../../../../lib/commerce/event.ts';
import type { InterpretContext } from '../../../../../lib/commerce/platform.ts';
import { woocommerce } from '../../../../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { Shop } from '../../../../../lib/commerce/shops.ts';
import { InvalidRequestError, type Issue } from '../../../../../lib/contract/errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of several shapes, read and changed freely.
export type Body = any;

export const FOLLOWED = [
  'order.created',
  'order.updated',
  'order.restored',
  'order.deleted',
  'customer.created',
  'customer.updated',
  'customer.deleted',
];

export const item = (changes: object = {}): Body => ({
  id: 11,
  name: 'Shirt',
  product_id: 5,
  variation_id: 6,
  quantity: 2,
  subtotal: '20.00',
  subtotal_tax: '4.00',
  total: '15.00',
  total_tax: '3.00',
  price: 7.5,
  sku: 'SHIRT',
  ...changes,
});

/** Two shirts of 10.00 and 2.00 of tax each, 5.00 off each line, and shipping of 5.00 and 1.00. */
export const order = (changes: object = {}): Body => ({
  id: 100,
  number: '1-100',
  order_key: 'wc_order_abc',
  created_via: 'checkout',
  status: 'processing',
  currency: 'EUR',
  prices_include_tax: false,
  discount_total: '5.00',
  discount_tax: '1.00',
  total: '24.00',
  total_tax: '4.00',
  date_modified_gmt: '2026-01-01T12:00:00',
  date_paid_gmt: '2026-01-01T12:00:00',
  customer_id: 7,
  billing: { first_name: 'Jo', last_name: 'Doe', email: 'jo@example.com', phone: '1', address_1: 'Road 1' },
  meta_data: [],
  line_items: [item()],
  shipping_lines: [{ id: 12, total: '5.00', total_tax: '1.00' }],
  fee_lines: [],
  coupon_lines: [{ id: 13, code: 'summer-1', discount: '5.00' }],
  refunds: [],
  _links: { self: [{ href: 'https://shop.example/wp-json/wc/v3/orders/100' }] },
  ...changes,
});

export const customer = (changes: object = {}): Body => ({
  id: 7,
  date_created_gmt: '2026-01-01T10:00:00',
  date_modified_gmt: '2026-01-01T12:00:00',
  email: 'jo@example.com',
  first_name: 'Jo',
  role: 'customer',
  username: 'jo.doe',
  billing: { first_name: 'Jo', country: 'DE', email: 'jo@example.com' },
  is_paying_customer: true,
  ...changes,
});

export const delivery = (
  body: Body | string,
  topic = 'order.updated',
  headers: Readonly<Record<string, string | undefined>> = {},
): Delivery => ({
  method: 'POST',
  query: {},
  headers: { 'x-wc-webhook-topic': topic, 'x-wc-webhook-source': 'https://shop.example/', ...headers },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

export const shopOf = (settings: Partial<Shop> = {}): Shop => ({
  ...Shop.parse({
    platform: 'woocommerce',
    application: 1,
    currency: 'EUR',
    shopId: 'https://shop.example',
    secrets: ['DEMO'],
    engineCodes: ['SUMMER-*'],
  }),
  ...settings,
});

export const contextOf = (settings: Partial<Shop> = {}): InterpretContext => ({
  name: 'demo',
  shop: shopOf(settings),
  pseudonym: (identifier) => `pseudonym-of-${Buffer.from(identifier).toString('hex')}`,
});

export const interpret = (
  body: Body | string,
  topic?: string,
  settings?: Partial<Shop>,
  headers?: Readonly<Record<string, string | undefined>>,
): CommerceEvent[] => woocommerce.interpret(delivery(body, topic, headers), contextOf(settings));

export const orderOf = (changes: object = {}, settings: Partial<Shop> = {}): Order => {
  const [event] = interpret(order(changes), 'order.updated', settings);
  if (event?.type !== 'order') throw new Error(`an order became ${event?.type}`);
  return event.order;
};

/** The faults that a refused body has. */
export const issuesOf = (body: Body | string): readonly Issue[] => {
  try {
    interpret(body);
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.issues ?? [];
    throw error;
  }
  throw new Error('was accepted');
};
