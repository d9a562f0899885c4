// Pictures of one order of one shop, to be changed where a test needs it.

import { hash } from 'node:crypto';
import type { Activity, Cart, CommerceEvent, Customer, Order, Return } from '../../../lib/commerce/event.ts';

type EventOf<T extends CommerceEvent['type']> = Extract<CommerceEvent, { type: T }>;

const base = (content: object, at: number) => {
  const digest = hash('sha256', JSON.stringify([content, at]));
  const updatedAt = new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString().replace('.000', '');
  return { id: digest, shop: 'demo', version: { updatedAt, digest } };
};

const CART: Cart = {
  session: 'shopify:demo:token',
  buyer: { customer: '7' },
  currency: 'USD',
  lines: [{ id: '1', sku: 'SHIRT', name: 'Shirt', quantity: 2, price: '30.00', giftCard: false }],
  costs: { shipping: '5.00' },
  codes: ['SUMMER-0001'],
  facts: { channel: 'web', currency: 'USD' },
};

/** A checkout's picture, `at` seconds into the day. */
export const cart = (changes: Partial<Cart> = {}, at = 0): EventOf<'cart'> => {
  const content = { ...CART, ...changes };
  return { ...base(content, at), type: 'cart', cart: content };
};

const ORDER: Order = {
  ...CART,
  facts: { ...CART.facts, orderNumber: '#1', test: false },
  id: '100',
  payment: 'unpaid',
  cancelled: false,
  test: false,
  returns: [],
};

/** An order's picture, `at` seconds into the day. */
export const order = (changes: Partial<Order> = {}, at = 10): EventOf<'order'> => {
  const content = { ...ORDER, ...changes };
  return { ...base(content, at), type: 'order', order: content };
};

export const customer = (
  facts: Customer['facts'] = {},
  at = 0,
  changes: Partial<Customer> = {},
): EventOf<'customer'> => {
  const content = { id: '7', facts, ...changes };
  return { ...base(content, at), type: 'customer', customer: content };
};

export const activity = (content: Activity): EventOf<'activity'> => ({
  ...base(content, 0),
  type: 'activity',
  activity: content,
});

/** That the checkout is no more. */
export const cartDeleted = (): EventOf<'activity'> => activity({ name: 'cart_deleted', session: CART.session });

/** A checkout's picture when the platform no longer waits for the buyer. */
export const abandoned = (at = 0): EventOf<'cart'> => ({ ...cart({}, at), abandoned: true });

/** A refund of one shirt, or of money alone. */
export const refund = (id: string, lines: number, amount = '30.00'): Return => ({
  id,
  amount,
  lines: lines > 0 ? [{ line: '1', sku: 'SHIRT', quantity: lines }] : [],
});
