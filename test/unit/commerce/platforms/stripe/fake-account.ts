// A Stripe account as its API shows it, on 127.0.0.1: one checkout of two lines, one renewal, one customer.

import type { CommerceEvent, Delivery } from '../../../../../lib/commerce/event.ts';
import type { CompleteContext } from '../../../../../lib/commerce/platform.ts';
import { stripe } from '../../../../../lib/commerce/platforms/stripe/stripe.ts';
import { Shop } from '../../../../../lib/commerce/shops.ts';
import { json, type TestServer, testServer } from '../../../../support/http-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of many shapes, read and changed freely.
export type Body = any;

export const KEY = 'rk_live_the_key';
export const CREATED = 1_780_311_600;

export const shopOf = (settings: Partial<Shop> = {}): Shop => ({
  ...Shop.parse({
    platform: 'stripe',
    application: 1,
    currency: 'EUR',
    shopId: 'acct_1',
    secrets: ['ENDPOINT'],
    engineCodes: ['SUMMER-*'],
  }),
  ...settings,
});

export const contextOf = (settings: Partial<Shop> = {}): CompleteContext => ({
  name: 'demo',
  shop: shopOf(settings),
  pseudonym: (identifier) => `pseudonym-of-${Buffer.from(identifier).toString('hex')}`,
  fetch,
  apiSecret: KEY,
});

export const deliveryOf = (body: Body): Delivery => ({
  method: 'POST',
  query: {},
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body, null, 2)),
});

/** A delivery of an event about an object. */
export const event = (type: string, object: Body, changes: Body = {}): Delivery =>
  deliveryOf({ id: 'evt_1', object: 'event', type, created: CREATED, livemode: true, data: { object }, ...changes });

export const COMPLETED = event('checkout.session.completed', { object: 'checkout.session', id: 'cs_1' });

const price = { object: 'price', id: 'price_1', lookup_key: 'shirt', product: 'prod_1', unit_amount: 2500 };

export const PAYMENT = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  invoice: null,
  latest_charge: { id: 'ch_1', amount_refunded: 0, disputed: false },
};

/** Two shirts at 25.00 and a mug at 4.10, shipped for 10.00, less 5.00 by a code: 59.10. */
export const CHECKOUT = {
  id: 'cs_1',
  object: 'checkout.session',
  livemode: true,
  status: 'complete',
  mode: 'payment',
  payment_status: 'paid',
  currency: 'eur',
  amount_total: 5910,
  client_reference_id: 'cart-7',
  metadata: { promotion_session: 'session-7', note: 'ring twice' },
  customer: 'cus_1',
  customer_details: { email: ' Ann@Example.com ', name: 'Ann' },
  customer_email: null,
  discounts: [{ coupon: 'co_1', promotion_code: { id: 'promo_1', code: 'SUMMER-1' } }],
  shipping_cost: { amount_subtotal: 1000, amount_total: 1000 },
  line_items: {
    object: 'list',
    data: [
      { id: 'li_1', description: 'Shirt', quantity: 2, amount_subtotal: 5000, amount_total: 4500, price },
      { id: 'li_2', description: 'Mug', quantity: 1, amount_subtotal: 410, price: { id: 'price_2', lookup_key: null } },
    ],
    has_more: false,
  },
  payment_intent: PAYMENT,
  invoice: null,
};

export const INVOICE = {
  id: 'in_1',
  object: 'invoice',
  livemode: true,
  status: 'paid',
  billing_reason: 'subscription_cycle',
  subscription: 'sub_1',
  currency: 'eur',
  number: 'A-0002',
  customer: 'cus_1',
  customer_email: 'ann@example.com',
  shipping_cost: null,
  lines: {
    object: 'list',
    data: [{ id: 'il_1', description: 'Plan', quantity: 1, amount: 999, price: { id: 'price_3', lookup_key: 'plan' } }],
    has_more: false,
  },
  payment_intent: { ...PAYMENT, id: 'pi_2', invoice: 'in_1' },
};

export const list = (...data: Body[]) => ({ object: 'list', data, has_more: false });

/** What the account has, by path; undefined is answered 404, a function is asked with the query. */
export const things = (checkout: Body = {}, more: Record<string, Body> = {}): Record<string, Body> => ({
  '/v1/checkout/sessions/cs_1': { ...CHECKOUT, ...checkout },
  '/v1/checkout/sessions': (query: URLSearchParams) =>
    list(...(query.get('payment_intent') === 'pi_1' || query.get('subscription') === 'sub_1' ? [{ id: 'cs_1' }] : [])),
  '/v1/invoices/in_1': INVOICE,
  '/v1/payment_intents/pi_2': { ...PAYMENT, id: 'pi_2', invoice: 'in_1' },
  '/v1/payment_intents/pi_3': { ...PAYMENT, id: 'pi_3' },
  '/v1/customers/cus_1': { id: 'cus_1', object: 'customer', address: { country: 'DE' } },
  ...more,
});

export interface FakeAccount extends TestServer {
  has: Record<string, Body>;
}

export const fakeAccount = async (has: Record<string, Body> = things()): Promise<FakeAccount> => {
  const account = {} as FakeAccount;
  const server = await testServer((response, { url, headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://api');
    if (headers.authorization !== `Bearer ${KEY}` || !headers['stripe-version']) return json(response, 401, {});
    const thing = account.has[pathname];
    const answer = typeof thing === 'function' ? thing(searchParams) : thing;
    return answer === undefined ? json(response, 404, { error: {} }) : json(response, 200, answer);
  });
  return Object.assign(account, server, { has });
};

/** What an event comes to in this account. */
export const read = async (
  account: FakeAccount,
  delivery: Delivery = COMPLETED,
  settings: Partial<Shop> = {},
): Promise<CommerceEvent[]> => {
  const context = contextOf({ api: { url: account.url, secret: 'KEY' }, ...settings });
  const told = stripe.interpret(delivery, context);
  const whole = told.map((event) => (event.type === 'thin' ? stripe.complete?.(event, context) : [event]));
  return (await Promise.all(whole)).flatMap((events) => events ?? []);
};
