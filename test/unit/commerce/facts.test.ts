import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import type { Shop } from '../../../lib/commerce/shops.ts';
import { permutations, play } from './life.ts';
import { abandoned, cart, order, refund } from './pictures.ts';
import { shopOf } from './platforms/shopify/samples.ts';
import { Model } from './session-api.ts';

const SESSION = 'shopify:demo:token';
const paid = { payment: 'paid' } as const;
const fulfilled = { ...paid, fulfilled: true } as const;
const hats = { lines: [{ id: '2', sku: 'HAT', name: 'Hat', quantity: 1, price: '9.90', giftCard: false }] };
const both: Partial<Shop> = { events: ['cart_abandoned', 'order_fulfilled'] };

const typesAfter = (events: readonly CommerceEvent[], settings: Partial<Shop> = both): string[] =>
  play(events, shopOf(settings)).events.map(({ type }) => type);

describe('that an order was fulfilled', () => {
  test('is reported with the order, once it is closed', () => {
    const { events } = play([order(fulfilled)], shopOf(both));
    expect(events).toEqual([{ type: 'order_fulfilled', attributes: {}, sessionId: SESSION }]);
  });

  test('is reported to nobody who did not ask', () => {
    expect(typesAfter([order(fulfilled)], {})).toEqual([]);
  });

  test('waits for the payment, also when that picture does not show it', () => {
    const model = new Model(shopOf(both));
    model.apply(order({ fulfilled: true }, 10));
    expect(model.api.events).toEqual([]);
    model.apply(order(paid, 11));
    expect(model.api.events).toHaveLength(1);
  });

  test('is reported once, in every order of arrival, with duplicates and crashes, and the refund beside it', () => {
    const told = [cart(), order({}, 1), order(paid, 2), order({ ...fulfilled, returns: [refund('r', 1)] }, 3)];
    for (const events of permutations([...told, order(fulfilled, 4)])) {
      const { sessions, events: reported } = play(events, shopOf(both));
      expect(sessions.get(SESSION)?.state).toBe('closed');
      expect(reported.map(({ type }) => type).toSorted()).toEqual(['order_fulfilled', 'order_partially_returned']);
    }
  });

  test('of a cancelled order is not reported', () => {
    expect(typesAfter([order(paid), order({ ...fulfilled, cancelled: true }, 11)])).toEqual([]);
  });
});

describe('that a cart was abandoned', () => {
  test('is reported while its session is open', () => {
    const { events, sessions } = play([cart(), abandoned()], shopOf(both));
    expect(events).toEqual([{ type: 'cart_abandoned', attributes: {}, sessionId: SESSION }]);
    expect(sessions.get(SESSION)?.state).toBe('open');
  });

  test('is reported once, however often it is told, and when the cart was changed since', () => {
    expect(typesAfter([cart(), abandoned(1), cart(hats, 5), abandoned(9), abandoned(3)])).toEqual(['cart_abandoned']);
  });

  test('is no news of an order, and never changes what becomes of it', () => {
    const gaveUp = abandoned(1);
    for (const events of permutations([cart(), gaveUp, order({}, 5), order(paid, 6)])) {
      const { sessions, events: reported } = play(events, shopOf(both));
      expect(sessions.get(SESSION)?.state).toBe('closed');
      const known = events.findIndex(({ type }) => type === 'order') < events.indexOf(gaveUp);
      expect(reported).toHaveLength(known ? 0 : 1);
    }
    expect(typesAfter([abandoned()], {})).toEqual([]);
  });
});

describe('an order that is edited after closing', () => {
  test('is reported once for each content, also when a crash comes between the calls', () => {
    const model = new Model(shopOf());
    model.apply(order(paid));
    const edited = order({ ...paid, ...hats, returns: [refund('r', 1)] }, 11);
    model.apply(edited, 1);
    model.apply(edited);
    model.apply(order({ ...paid, ...hats, facts: { orderNumber: '#1-B' } }, 12));
    model.apply(order({ ...paid, codes: [] }, 13));
    expect(model.api.events.map(({ type }) => type)).toEqual([
      'order_partially_returned',
      'order_edited',
      'order_edited',
    ]);
  });

  test('is not, when it is told the same in other words, or in an older picture, or is cancelled', () => {
    expect(typesAfter([order(paid), order({ ...paid, facts: { orderNumber: '#2' } }, 11)])).toEqual([]);
    expect(typesAfter([order(paid), order({ ...paid, ...hats }, 9)])).toEqual([]);
    expect(typesAfter([order(paid), order({ ...paid, ...hats, cancelled: true }, 11)])).toEqual([]);
  });

  test('never puts lines into the closed session, in whatever order its pictures come', () => {
    const picture = fc.record({
      at: fc.integer({ min: 0, max: 9 }),
      quantity: fc.integer({ min: 1, max: 3 }),
      payment: fc.constantFrom('unpaid', 'paid'),
      fulfilled: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 6 }), fc.array(fc.nat(2)), (pictures, crashes) => {
        const model = new Model(shopOf(both));
        for (const [index, { at, quantity, fulfilled, ...rest }] of pictures.entries()) {
          const lines = [{ id: '1', sku: 'SHIRT', name: 'Shirt', quantity, price: '30.00', giftCard: false }];
          const event = order({ ...rest, lines, ...(fulfilled && { fulfilled }) }, at);
          model.apply(event, crashes[index]);
          model.apply(event);
        }
        const isClosed = pictures.some(({ payment }) => payment === 'paid');
        expect(model.api.sessions.get(SESSION)?.state).toBe(
          pictures.length === 0 ? undefined : isClosed ? 'closed' : 'open',
        );
        const told = model.api.events.filter(({ type }) => type === 'order_fulfilled');
        expect(told).toHaveLength(isClosed && pictures.some((each) => each.fulfilled) ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a dispute that was lost', () => {
  const lost = { ...refund('dp_1', 0, '65.00'), dispute: true } as const;
  const told = [order({}, 1), order(paid, 2), order({ ...paid, returns: [lost] }, 3), order(paid, 4)];

  test('is reported as a refund of money where nothing else is said', () => {
    for (const events of permutations(told)) {
      const { sessions, events: reported } = play(events, shopOf());
      expect(sessions.get(SESSION)?.state).toBe('closed');
      expect(reported).toMatchObject([{ type: 'order_refunded_amount', attributes: { refundId: 'dp_1', amount: 65 } }]);
    }
  });

  test('cancels the order where the shop says so, as any cancellation would', () => {
    for (const events of permutations(told)) {
      const { sessions, calls, events: reported } = play(events, shopOf({ disputes: 'cancel' }));
      if (events[0] === told[2]) expect(calls).toEqual([]);
      else expect(sessions.get(SESSION)?.state).toBe('cancelled');
      expect(reported).toEqual([]);
    }
  });

  test('does nothing where the shop says so, and refunds are reported all the same', () => {
    const refunded = order({ ...paid, returns: [lost, refund('r', 1)] }, 5);
    const { sessions, events } = play([...told, refunded], shopOf({ disputes: 'ignore' }));
    expect(sessions.get(SESSION)?.state).toBe('closed');
    expect(events.map(({ attributes }) => attributes.refundId)).toEqual(['r']);
  });
});
