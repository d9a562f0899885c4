import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CUSTOMER_CREATED, endState, ORDER_LIFE, play } from '../support/order-life.ts';

type Name = keyof typeof ORDER_LIFE;
const NAMES = Object.keys(ORDER_LIFE) as Name[];

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));

const subsets = <T>(items: readonly T[]): T[][] =>
  items
    .reduce<T[][]>((all, item) => all.concat(all.map((one) => one.concat(item))), [[]])
    .filter((one) => one.length > 0);

const endOf = async (names: readonly Name[]) =>
  endState(await play([CUSTOMER_CREATED, ...names.map((name) => ORDER_LIFE[name])]));

/** The same end for every arrival; only that a cancellation that arrives first leaves no session. */
const expectedOf = (names: readonly Name[], inOrder: Awaited<ReturnType<typeof endOf>>) =>
  names[0] === 'cancelled' ? { ...inOrder, session: undefined } : inOrder;

describe('an order ends the same whatever the order of its events', () => {
  for (const names of subsets(NAMES)) {
    test(`${names.join(', ')}: every permutation`, async () => {
      const inOrder = await endOf(names);
      for (const permutation of permutations(names)) {
        const end = await endOf(permutation);
        expect(end, permutation.join(' → ')).toEqual(expectedOf(permutation, inOrder));
      }
    });
  }

  test('with duplicates anywhere, too', async () => {
    const inOrder = await endOf(NAMES);
    const arrivals = fc
      .array(fc.constantFrom(...NAMES), { maxLength: 6 })
      .chain((extra) => fc.shuffledSubarray([...NAMES, ...extra], { minLength: NAMES.length + extra.length }));
    await fc.assert(
      fc.asyncProperty(arrivals, async (names) => {
        const end = await endOf(names);
        expect(end).toEqual(expectedOf(names, inOrder));
      }),
      { numRuns: 150 },
    );
  });

  test('in batches of the queue, too', async () => {
    const inOrder = await endOf(NAMES);
    const batches = fc
      .shuffledSubarray(NAMES, { minLength: NAMES.length })
      .chain((names) => fc.tuple(fc.constant(names), fc.integer({ min: 1, max: NAMES.length })));
    await fc.assert(
      fc.asyncProperty(batches, async ([names, cut]) => {
        const shop = await play([CUSTOMER_CREATED]);
        const messages = (
          await Promise.all(names.map((name) => shop.messagesOf(ORDER_LIFE[name].topic, ORDER_LIFE[name].body)))
        ).flat();
        await shop.process(messages.slice(0, cut));
        await shop.process(messages.slice(cut));
        expect(await endState(shop)).toEqual(expectedOf(names, inOrder));
      }),
      { numRuns: 50 },
    );
  });
});

describe('an order in force', () => {
  test('a paid order has used its code once and given its discount', async () => {
    const end = await endOf(['checkout', 'create', 'paid', 'updated']);
    expect(end).toMatchObject({
      session: { state: 'closed', couponCodes: ['SUMMER'], cartItems: [{ sku: 'A', quantity: 2, price: 35 }] },
      profile: { closedSessions: 1, totalSales: '70' },
      redemptions: 1,
      used: 1,
      discounted: 700,
      perProfile: 1,
      money: 700,
    });
    expect(end.session?.effectsInForce.map(({ effectType }) => effectType)).toEqual(['acceptCoupon', 'setDiscount']);
  });

  test('an unpaid picture never closes it', async () => {
    const end = await endOf(['create', 'checkout']);
    expect(end.session?.state).toBe('open');
    expect(end.used).toBe(0);
  });

  test('a cancelled order gives everything back', async () => {
    expect(await endOf(['paid', 'cancelled'])).toMatchObject({
      session: { state: 'cancelled', effectsInForce: [] },
      profile: { closedSessions: 0, totalSales: '0' },
      redemptions: 0,
      used: 0,
      discounted: 0,
      perProfile: 0,
      money: 0,
    });
  });
});
