import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../../../lib/commerce/event.ts';
import { linesOf } from '../../../../../lib/commerce/platforms/stripe/lines.ts';
import { moneyOf } from '../../../../../lib/commerce/platforms/stripe/money.ts';
import { decimal, sum } from '../../../../../lib/contract/decimal.ts';
import { permutations, play } from '../../life.ts';
import { type Body, CREATED, event, fakeAccount, list, PAYMENT, read, shopOf, things } from './fake-account.ts';

const SESSION = 'stripe:demo:cs_1';

/** One checkout with a payment that takes days; every event is read as the account is at that time. */
const tell = async () => {
  const account = await fakeAccount();
  const at = async (seconds: number, type: string, checkout: Body, more: Record<string, Body> = {}) => {
    account.has = things(checkout, more);
    const [object, id] = type.startsWith('checkout') ? ['checkout.session', 'cs_1'] : ['payment_intent', 'pi_1'];
    const about = type.startsWith('charge') ? { object: 'charge', payment_intent: id } : { object, id };
    return read(account, event(type, about, { created: CREATED + seconds }));
  };
  const pending = { payment_status: 'unpaid', payment_intent: { ...PAYMENT, status: 'processing' } };
  const refunded = { payment_intent: { ...PAYMENT, latest_charge: { amount_refunded: 1500, disputed: true } } };
  const back = (...refunds: Body[]) => ({
    '/v1/refunds': list(...refunds),
    '/v1/disputes': list({ id: 'du_1', amount: 300, status: 'lost' }),
  });
  const one = { id: 're_1', amount: 1000, status: 'succeeded' };
  const two = { id: 're_2', amount: 500, status: 'succeeded' };
  const told = {
    completed: await at(0, 'checkout.session.completed', pending),
    succeeded: await at(0, 'payment_intent.succeeded', {}),
    confirmed: await at(0, 'checkout.session.async_payment_succeeded', {}),
    refundedOnce: await at(60, 'charge.refunded', refunded, back(one)),
    refundedTwice: await at(61, 'charge.refunded', refunded, back(one, two)),
    canceled: await at(3, 'payment_intent.canceled', {
      payment_status: 'unpaid',
      payment_intent: { ...PAYMENT, status: 'canceled' },
    }),
  };
  return Object.fromEntries(Object.entries(told).map(([name, [only]]) => [name, only as CommerceEvent]));
};

const among = (told: Record<string, CommerceEvent>, ...names: string[]) =>
  names.map((name) => told[name] as CommerceEvent);

describe('an order told in any order, each part twice', () => {
  test('ends closed with what was bought, and what was given back reported once', async () => {
    const told = await tell();
    const names = ['completed', 'succeeded', 'confirmed', 'refundedOnce', 'refundedTwice'];
    for (const events of permutations(among(told, ...names))) {
      const { sessions, events: reported } = play(events, shopOf());
      expect([...sessions]).toMatchObject([
        [
          SESSION,
          {
            state: 'closed',
            profileId: 'stripe:cus_1',
            couponCodes: ['SUMMER-1'],
            cartItems: [
              { sku: 'shirt', quantity: 2, price: 25 },
              { sku: 'variant:price_2', quantity: 1, price: 4.1 },
            ],
            additionalCosts: { shipping: { price: 10 } },
          },
        ],
      ]);
      expect(reported.map(({ attributes }) => [attributes.refundId, attributes.amount]).toSorted()).toEqual([
        ['du_1', 3],
        ['re_1', 10],
        ['re_2', 5],
      ]);
    }
  });

  test('stays open while it is completed and not paid', async () => {
    const events = among(await tell(), 'completed', 'completed');
    expect(play(events, shopOf()).sessions.get(SESSION)?.state).toBe('open');
  });

  test('ends cancelled when its payment was, or in no session when that came first', async () => {
    const [completed, canceled] = among(await tell(), 'completed', 'canceled') as [CommerceEvent, CommerceEvent];
    expect(play([completed, canceled], shopOf()).sessions.get(SESSION)?.state).toBe('cancelled');
    expect(play([canceled, completed], shopOf()).calls).toEqual([]);
  });
});

test('each renewal closes a session of its own', async () => {
  const renewed = { object: 'invoice', id: 'in_1', billing_reason: 'subscription_cycle' };
  const account = await fakeAccount();
  const [renewal] = await read(account, event('invoice.paid', renewed));
  const [first] = await read(account);
  const { sessions } = play([renewal as CommerceEvent, first as CommerceEvent], shopOf());
  expect([...sessions.keys()]).toEqual(['stripe:demo:invoice:in_1', SESSION]);
  expect([...sessions.values()].map(({ state }) => state)).toEqual(['closed', 'closed']);
});

test('the renewal is passed on as an attribute where the shop says so', async () => {
  const shop = shopOf();
  const renewed = { object: 'invoice', id: 'in_1', billing_reason: 'subscription_cycle' };
  const events = await read(await fakeAccount(), event('invoice.paid', renewed));
  const telling = { ...shop, attributes: { ...shop.attributes, session: ['renewal' as const] } };
  expect([...play(events, telling).sessions.values()]).toMatchObject([{ attributes: { renewal: true } }]);
  expect([...play(events, shop).sessions.values()]).toMatchObject([{ attributes: {} }]);
});

test('lines come to what was charged for them, to the minor unit, in every currency', () => {
  const line = fc.record({
    id: fc.constant('li_1'),
    quantity: fc.integer({ min: 1, max: 999 }),
    total: fc.integer({ min: 0, max: 10_000_000 }),
  });
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 20 }),
      fc.constantFrom('USD', 'JPY', 'KWD', 'ISK', 'MGA'),
      (lines, currency) => {
        const told = linesOf(lines, ({ total }) => total, currency);
        expect(told.map(({ quantity }) => quantity)).toEqual(lines.map(({ quantity }) => quantity));
        const charged = moneyOf(
          lines.reduce((total, each) => total + each.total, 0),
          currency,
        );
        const off = sum(told.map(({ price, quantity }) => decimal(price).times(quantity))).minus(charged);
        expect(off.abs().lt('0.0001')).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
