import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent, Order, Return } from '../../../lib/commerce/event.ts';
import type { Shop } from '../../../lib/commerce/shops.ts';
import { cart, order, refund } from './pictures.ts';
import { shopOf } from './platforms/shopify/samples.ts';
import { Model } from './session-api.ts';

const SESSION = 'shopify:demo:token';

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));

const play = (events: readonly CommerceEvent[], shop: Shop): Model => {
  const model = new Model(shop);
  for (const event of events) model.apply(event);
  return model;
};

const quantity = fc.integer({ min: 1, max: 9 });
const codes = fc.subarray(['SUMMER-0001', 'SUMMER-2', 'WELCOME']);
const content = fc.record({ quantity, codes }).map(({ quantity, codes }) => ({
  lines: [{ id: '1', sku: 'SHIRT', name: 'Shirt', quantity, price: '19.99', giftCard: false }],
  codes,
}));

const time = fc.integer({ min: 3, max: 6 });

/**
 * A story of one order as Shopify may tell it: the times of its pictures may be equal or crossed, the order may differ from
 * the checkout, and be edited as long as nothing but its creation was told.
 */
const story = fc
  .record({
    bought: content,
    first: content,
    checkout: content,
    created: fc.integer({ min: 0, max: 2 }),
    times: fc.tuple(time, time, time),
    checkoutTime: fc.integer({ min: 0, max: 9 }),
    updatedPaid: fc.boolean(),
    guestFirst: fc.boolean(),
  })
  .map(({ bought, first, checkout, created, times, checkoutTime, updatedPaid, guestFirst }) => {
    const seen = (changes: Partial<Order>, at = 0) => order({ ...bought, ...changes }, at);
    return {
      bought,
      told: {
        checkout: cart({ ...checkout, ...(guestFirst && { buyer: { guest: 'abc' } }) }, checkoutTime),
        created: seen(first, created),
        paid: seen({ payment: 'paid' }, times[0]),
        updated: seen({ payment: updatedPaid ? 'paid' : 'unpaid', facts: { orderNumber: '#1-A' } }, times[1]),
        cancelled: seen({ payment: 'paid', cancelled: true }, times[2]),
      },
    };
  });

const expected = ({ lines, codes }: Pick<Order, 'lines' | 'codes'>, state: string) => ({
  state,
  profileId: 'shopify:7',
  couponCodes: codes.filter((code) => code.startsWith('SUMMER-')),
  cartItems: lines.map(({ name, sku, quantity }) => ({ name, sku, quantity, price: 19.99 })),
  additionalCosts: { shipping: { price: 5 } },
});

const withDuplicates = <T>(events: readonly T[]) =>
  fc
    .array(fc.nat(events.length - 1), { maxLength: 4 })
    .map((again) => [...events, ...again.map((index) => events[index] as T)]);

describe('whatever order pictures come in, the session ends the same', () => {
  test('until it is paid, in every permutation', () => {
    fc.assert(
      fc.property(story, ({ bought, told: { checkout, created, paid, updated } }) => {
        for (const events of permutations([checkout, created, paid, updated])) {
          const { api } = play(events, shopOf());
          expect(api.sessions.get(SESSION)).toMatchObject(expected(bought, 'closed'));
          const closings = api.calls.filter(({ input }) => JSON.stringify(input).includes('"closed"'));
          expect(closings).toHaveLength(1);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('until it is cancelled, in every permutation; a cancellation that comes first leaves no session', () => {
    fc.assert(
      fc.property(story, ({ bought, told }) => {
        for (const events of permutations(Object.values(told))) {
          const { api } = play(events, shopOf());
          if (events[0] === told.cancelled) expect(api.calls).toEqual([]);
          else expect(api.sessions.get(SESSION)).toMatchObject(expected(bought, 'cancelled'));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('with duplicates anywhere and crashes between the calls', () => {
    fc.assert(
      fc.property(
        story.chain(({ bought, told }) =>
          withDuplicates(Object.values(told))
            .chain((events) => fc.shuffledSubarray(events, { minLength: events.length }))
            .map((events) => ({ bought, told, events })),
        ),
        fc.array(fc.nat(2), { maxLength: 9 }),
        ({ bought, told, events }, crashes) => {
          const model = new Model(shopOf());
          events.forEach((event, index) => {
            model.apply(event, crashes[index]);
            model.apply(event);
          });
          if (events[0] === told.cancelled) expect(model.api.calls).toEqual([]);
          else expect(model.api.sessions.get(SESSION)).toMatchObject(expected(bought, 'cancelled'));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('no unpaid picture closes it', () => {
    fc.assert(
      fc.property(story, ({ told: { checkout, created } }) => {
        for (const events of permutations([checkout, created, order({}, 5), order({ test: false }, 6)])) {
          expect(play(events, shopOf()).api.sessions.get(SESSION)?.state).toBe('open');
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('refunds', () => {
  const refunds: Return[] = [refund('900', 1), refund('901', 0, '5.00'), refund('902', 2, '60.00')];
  const picture = fc.record({
    at: fc.integer({ min: 0, max: 5 }),
    payment: fc.constantFrom('unpaid', 'paid'),
    returns: fc.subarray(refunds),
  });

  test('are each reported once when the order is closed in the end, and never before', () => {
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(3)), (pictures, crashes) => {
        const model = new Model(shopOf());
        pictures.forEach(({ at, ...changes }, index) => {
          model.apply(order(changes, at), crashes[index]);
          model.apply(order(changes, at));
        });
        const paid = pictures.some(({ payment }) => payment === 'paid');
        const told = new Set(pictures.flatMap(({ returns }) => returns.map(({ id }) => id)));
        const reported = model.api.events.map(({ attributes }) => String(attributes.refundId));
        expect(reported.toSorted()).toEqual(paid ? [...told].toSorted() : []);
      }),
      { numRuns: 500 },
    );
  });

  test('come to the same events in every order of arrival', () => {
    const told = refunds.map((one, index) => order({ payment: 'paid', returns: [one] }, index));
    const sorted = (model: Model) => model.api.events.map((event) => JSON.stringify(event)).toSorted();
    const first = sorted(play(told, shopOf()));
    expect(first).toHaveLength(3);
    for (const events of permutations(told)) expect(sorted(play(events, shopOf()))).toEqual(first);
  });
});

test('any pictures at all, in any order, make no call that the API refuses', () => {
  const anyPicture = fc
    .record({
      at: fc.integer({ min: 0, max: 5 }),
      content,
      payment: fc.constantFrom('unpaid', 'paid', 'voided'),
      cancelled: fc.boolean(),
      returns: fc.subarray([refund('900', 1), refund('901', 0)]),
      isCart: fc.boolean(),
    })
    .map(({ at, content, isCart, ...changes }) =>
      isCart ? cart(content, at) : order({ ...content, ...(changes as Partial<Order>) }, at),
    );
  fc.assert(
    fc.property(
      fc.array(anyPicture, { maxLength: 8 }),
      fc.constantFrom('paid', 'created'),
      fc.array(fc.nat(2)),
      (events, closeOn, crashes) => {
        const model = new Model(shopOf({ closeOn }));
        events.forEach((event, index) => {
          model.apply(event, crashes[index]);
        });
        for (const { operation, input } of model.api.calls) {
          if (operation !== 'updateCustomerSessionV2') continue;
          expect(input.body.customerSession.couponCodes ?? []).not.toContain('');
          expect(input.body.customerSession.couponCodes ?? []).not.toContain('WELCOME');
        }
      },
    ),
    { numRuns: 1000 },
  );
});
