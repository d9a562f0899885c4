// Bodies of the shape that Adobe Commerce's events and API have, and keys to sign them with.

import { generateKeyPairSync, sign } from 'node:crypto';
import type { CommerceEvent, Delivery } from '../../../../../lib/commerce/event.ts';
import type { InterpretContext } from '../../../../../lib/commerce/platform.ts';
import { createAdobeCommerce } from '../../../../../lib/commerce/platforms/adobe-commerce/adobe-commerce.ts';
import { Shop } from '../../../../../lib/commerce/shops.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, read and changed freely.
export type Body = any;

export const CLIENT = 'client-of-this-shop';

export const shopOf = (settings: Partial<Shop> = {}): Shop => ({
  ...Shop.parse({
    platform: 'adobe-commerce',
    application: 1,
    currency: 'USD',
    shopId: CLIENT,
    secrets: [],
    engineCodes: ['SUMMER-*'],
  }),
  ...settings,
});

export const contextOf = (settings: Partial<Shop> = {}): InterpretContext => ({
  name: 'demo',
  shop: shopOf(settings),
  pseudonym: (identifier) => `pseudonym-of-${Buffer.from(identifier).toString('hex')}`,
});

/** A key pair, both in PEM. */
export const keyPair = (bits = 2048) =>
  generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

/** RSA-SHA256 in base64, as both of Adobe's products write it. */
export const signature = (bytes: Uint8Array | string, privateKey: string): string =>
  sign('sha256', Buffer.from(bytes as string), privateKey).toString('base64');

export const post = (body: Uint8Array | string, headers: Record<string, string | undefined> = {}): Delivery => ({
  method: 'POST',
  query: {},
  headers,
  body: Buffer.from(body as string),
});

/** A configurable shirt (its variant is a line too), a bundle of two, and a metre and a half of cloth. */
export const items = (): Body[] => [
  item('11', { sku: 'SHIRT-L', name: 'Shirt', product_type: 'configurable', qty_ordered: 2, price: 10.08 }),
  item('12', { sku: 'SHIRT-L', product_type: 'simple', parent_item_id: '11', qty_ordered: '2.0000', price: 0 }),
];

export const item = (id: string, changes: object = {}): Body => ({
  item_id: id,
  parent_item_id: null,
  product_id: `9${id}`,
  product_type: 'simple',
  sku: `SKU-${id}`,
  name: `Name ${id}`,
  qty_ordered: '1.0000',
  qty_canceled: 0,
  qty_refunded: 0,
  price: '10.0000',
  price_incl_tax: '11.9000',
  base_price: '9.0000',
  base_price_incl_tax: '10.7100',
  ...changes,
});

/** What the API answers for an order, and an event of which the merchant chose every field. */
export const order = (changes: object = {}): Body => ({
  entity_id: '100',
  increment_id: '000000100',
  quote_id: 77,
  customer_id: '7',
  customer_is_guest: 0,
  customer_email: 'jon@example.com',
  customer_firstname: 'Jon',
  store_name: 'Main Website\nMain Website Store\nDefault Store View',
  state: 'new',
  status: 'pending',
  order_currency_code: 'USD',
  base_currency_code: 'USD',
  coupon_code: 'SUMMER-1',
  items: items(),
  shipping_amount: 5,
  shipping_incl_tax: 5.95,
  base_shipping_amount: 4.5,
  base_shipping_incl_tax: 5.36,
  grand_total: 25.16,
  base_grand_total: 22.5,
  total_paid: null,
  total_refunded: null,
  created_at: '2026-01-01 12:00:00',
  updated_at: '2026-01-01 12:01:00',
  remote_ip: '192.0.2.1',
  billing_address: { firstname: 'Jon', street: ['Elm St 1'], telephone: '555' },
  customer: { password_hash: 'hash-of-it', rp_token: 'token-of-it' },
  ...changes,
});

/** An event about a value, in the envelope of a webhook registration. */
export const event = (type: string, value: unknown, changes: object = {}): Body => ({
  event_id: 'b4a3b9a0',
  event: {
    specversion: '1.0',
    id: 'b4a3b9a0',
    source: 'urn:uuid:1',
    type: `com.adobe.commerce.${type}`,
    datacontenttype: 'application/json',
    data: { key: 'k', value, source: 'demo.prod', _metadata: { websiteId: '1' } },
  },
  recipient_client_id: CLIENT,
  ...changes,
});

export const SAVED = 'observer.sales_order_save_commit_after';

export const platform = createAdobeCommerce();

export const interpret = (
  body: Body,
  settings: Partial<Shop> = {},
  headers: Record<string, string> = {},
): CommerceEvent[] =>
  platform.interpret(post(typeof body === 'string' ? body : JSON.stringify(body), headers), contextOf(settings));
