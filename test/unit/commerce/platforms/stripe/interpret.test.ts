import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../../../lib/commerce/event.ts';
import { stripe } from '../../../../../lib/commerce/platforms/stripe/stripe.ts';
import type { Shop } from '../../../../../lib/commerce/shops.ts';
import { InvalidRequestError, UnauthorizedError } from '../../../../../lib/contract/errors.ts';
import { type Body, contextOf, deliveryOf, event } from './fake-account.ts';

const interpret = (delivery: Delivery, settings: Partial<Shop> = {}) => stripe.interpret(delivery, contextOf(settings));
const resources = (type: string, object: Body) =>
  interpret(event(type, object)).map((each) => each.type === 'thin' && each.resource);

const refund = { object: 'refund', id: 're_1', charge: 'ch_1', payment_intent: 'pi_1', status: 'succeeded' };
const dispute = { object: 'dispute', id: 'du_1', charge: 'ch_1', payment_intent: 'pi_1', status: 'lost' };
const invoice = { object: 'invoice', id: 'in_1', billing_reason: 'subscription_cycle' };

describe('an event names what is to be read', () => {
  test.each([
    ['checkout.session.completed', { object: 'checkout.session', id: 'cs_live_a1' }, 'checkout/cs_live_a1'],
    ['checkout.session.async_payment_succeeded', { object: 'checkout.session', id: 'cs_1' }, 'checkout/cs_1'],
    ['checkout.session.async_payment_failed', { object: 'checkout.session', id: 'cs_1' }, 'checkout/cs_1'],
    ['payment_intent.succeeded', { object: 'payment_intent', id: 'pi_1' }, 'payment/pi_1'],
    ['payment_intent.payment_failed', { object: 'payment_intent', id: 'pi_1' }, 'payment/pi_1'],
    ['payment_intent.canceled', { object: 'payment_intent', id: 'pi_1' }, 'payment/pi_1'],
    ['charge.refunded', { object: 'charge', id: 'ch_1', payment_intent: 'pi_1' }, 'payment/pi_1'],
    ['charge.refunded', { object: 'charge', id: 'ch_1', payment_intent: { id: 'pi_1' } }, 'payment/pi_1'],
    ['charge.refund.updated', refund, 'payment/pi_1'],
    ['refund.created', refund, 'payment/pi_1'],
    ['refund.updated', refund, 'payment/pi_1'],
    ['refund.failed', refund, 'payment/pi_1'],
    ['charge.dispute.closed', dispute, 'payment/pi_1'],
    ['invoice.paid', invoice, 'invoice/in_1'],
    ['invoice.payment_failed', invoice, 'invoice/in_1'],
    ['invoice.voided', invoice, 'invoice/in_1'],
  ])('%s (%#)', (type, object, resource) => {
    expect(resources(type, object)).toEqual([resource]);
  });

  test('with its own time, the digest of its bytes, and nothing else of it', () => {
    const delivery = event('checkout.session.completed', {
      object: 'checkout.session',
      id: 'cs_1',
      customer_details: { email: 'ann@example.com' },
    });
    const digest = hash('sha256', delivery.body);
    expect(interpret(delivery)).toEqual([
      {
        id: digest,
        shop: 'demo',
        version: { updatedAt: '2026-06-01T11:00:00Z', digest },
        type: 'thin',
        resource: 'checkout/cs_1',
      },
    ]);
  });
});

describe('a customer', () => {
  const customer = { object: 'customer', id: 'cus_1', email: 'ann@example.com', name: 'Ann', address: null };

  test.each(['customer.created', 'customer.updated'])('%s is the record without the person', (type) => {
    const [told] = interpret(event(type, { ...customer, address: { country: 'DE', line1: 'Elm Street' } }));
    expect(told).toMatchObject({ type: 'customer', customer: { id: 'cus_1', facts: { country: 'DE' } } });
    expect(JSON.stringify(told)).not.toMatch(/ann|elm/i);
  });

  test("'s country may be where they are shipped to, or nowhere", () => {
    const shipping = { address: { country: 'AT' }, name: 'Ann' };
    expect(interpret(event('customer.updated', { ...customer, shipping }))).toMatchObject([
      { customer: { facts: { country: 'AT' } } },
    ]);
    expect(interpret(event('customer.updated', customer))).toMatchObject([{ customer: { facts: {} } }]);
  });
});

test.each([
  ['checkout.session.expired', { object: 'checkout.session', id: 'cs_1' }],
  ['customer.deleted', { object: 'customer', id: 'cus_1', deleted: true }],
  ['customer.subscription.created', { object: 'subscription', id: 'sub_1' }],
  ['customer.subscription.deleted', { object: 'subscription', id: 'sub_1' }],
  ['charge.succeeded', { object: 'charge', id: 'ch_1', payment_intent: 'pi_1' }],
  ['charge.refunded', { object: 'charge', id: 'ch_1', payment_intent: null }],
  ['charge.dispute.closed', { ...dispute, status: 'won' }],
  ['charge.dispute.created', dispute],
  ['invoice.paid', { ...invoice, billing_reason: 'subscription_create' }],
  ['invoice.paid', { ...invoice, billing_reason: 'manual' }],
  ['product.updated', { object: 'product', id: 'prod_1' }],
  ['constructor', {}],
])('%s says nothing (%#)', (type, object) => {
  expect(interpret(event(type, object))).toEqual([]);
});

describe('a thin event', () => {
  const thin = (type: string, id: string, changes: Body = {}) =>
    deliveryOf({
      id: 'evt_1',
      object: 'v2.core.event',
      type: 'v1.x',
      created: '2026-06-01T11:00:00.500Z',
      livemode: true,
      related_object: { id, type, url: 'https://elsewhere.example/' },
      ...changes,
    });

  test.each([
    ['checkout.session', 'cs_1', 'checkout/cs_1'],
    ['payment_intent', 'pi_1', 'payment/pi_1'],
    ['invoice', 'in_1', 'invoice/in_1'],
    ['customer', 'cus_1', 'customer/cus_1'],
  ])('about a %s names it', (type, id, resource) => {
    expect(interpret(thin(type, id))).toMatchObject([
      { type: 'thin', version: { updatedAt: '2026-06-01T11:00:00.5Z' }, resource },
    ]);
  });

  test('about anything else, or nothing, says nothing', () => {
    expect(interpret(thin('v2.core.account', 'acct_1'))).toEqual([]);
    expect(interpret(thin('charge', 'ch_1'))).toEqual([]);
    expect(interpret(thin('', '', { related_object: null }))).toEqual([]);
  });

  test('of a sandbox or another account is none of the shop', () => {
    expect(interpret(thin('customer', 'cus_1', { livemode: false }))).toEqual([]);
    expect(() => interpret(thin('customer', 'cus_1', { context: 'acct_2' }))).toThrow(UnauthorizedError);
  });
});

test('what happens in a sandbox is dropped, unless the shop applies it', () => {
  for (const [type, object] of [
    ['checkout.session.completed', { object: 'checkout.session', id: 'cs_test_1' }],
    ['customer.updated', { object: 'customer', id: 'cus_1' }],
  ] as const) {
    const sandbox = event(type, object, { livemode: false });
    expect(interpret(sandbox)).toEqual([]);
    expect(interpret(sandbox, { testOrders: 'apply' })).toHaveLength(1);
  }
});

test("another account's event is refused, the shop's own is not", () => {
  for (const type of ['checkout.session.completed', 'product.updated']) {
    const object = { object: 'checkout.session', id: 'cs_1' };
    expect(() => interpret(event(type, object, { account: 'acct_2' }))).toThrow(UnauthorizedError);
    expect(() => interpret(event(type, object, { account: 'acct_1' }))).not.toThrow();
  }
});

test.each([
  ['an object of another kind', 'invoice.paid', { object: 'charge', id: 'in_1' }, '/object'],
  ['an id that leads elsewhere', 'invoice.paid', { object: 'invoice', id: 'in_1/../x' }, '/id'],
  ['an id of another kind', 'payment_intent.succeeded', { object: 'payment_intent', id: 'ch_1' }, '/id'],
  ['a customer that is none', 'customer.updated', { object: 'charge', id: 'cus_1' }, '/object'],
])('%s is refused, with its place', (_, type, object, pointer) => {
  let refused: unknown;
  try {
    interpret(event(type, object));
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(InvalidRequestError);
  expect(refused).toMatchObject({ issues: [{ source: { pointer } }] });
});

test('any JSON is read or refused by its faults', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('invoice.paid', 'customer.updated', 'refund.created'), (data, type) => {
      const body = `{"object":"event","type":"${type}","created":1,"livemode":true,"data":{"object":${data}}}`;
      for (const text of [data, body]) {
        try {
          interpret(deliveryOf(text));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRequestError);
        }
      }
    }),
    { numRuns: 200 },
  );
});
