// Documents as lib/commerce/platforms/standard/standard.ts describes them, to be changed where a test needs it.

import type { CommerceEvent, Delivery } from '../../../../../lib/commerce/event.ts';
import type { InterpretContext } from '../../../../../lib/commerce/platform.ts';
import { standard } from '../../../../../lib/commerce/platforms/standard/standard.ts';
import { Shop } from '../../../../../lib/commerce/shops.ts';
import { InvalidRequestError } from '../../../../../lib/contract/errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents of three shapes, read and changed freely.
export type Body = any;

export const cart = (changes: object = {}): Body => ({
  type: 'cart',
  id: 'c-77',
  updatedAt: '2026-03-01T12:00:00Z',
  currency: 'EUR',
  customer: '42',
  lines: [{ sku: 'SHIRT', name: 'Shirt', quantity: 2, price: '19.99' }],
  costs: { shipping: '5.00' },
  codes: ['SUMMER-1'],
  facts: { channel: 'web' },
  ...changes,
});

export const order = (changes: object = {}): Body => ({
  ...cart(),
  type: 'order',
  id: '1001',
  cart: 'c-77',
  payment: 'paid',
  facts: { orderNumber: '#1001', channel: 'web' },
  ...changes,
});

export const customer = (changes: object = {}): Body => ({
  type: 'customer',
  id: '42',
  updatedAt: '2026-03-01T12:00:00Z',
  facts: { acceptsMarketing: true, tags: ['vip'], country: 'DE' },
  ...changes,
});

export const delivery = (body: Body | string): Delivery => ({
  method: 'POST',
  query: {},
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

export const shopOf = (settings: object = {}): Shop =>
  Shop.parse({
    platform: 'standard',
    application: 1,
    currency: 'EUR',
    shopId: 'my-shop',
    secrets: ['DEMO'],
    engineCodes: ['SUMMER-*'],
    testOrders: 'apply',
    ...settings,
  });

export const contextOf = (settings: object = {}): InterpretContext => ({
  name: 'demo',
  shop: shopOf(settings),
  pseudonym: (identifier) => `pseudonym-of-${Buffer.from(identifier).toString('hex')}`,
});

export const interpret = (body: Body | string): CommerceEvent[] => standard.interpret(delivery(body), contextOf());

/** The faults that a refused document has: where, and what. */
export const faultsOf = (body: Body | string): (readonly [place: string | undefined, title: string])[] => {
  try {
    interpret(body);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return (error.issues ?? []).map(({ source, title }) => [Object.values(source)[0], title]);
  }
  throw new Error('was accepted');
};
