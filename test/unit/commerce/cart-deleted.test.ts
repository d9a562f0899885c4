import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import { permutations, play } from './life.ts';
import { abandoned, cart, cartDeleted, order } from './pictures.ts';
import { shopOf } from './platforms/shopify/samples.ts';
import { Model } from './session-api.ts';

const SESSION = 'shopify:demo:token';
const OWN_SESSION = `${SESSION}:order:100`;
const paid = { payment: 'paid' } as const;

const after = (...events: CommerceEvent[]) => {
  const model = new Model(shopOf());
  const told = events.map((event) => model.apply(event));
  return { ...model.api, sessions: model.api.sessions, calls: model.api.calls, last: told.at(-1) };
};

describe('a cart that is deleted', () => {
  test('cancels its session and sends nothing of its content', () => {
    const { calls, sessions, last } = after(cart(), cartDeleted());
    expect(last).toBe('applied: session cancelled');
    expect(sessions.get(SESSION)).toMatchObject({ state: 'cancelled', cartItems: [{ sku: 'SHIRT' }] });
    expect(calls.at(-1)?.input.body).toEqual({ customerSession: { state: 'cancelled' }, responseContent: [] });
  });

  test('makes no session, and lets later pictures of the cart make none', () => {
    const { calls, last } = after(cartDeleted(), cart({}, 5), abandoned(6));
    expect(calls).toEqual([]);
    expect(last).toBe('stale: its cart was deleted');
  });

  test('twice is deleted once', () => {
    expect(after(cart(), cartDeleted(), cartDeleted()).last).toBe('duplicate: cart deleted before');
    expect(after(cartDeleted(), cartDeleted()).last).toBe('duplicate: cart deleted before');
  });

  test('leaves an order alone, paid or not', () => {
    for (const changes of [{}, paid]) {
      const { sessions, last } = after(cart(), order(changes), cartDeleted());
      expect(last).toBe('ignored: the cart became an order');
      expect(sessions.get(SESSION)?.state).toBe('payment' in changes ? 'closed' : 'open');
    }
  });

  test('lets an order that comes later have a session of its own, since a cancelled one takes nothing any more', () => {
    const { sessions, events } = after(
      cart(),
      cartDeleted(),
      order({}, 10),
      order({ ...paid, returns: [{ id: 'r', amount: '1.00', lines: [] }] }, 11),
      cart({}, 20),
      cartDeleted(),
    );
    expect(sessions.get(SESSION)?.state).toBe('cancelled');
    expect(sessions.get(OWN_SESSION)).toMatchObject({ state: 'closed', cartItems: [{ sku: 'SHIRT' }] });
    expect(events).toMatchObject([{ type: 'order_refunded_amount', sessionId: OWN_SESSION }]);
  });
});

/** The session that the order ended in: the cart's, or its own where that was cancelled before the order came. */
const sessionOfOrder = (events: readonly CommerceEvent[]) => {
  const { sessions } = play(events, shopOf());
  return sessions.get(OWN_SESSION) ?? sessions.get(SESSION);
};

describe('in every order of arrival, each twice and with a crash between', () => {
  test('an order ends in a closed session with its content', () => {
    for (const events of permutations([cart(), cartDeleted(), cart({ codes: [] }, 3), order({}, 5), order(paid, 6)])) {
      expect(sessionOfOrder(events)).toEqual({
        state: 'closed',
        profileId: 'shopify:7',
        couponCodes: ['SUMMER-0001'],
        cartItems: [{ name: 'Shirt', sku: 'SHIRT', quantity: 2, price: 30 }],
        additionalCosts: { shipping: { price: 5 } },
        attributes: {},
      });
    }
  });

  test('an order that is not paid stays open', () => {
    for (const events of permutations([cart(), cartDeleted(), order({}, 5)])) {
      expect(sessionOfOrder(events)?.state).toBe('open');
    }
  });

  test('a cancelled order ends cancelled, or in no session', () => {
    for (const events of permutations([cart(), cartDeleted(), order(paid, 5), order({ cancelled: true }, 6)])) {
      const states = [...play(events, shopOf()).sessions.values()].map(({ state }) => state);
      expect(new Set([...states, 'cancelled'])).toEqual(new Set(['cancelled']));
    }
  });

  test('a cart that nothing came of ends cancelled, or in no session', () => {
    for (const events of permutations([cart(), cartDeleted(), cart({ codes: [] }, 3)])) {
      const { sessions } = play(events, shopOf());
      if (events[0]?.type === 'activity') expect(sessions.size).toBe(0);
      else expect(sessions.get(SESSION)?.state).toBe('cancelled');
    }
  });
});
