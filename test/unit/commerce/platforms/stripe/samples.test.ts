// Events of a real account, which others published: they lie beside the project and are read where they are.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import { stripe } from '../../../../../lib/commerce/platforms/stripe/stripe.ts';
import { type Body, contextOf, deliveryOf, fakeAccount, read, things } from './fake-account.ts';

const FOLDER = `${process.env.FIXTURES ?? '../shared/fixtures'}/stripe`;

const eventsAreThere = (): boolean => {
  if (existsSync(FOLDER)) return true;
  const message = `There are no Stripe events at ${FOLDER}; name the folder above it in FIXTURES`;
  if (process.env.CI === 'true') throw new Error(message);
  process.stderr.write(`\n*** SKIPPED: the published events of Stripe. ${message}\n\n`);
  return false;
};

/** What each of them says; none is read as anything else. */
const SAYS: Readonly<Record<string, Body>> = {
  charge_refunded: { type: 'thin', resource: 'payment/pi_3Kl36gJDPojXS6LN02fQVtKR' },
  charge_succeeded: undefined,
  checkout_session_completed: {
    type: 'thin',
    resource: 'checkout/cs_live_9RBjcHiy2i5p99Tf1MYM90c3SHK1grU0E6Ae6pKWR2KPA4ZiuKiB2X1Y3X',
  },
  customer_deleted: undefined,
  customer_updated: { type: 'customer', customer: { id: 'cus_IhGfebO16cMIGN', facts: {} } },
  invoice_paid: { type: 'thin', resource: 'invoice/in_1KJqKBJDPojXS6LNJbvLUgEy' },
  payment_intent_succeeded: { type: 'thin', resource: 'payment/pi_1IqxJOJDPojXS6LN9uOebAea' },
  refund_created: { type: 'thin', resource: 'payment/pi_1GszsK2eZvKYlo2CfhZyoZLp' },
  refund_updated: { type: 'thin', resource: 'payment/pi_1GszsK2eZvKYlo2CfhZyoZLp' },
  subscription_created: undefined,
  subscription_deleted: undefined,
  subscription_updated: undefined,
};

const bytes = (name: string) => readFileSync(`${FOLDER}/${name}.json`);
const objectOf = (name: string): Body => JSON.parse(bytes(name).toString()).data.object;
const interpret = (name: string) =>
  stripe.interpret({ ...deliveryOf(''), body: bytes(name) }, contextOf({ testOrders: 'apply' }));

describe.skipIf(!eventsAreThere())('the published events', () => {
  test('are all known', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(Object.keys(SAYS).map((name) => `${name}.json`));
  });

  test.each(Object.keys(SAYS))('%s says what it should', (name) => {
    const told = interpret(name);
    if (SAYS[name] === undefined) expect(told).toEqual([]);
    else expect(told).toMatchObject([SAYS[name]]);
    expect(JSON.stringify(told)).not.toMatch(/@|copple|supabase/i);
  });

  test('of a sandbox say nothing to a live shop', () => {
    for (const name of Object.keys(SAYS)) {
      const told = stripe.interpret({ ...deliveryOf(''), body: bytes(name) }, contextOf());
      expect(told).toHaveLength(name === 'checkout_session_completed' ? 1 : 0);
    }
  });

  test('the renewal, as the API answers it, is a paid order of nothing that is not lost', async () => {
    const invoice = objectOf('invoice_paid');
    const account = await fakeAccount({ [`/v1/invoices/${invoice.id}`]: invoice });
    const [event] = await read(account, { ...deliveryOf(''), body: bytes('invoice_paid') }, { testOrders: 'apply' });
    expect((event as Extract<CommerceEvent, { type: 'order' }>).order).toEqual({
      id: 'in_1KJqKBJDPojXS6LNJbvLUgEy',
      session: 'stripe:demo:invoice:in_1KJqKBJDPojXS6LNJbvLUgEy',
      buyer: { customer: 'cus_JsuO3bmrj0QlAw' },
      currency: 'USD',
      lines: [
        {
          id: 'il_1KJqKBJDPojXS6LND42vdxtT',
          sku: 'variant:price_1IDQm5JDPojXS6LNM31hxKzp',
          name: '1 × Free tier (at $0.00 / month)',
          quantity: 1,
          price: '0.00',
          giftCard: false,
        },
      ],
      costs: {},
      codes: [],
      facts: { orderNumber: '60229DE7-0007', currency: 'USD', test: true, renewal: true },
      payment: 'paid',
      cancelled: false,
      test: true,
      returns: [],
    });
  });

  test('the checkout, as the API answers it, is what was charged', async () => {
    const checkout = objectOf('checkout_session_completed');
    const line_items = {
      object: 'list',
      data: [{ id: 'li_1', description: 'Item', quantity: 1, amount_subtotal: checkout.amount_subtotal, price: null }],
      has_more: false,
    };
    const answer = { ...checkout, line_items, payment_intent: objectOf('payment_intent_succeeded'), invoice: null };
    const account = await fakeAccount(things({}, { [`/v1/checkout/sessions/${checkout.id}`]: answer }));
    const delivery = { ...deliveryOf(''), body: bytes('checkout_session_completed') };
    const [event] = await read(account, delivery);
    expect(event).toMatchObject({
      type: 'order',
      version: { updatedAt: '2021-04-29T11:57:10Z' },
      order: {
        buyer: { customer: 'cus_IhGfebO16cMIGN' },
        currency: 'EUR',
        lines: [{ price: '9.99' }],
        payment: 'paid',
      },
    });
    expect(JSON.stringify(event)).not.toMatch(/@|copple/i);
  });
});
