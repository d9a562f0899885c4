import { describe, expect, test } from 'vitest';
import type { Expression } from '../../../lib/promotions/snapshot.ts';
import { application, campaign, cart, effectsOf, snapshot, story, testEngine } from '../../support/engine.ts';

const TOTAL = ['.', 'Session', 'Total'];

const withEffects = (effects: Expression[], currency = 'EUR') =>
  testEngine(
    snapshot({
      applications: [application({ currency })],
      campaigns: [campaign({ coupons: [], rules: [{ title: 'Rule', condition: true, effects }] })],
    }),
  );

const percent = (name: string, share: number): Expression => ['setDiscount', name, ['*', TOTAL, share]];

describe('totals', () => {
  test('are exact: 0.1 and 0.2 are 0.3', async () => {
    const { customerSession } = await testEngine().session('s', {
      cartItems: [...cart(0.1), ...cart(0.2)],
      additionalCosts: { a: { price: 0.1 }, b: { price: 0.2 } },
    });
    expect(customerSession).toMatchObject({ cartItemTotal: 0.3, additionalCostTotal: 0.3, total: 0.6 });
  });

  test('count quantities, and are before discounts', async () => {
    const answer = await withEffects([percent('10%', 0.1)]).session('s', {
      cartItems: [...cart(19.99, 3), ...cart(0)],
      additionalCosts: { shipping: { price: 4.5 } },
    });
    expect(answer.customerSession).toMatchObject({ cartItemTotal: 59.97, additionalCostTotal: 4.5, total: 64.47 });
    expect(story(answer)).toEqual(['setDiscount 10% 6.45']);
  });

  test('of an empty session are zero', async () => {
    const { customerSession } = await testEngine().session('s', {});
    expect(customerSession).toMatchObject({ cartItemTotal: 0, additionalCostTotal: 0, total: 0 });
  });

  test('of many lines do not drift', async () => {
    const { customerSession } = await testEngine().session('s', {
      cartItems: Array.from({ length: 1000 }, () => cart(0.1)).flat(),
    });
    expect(customerSession?.total).toBe(100);
  });

  test('of a profile’s sales do not drift either', async () => {
    const engine = testEngine();
    for (let index = 0; index < 10; index++) {
      await engine.session(`s${index}`, { profileId: 'p', cartItems: cart(0.1), state: 'closed' });
    }
    const { customerProfile } = await engine.profile('p', { responseContent: ['customerProfile'] });
    expect(customerProfile).toMatchObject({ closedSessions: 10, totalSales: 1 });
  });
});

describe('amounts', () => {
  test.each([
    ['EUR', 0.005, 0.01],
    ['EUR', 1.005, 1.01],
    ['EUR', 2.675, 2.68],
    ['EUR', 0.0049, undefined],
    ['JPY', 0.5, 1],
    ['JPY', 10.4, 10],
    ['KWD', 0.0005, 0.001],
  ])('in %s %d is emitted as %s: half away from zero, to the minor unit', async (currency, value, expected) => {
    const answer = await withEffects([['setDiscount', 'x', value]], currency).session('s', {});
    expect(effectsOf(answer, 'setDiscount').map(({ props }) => props.value)).toEqual(
      expected === undefined ? [] : [expected],
    );
  });

  test('are not rounded inside an expression', async () => {
    const third: Expression = ['/', 10, 3];
    const answer = await withEffects([['setDiscount', 'x', ['*', third, 3]]]).session('s', {});
    expect(story(answer)).toEqual(['setDiscount x 10']);
  });

  test.each([0, -5])('of %d are dropped without a word', async (value) => {
    const answer = await withEffects([['setDiscount', 'x', value]]).session('s', { cartItems: cart(60) });
    expect(answer.effects).toEqual([]);
    expect(answer.ruleFailureReasons).toEqual([]);
  });

  test('two of ten percent are each of the whole: nothing cascades', async () => {
    const answer = await withEffects([percent('one', 0.1), percent('two', 0.1)]).session('s', { cartItems: cart(100) });
    expect(story(answer)).toEqual(['setDiscount one 10', 'setDiscount two 10']);
  });

  test('of one name are both answered', async () => {
    const answer = await withEffects([percent('x', 0.1), percent('x', 0.2)]).session('s', { cartItems: cart(100) });
    expect(story(answer)).toEqual(['setDiscount x 10', 'setDiscount x 20']);
  });

  test('may exceed the cart: nothing is clamped without cascading', async () => {
    const answer = await withEffects([['setDiscount', 'x', 100]]).session('s', { cartItems: cart(60) });
    expect(story(answer)).toEqual(['setDiscount x 100']);
  });

  test('beyond all money fail their rule, and nothing breaks', async () => {
    const huge: Expression = ['setDiscount', 'x', ['*', TOTAL, TOTAL]];
    const engine = withEffects([huge]);
    const answer = await engine.session('s', { cartItems: cart(1e9), state: 'closed' });
    expect(answer.effects).toEqual([]);
    expect(answer.ruleFailureReasons).toMatchObject([{ effectIndex: 0 }]);
  });

  test('of the largest cart are counted to the cent', async () => {
    const rules = [{ title: 'All off', condition: ['couponValid'], effects: [['setDiscount', 'x', TOTAL]] }];
    const engine = testEngine(
      snapshot({ campaigns: [campaign({ coupons: [{ id: 1, value: 'A', usageLimit: 0 }], rules })] }),
    );
    const price = 999_999_999_999.99;
    for (let index = 0; index < 3; index++) {
      const answer = await engine.session(`s${index}`, { couponCodes: ['A'], cartItems: cart(price), state: 'closed' });
      expect(story(answer)).toEqual(['acceptCoupon A', `setDiscount x ${price}`]);
    }
    expect(await engine.counts(engine.records.couponUse('A'))).toEqual({ usage: 3, discount: 3 * 99_999_999_999_999 });
  });

  test('that a counter could not hold exactly fail their rule', async () => {
    const rules = [{ title: 'All off', condition: ['couponValid'], effects: [['setDiscount', 'x', TOTAL]] }];
    const coupons = [{ id: 1, value: 'A', usageLimit: 0 }];
    const engine = testEngine(
      snapshot({ applications: [application({ currency: 'KWD' })], campaigns: [campaign({ coupons, rules })] }),
    );
    const close = (id: string) => engine.session(id, { couponCodes: ['A'], cartItems: cart(1e12), state: 'closed' });
    for (let index = 0; index < 9; index++) expect(effectsOf(await close(`s${index}`), 'acceptCoupon')).toHaveLength(1);
    expect(story(await close('last'))).toEqual(['rejectCoupon A EffectCouldNotBeApplied']);
  });
});

describe('per item', () => {
  const perItem = (value: Expression, items: Expression = ['.', 'Session', 'CartItems']): Expression => [
    'setDiscountPerItem',
    'five',
    value,
    items,
  ];
  const LINES = [
    { name: 'A', sku: 'A', quantity: 2, price: 10 },
    { name: 'B', sku: 'B', quantity: 1, price: 3 },
    { name: 'C', sku: 'C', quantity: 1, price: 0 },
  ];

  test('one effect a line, named after its position; never more than the line costs; none for a free one', async () => {
    const answer = await withEffects([perItem(5)]).session('s', { cartItems: LINES });
    expect(effectsOf(answer, 'setDiscountPerItem').map(({ props }) => props)).toEqual([
      { name: 'five#0', value: 5, position: 0 },
      { name: 'five#1', value: 3, position: 1 },
    ]);
  });

  test('each line’s own value', async () => {
    const share: Expression = [['Item'], ['*', ['.', 'Item', 'Price'], ['.', 'Item', 'Quantity'], 0.05]];
    const answer = await withEffects([perItem(share)]).session('s', { cartItems: LINES });
    expect(effectsOf(answer, 'setDiscountPerItem').map(({ props }) => props.value)).toEqual([1, 0.15]);
  });

  test('of filtered lines the positions are those of the cart', async () => {
    const some: Expression = ['filter', ['.', 'Session', 'CartItems'], [['Item'], ['=', ['.', 'Item', 'Sku'], 'B']]];
    const answer = await withEffects([perItem(1, some)]).session('s', { cartItems: LINES });
    expect(effectsOf(answer, 'setDiscountPerItem').map(({ props }) => props.position)).toEqual([1]);
  });

  test('all discounts of a line together never exceed what it costs', async () => {
    const answer = await withEffects([perItem(12), perItem(12), perItem(12)]).session('s', { cartItems: LINES });
    const given = effectsOf(answer, 'setDiscountPerItem').map(({ props }) => [props.position, props.value]);
    expect(given).toEqual([
      [0, 12],
      [1, 3],
      [0, 8],
    ]);
  });

  test('what a failed rule gave to a line is there for the next', async () => {
    const broken: Expression = ['setDiscount', 'broken', ['/', 1, 0]];
    const rules = [
      { title: 'Failing', condition: true, effects: [perItem(20), broken] },
      { title: 'Fine', condition: true, effects: [perItem(20)] },
    ];
    const engine = testEngine(snapshot({ campaigns: [campaign({ coupons: [], rules })] }));
    const answer = await engine.session('s', { cartItems: LINES });
    expect(effectsOf(answer, 'setDiscountPerItem').map(({ props }) => props.value)).toEqual([20, 3]);
  });

  test('all of them or none, when a limit has no room for the last', async () => {
    const engine = testEngine(
      snapshot({
        campaigns: [
          campaign({
            coupons: [],
            limits: [{ action: 'setDiscount', limit: 7, entities: [] }],
            rules: [{ title: 'Rule', condition: true, effects: [perItem(5)] }],
          }),
        ],
      }),
    );
    const answer = await engine.session('s', { cartItems: LINES });
    expect(answer.effects).toEqual([]);
    expect(answer.ruleFailureReasons).toMatchObject([{ effectIndex: 0 }]);
  });
});
