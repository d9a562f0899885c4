import { describe, expect, test } from 'vitest';
import { permutations, play } from '../../life.ts';
import { type Body, cart, interpret, order, shopOf } from './samples.ts';

const at = (second: number) => ({ updatedAt: `2026-03-01T12:00:0${second}Z` });
const returns = [{ id: 'r-1', amount: '19.99', lines: [{ line: 'SHIRT', quantity: 1 }] }];

const told = {
  cart: cart({ ...at(0), codes: [] }),
  created: order({ ...at(1), payment: 'unpaid' }),
  // Within one second.
  paid: order(at(2)),
  updated: order({ ...at(2), facts: { orderNumber: '#1001-A' } }),
  refunded: order({ ...at(3), returns }),
  cancelled: order({ ...at(4), cancelled: true }),
};

const tell = (bodies: readonly Body[]) =>
  play(
    bodies.flatMap((body) => interpret(body)),
    shopOf(),
  );
const SESSION = 'standard:demo:c-77';

describe('the life of one order, each document delivered twice', () => {
  test('ends in one closed session and one returned shirt, in every order of arrival', () => {
    const { cart, created, paid, updated, refunded } = told;
    for (const bodies of permutations([cart, created, paid, updated, refunded])) {
      const { sessions, events } = tell(bodies);
      expect([...sessions]).toMatchObject([
        [
          SESSION,
          {
            state: 'closed',
            profileId: 'standard:42',
            couponCodes: ['SUMMER-1'],
            cartItems: [{ sku: 'SHIRT', quantity: 2, price: 19.99 }],
            additionalCosts: { shipping: { price: 5 } },
          },
        ],
      ]);
      expect(events).toMatchObject([
        { type: 'order_partially_returned', attributes: { refundId: 'r-1', amount: 19.99, lines: ['SHIRT×1'] } },
      ]);
    }
  });

  test('ends in one cancelled session, or in none when the cancellation comes first', () => {
    const { cart, created, paid, updated, cancelled } = told;
    for (const bodies of permutations([cart, created, paid, updated, cancelled])) {
      const { sessions, calls } = tell(bodies);
      if (bodies[0] === cancelled) expect(calls).toEqual([]);
      else expect(sessions.get(SESSION)?.state).toBe('cancelled');
    }
  });

  test('is not closed by any unpaid document', () => {
    const unpaid = order({ ...at(5), payment: 'unpaid', facts: {} });
    for (const bodies of permutations([told.cart, told.created, unpaid])) {
      expect(tell(bodies).sessions.get(SESSION)?.state).toBe('open');
    }
  });
});
