import { describe, expect, test } from 'vitest';
import type { Campaign, Limit } from '../../../lib/promotions/snapshot.ts';
import { application, campaign, cart, effectsOf, snapshot, story, testEngine } from '../../support/engine.ts';

const RULE = { title: 'Rule', condition: ['couponValid'], effects: [['setDiscount', 'ten', 10]] };
const AUTOMATIC = { title: 'Automatic', condition: true, effects: [['setDiscount', 'ten', 10]] };

const coupons = (...values: string[]) => values.map((value, index) => ({ id: index + 1, value, usageLimit: 0 }));

const engineWith = (limits: Limit[], over: Partial<Campaign> = {}) =>
  testEngine(snapshot({ campaigns: [campaign({ limits, coupons: coupons('A', 'B'), rules: [RULE], ...over })] }));

let count = 0;
/** Closes a session of its own and tells its story. */
const order = async (engine: ReturnType<typeof testEngine>, session: object) =>
  story(await engine.session(`order-${count++}`, { cartItems: cart(60), state: 'closed', ...session }));

const ACCEPTED = (code: string) => [`acceptCoupon ${code}`, 'setDiscount ten 10'];
const REFUSED = (code: string, why: string) => [`rejectCoupon ${code} ${why}`];

describe('redeemCoupon', () => {
  test('of the whole campaign', async () => {
    const engine = engineWith([{ action: 'redeemCoupon', limit: 2, entities: [] }]);
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { couponCodes: ['B'] })).toEqual(ACCEPTED('B'));
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'CampaignLimitReached'));
  });

  test('for each profile', async () => {
    const engine = engineWith([{ action: 'redeemCoupon', limit: 1, entities: ['Profile'] }]);
    expect(await order(engine, { profileId: 'p', couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { profileId: 'p', couponCodes: ['B'] })).toEqual(REFUSED('B', 'ProfileLimitReached'));
    expect(await order(engine, { profileId: 'q', couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'ProfileLimitReached'));
  });

  test('for each coupon', async () => {
    const engine = engineWith([{ action: 'redeemCoupon', limit: 1, entities: ['Coupon'] }]);
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'CouponLimitReached'));
    expect(await order(engine, { couponCodes: ['B'] })).toEqual(ACCEPTED('B'));
  });

  test('for each coupon and profile together', async () => {
    const engine = engineWith([{ action: 'redeemCoupon', limit: 1, entities: ['Coupon', 'Profile'] }]);
    expect(await order(engine, { profileId: 'p', couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { profileId: 'p', couponCodes: ['B'] })).toEqual(ACCEPTED('B'));
    expect(await order(engine, { profileId: 'q', couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { profileId: 'p', couponCodes: ['A'] })).toEqual(REFUSED('A', 'ProfileLimitReached'));
  });

  describe('for each identifier', () => {
    const limits: Limit[] = [{ action: 'redeemCoupon', limit: 1, entities: ['Identifier'] }];

    test('every one of a session must have room, and each is charged', async () => {
      const engine = engineWith(limits);
      expect(await order(engine, { couponCodes: ['A'], identifiers: ['x', 'y'] })).toEqual(ACCEPTED('A'));
      for (const identifiers of [['x'], ['y'], ['z', 'y']]) {
        expect(await order(engine, { couponCodes: ['A'], identifiers })).toEqual(REFUSED('A', 'CouponLimitReached'));
      }
      expect(await order(engine, { couponCodes: ['A'], identifiers: ['z'] })).toEqual(ACCEPTED('A'));
    });

    test('one that is repeated counts once', async () => {
      const engine = engineWith(limits);
      expect(await order(engine, { couponCodes: ['A'], identifiers: ['x', 'x'] })).toEqual(ACCEPTED('A'));
      expect(await engine.counts(engine.records.limit(1, 'redeemCoupon', ['Identifier', 'x']))).toEqual({ used: 1 });
    });

    test.each([[[]], [['']]])('a session with none, such as %j, is refused', async (identifiers) => {
      const engine = engineWith(limits);
      expect(await order(engine, { couponCodes: ['A'], identifiers })).toEqual(REFUSED('A', 'CouponLimitReached'));
    });
  });

  test('two coupons of one session count against each other', async () => {
    const engine = engineWith([{ action: 'redeemCoupon', limit: 1, entities: [] }]);
    expect(await order(engine, { couponCodes: ['A', 'B'] })).toEqual([
      ...ACCEPTED('A'),
      ...REFUSED('B', 'CampaignLimitReached'),
    ]);
  });

  test('of several limits all must hold', async () => {
    const engine = engineWith([
      { action: 'redeemCoupon', limit: 5, entities: [] },
      { action: 'redeemCoupon', limit: 1, entities: ['Profile'] },
    ]);
    expect(await order(engine, { profileId: 'p', couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { profileId: 'p', couponCodes: ['A'] })).toEqual(REFUSED('A', 'ProfileLimitReached'));
  });

  test('two limits that differ in their bound alone count once each time', async () => {
    const engine = engineWith([
      { action: 'redeemCoupon', limit: 3, entities: [] },
      { action: 'redeemCoupon', limit: 2, entities: [] },
    ]);
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await engine.counts(engine.records.limit(1, 'redeemCoupon', []))).toEqual({ used: 2 });
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'CampaignLimitReached'));
  });
});

describe('discounts', () => {
  test('setDiscount limits money: what does not fit whole is not given', async () => {
    const engine = engineWith([{ action: 'setDiscount', limit: 25.5, entities: [] }], { rules: [AUTOMATIC] });
    expect(await order(engine, {})).toEqual(['setDiscount ten 10']);
    expect(await order(engine, {})).toEqual(['setDiscount ten 10']);
    expect(await order(engine, {})).toEqual([]);
    expect(await engine.counts(engine.records.limit(1, 'setDiscount', []))).toEqual({ used: 2000 });
  });

  test('setDiscount limits to the cent', async () => {
    const rules = [{ title: 'R', condition: true, effects: [['setDiscount', 'x', 0.1]] }];
    const engine = engineWith([{ action: 'setDiscount', limit: 0.3, entities: [] }], { rules });
    expect(await order(engine, {})).toEqual(['setDiscount x 0.1']);
    expect(await order(engine, {})).toEqual(['setDiscount x 0.1']);
    expect(await order(engine, {})).toEqual(['setDiscount x 0.1']);
    expect(await order(engine, {})).toEqual([]);
  });

  test('setDiscountEffect counts effects', async () => {
    const two = { ...AUTOMATIC, effects: [...AUTOMATIC.effects, ['setDiscount', 'more', 1]] };
    const engine = engineWith([{ action: 'setDiscountEffect', limit: 3, entities: [] }], { rules: [two] });
    expect(await order(engine, {})).toEqual(['setDiscount ten 10', 'setDiscount more 1']);
    expect(await order(engine, {})).toEqual([]);
    expect(await engine.counts(engine.records.limit(1, 'setDiscountEffect', []))).toEqual({ used: 2 });
  });

  test('the coupon of a refused discount could not be applied', async () => {
    const engine = engineWith([{ action: 'setDiscount', limit: 9, entities: [] }]);
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'EffectCouldNotBeApplied'));
  });

  test('per profile they are refused to the anonymous', async () => {
    const engine = engineWith([{ action: 'setDiscount', limit: 100, entities: ['Profile'] }], { rules: [AUTOMATIC] });
    expect(await order(engine, {})).toEqual([]);
    expect(await order(engine, { profileId: 'p' })).toEqual(['setDiscount ten 10']);
  });

  test('a limit of zero allows nothing', async () => {
    const engine = engineWith([{ action: 'setDiscountEffect', limit: 0, entities: [] }], { rules: [AUTOMATIC] });
    expect(await order(engine, {})).toEqual([]);
  });
});

test('open sessions only look at limits', async () => {
  const engine = engineWith([{ action: 'redeemCoupon', limit: 1, entities: [] }]);
  for (const id of ['a', 'b']) {
    expect(story(await engine.session(id, { couponCodes: ['A'], cartItems: cart(60) }))).toEqual(ACCEPTED('A'));
  }
  expect(await engine.counts(engine.records.limit(1, 'redeemCoupon', []))).toEqual({});
});

test('a limit that is lowered below what is used gives nothing more, and cancellations still give back', async () => {
  const limits: Limit[] = [{ action: 'redeemCoupon', limit: 5, entities: [] }];
  const engine = engineWith(limits);
  await engine.session('a', { couponCodes: ['A'], cartItems: cart(60), state: 'closed' });
  await engine.session('b', { couponCodes: ['A'], cartItems: cart(60), state: 'closed' });
  const lower = limits.map((limit) => ({ ...limit, limit: 1 }));
  engine.publish(snapshot({ campaigns: [campaign({ limits: lower, coupons: coupons('A'), rules: [RULE] })] }));
  expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'CampaignLimitReached'));
  await engine.session('a', { state: 'cancelled' });
  expect(await engine.counts(engine.records.limit(1, 'redeemCoupon', []))).toEqual({ used: 1 });
});

describe('periods', () => {
  const MONDAY = '2026-06-01T12:00:00Z';
  test.each([
    ['daily', MONDAY, '2026-06-01T21:59:59Z', '2026-06-01T22:00:00Z'],
    ['weekly', MONDAY, '2026-06-07T21:59:59Z', '2026-06-07T22:00:00Z'],
    ['monthly', MONDAY, '2026-06-30T21:59:59Z', '2026-06-30T22:00:00Z'],
    ['yearly', MONDAY, '2026-12-31T22:59:59Z', '2026-12-31T23:00:00Z'],
  ] as const)('%s: a bucket of the calendar in the Application’s time zone', async (period, first, still, next) => {
    const engine = engineWith([{ action: 'redeemCoupon', limit: 1, entities: [], period }]);
    engine.clock.now = new Date(first);
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    engine.clock.now = new Date(still);
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'CampaignLimitReached'));
    engine.clock.now = new Date(next);
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
  });

  test('a day is another one elsewhere', async () => {
    const limits: Limit[] = [{ action: 'redeemCoupon', limit: 1, entities: [], period: 'daily' }];
    const engine = testEngine(
      snapshot({
        applications: [application({ timezone: 'Pacific/Auckland' })],
        campaigns: [campaign({ limits, coupons: coupons('A'), rules: [RULE] })],
      }),
    );
    engine.clock.now = new Date('2026-06-01T11:59:59Z');
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    engine.clock.now = new Date('2026-06-01T12:00:00Z');
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
  });

  test('a daily and a weekly limit count apart, on Mondays too', async () => {
    const engine = engineWith([
      { action: 'redeemCoupon', limit: 2, entities: [], period: 'daily' },
      { action: 'redeemCoupon', limit: 3, entities: [], period: 'weekly' },
    ]);
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'CampaignLimitReached'));
    engine.clock.now = new Date('2026-06-02T12:00:00Z');
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'CampaignLimitReached'));
  });

  test('a cancellation gives back to the period that was charged', async () => {
    const engine = engineWith([{ action: 'redeemCoupon', limit: 1, entities: [], period: 'daily' }]);
    await engine.session('s', { couponCodes: ['A'], cartItems: cart(60), state: 'closed' });
    engine.clock.now = new Date('2026-06-03T12:00:00Z');
    await engine.session('s', { state: 'cancelled' });
    expect(await engine.counts(engine.records.limit(1, 'redeemCoupon', ['daily', '2026-06-01']))).toEqual({ used: 0 });
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(ACCEPTED('A'));
    expect(await order(engine, { couponCodes: ['A'] })).toEqual(REFUSED('A', 'CampaignLimitReached'));
  });
});

test('more than one write can change is refused as an effect, and the rest goes through', async () => {
  const codes = Array.from({ length: 100 }, (_, index) => `CODE-${index}`);
  const limits: Limit[] = [
    { action: 'redeemCoupon', limit: 5, entities: ['Coupon'] },
    { action: 'redeemCoupon', limit: 500, entities: ['Profile'] },
  ];
  const engine = engineWith(limits, { coupons: coupons(...codes) });
  const answer = await engine.session('s', {
    profileId: 'p',
    couponCodes: codes,
    cartItems: cart(60),
    state: 'closed',
  });
  const accepted = effectsOf(answer, 'acceptCoupon').length;
  expect(accepted).toBeGreaterThan(20);
  const rejected = effectsOf(answer, 'rejectCoupon');
  expect(rejected).toHaveLength(100 - accepted);
  expect(new Set(rejected.map(({ props }) => props.rejectionReason))).toEqual(new Set(['EffectCouldNotBeApplied']));
  expect(await engine.counts(engine.records.limit(1, 'redeemCoupon', ['Profile', 'p']))).toEqual({ used: accepted });
  const cancelled = await engine.session('s', { state: 'cancelled' });
  expect(effectsOf(cancelled, 'rollbackCoupon')).toHaveLength(accepted);
});
