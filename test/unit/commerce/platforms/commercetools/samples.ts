// Messages of a subscription, written from its documentation, and carts and orders to put into them.

import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import type { InterpretContext } from '../../../../../lib/commerce/platform.ts';
import { createCommercetools } from '../../../../../lib/commerce/platforms/commercetools/commercetools.ts';
import { Shop } from '../../../../../lib/commerce/shops.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, read and changed freely.
export type Body = any;

export const commercetools = createCommercetools();

export const shopOf = (settings: Partial<Shop> = {}): Shop => ({
  ...Shop.parse({
    platform: 'commercetools',
    application: 1,
    currency: 'EUR',
    shopId: 'demo-project',
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

export const interpret = (message: Body, settings: Partial<Shop> = {}): CommerceEvent[] => {
  const body = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return commercetools.interpret({ method: 'POST', query: {}, headers: {}, body }, contextOf(settings));
};

export const money = (centAmount: number, currencyCode = 'EUR', fractionDigits = 2) => ({
  type: 'centPrecision',
  currencyCode,
  centAmount,
  fractionDigits,
});

export const line = (changes: object = {}): Body => ({
  id: 'line-1',
  productId: 'product-1',
  name: { de: 'Hemd', en: 'Shirt' },
  variant: { id: 1, sku: 'SHIRT' },
  price: { id: 'price-1', value: money(3000) },
  quantity: 2,
  totalPrice: money(6000),
  taxRate: { amount: 0.19, includedInPrice: true },
  priceMode: 'Platform',
  lineItemMode: 'Standard',
  ...changes,
});

const content = {
  customerId: 'customer-1',
  customerEmail: 'jon@example.com',
  totalPrice: money(6500),
  taxMode: 'Platform',
  lineItems: [line()],
  customLineItems: [],
  shippingInfo: { shippingMethodName: 'DHL', price: money(500) },
  discountCodes: [],
  shippingAddress: { firstName: 'Jon', streetName: 'Elm St', country: 'DE', email: 'jon@example.com' },
};

export const cart = (changes: object = {}): Body => ({
  type: 'Cart',
  id: 'cart-1',
  version: 3,
  lastModifiedAt: '2026-01-01T12:00:00.100Z',
  cartState: 'Active',
  ...content,
  ...changes,
});

export const order = (changes: object = {}): Body => ({
  type: 'Order',
  id: 'order-1',
  version: 1,
  createdAt: '2026-01-01T12:01:00.000Z',
  lastModifiedAt: '2026-01-01T12:01:00.000Z',
  orderNumber: '2026-1',
  orderState: 'Open',
  cart: { typeId: 'cart', id: 'cart-1' },
  returnInfo: [],
  ...content,
  ...changes,
});

export const customer = (changes: object = {}): Body => ({
  id: 'customer-1',
  version: 2,
  lastModifiedAt: '2026-01-01T12:00:00.000Z',
  email: 'jon@example.com',
  firstName: 'Jon',
  password: '****',
  addresses: [
    { id: 'a', country: 'US' },
    { id: 'b', country: 'DE' },
  ],
  defaultBillingAddressId: 'b',
  ...changes,
});

/** A message about a resource. */
export const message = (type: string, typeId: string, id: string, changes: object = {}): Body => ({
  notificationType: 'Message',
  projectKey: 'demo-project',
  id: `message-of-${type}`,
  version: 1,
  sequenceNumber: 2,
  resource: { typeId, id },
  resourceVersion: 5,
  resourceUserProvidedIdentifiers: {},
  type,
  createdAt: '2026-01-01T12:02:00.000Z',
  lastModifiedAt: '2026-01-01T12:02:00.000Z',
  ...changes,
});

/** A message that carries a whole order. */
export const created = (changes: object = {}, type = 'OrderCreated'): Body =>
  message(type, 'order', 'order-1', { order: order(changes), resourceVersion: 1 });

/** A change of a resource. */
export const change = (kind: 'Created' | 'Updated' | 'Deleted', typeId: string, id: string): Body => ({
  notificationType: `Resource${kind}`,
  projectKey: 'demo-project',
  resource: { typeId, id },
  resourceUserProvidedIdentifiers: {},
  version: 4,
  ...(kind === 'Updated' && { oldVersion: 3 }),
  modifiedAt: '2026-01-01T12:03:00.000Z',
});
