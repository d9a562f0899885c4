import { describe, expect, test } from 'vitest';
import type { Campaign, CouponDefinition } from '../../../lib/promotions/snapshot.ts';
import { campaign, cart, effectsOf, snapshot, story, testEngine } from '../../support/engine.ts';

const coupon = (over: Partial<CouponDefinition> = {}): CouponDefinition => ({
  id: 11,
  value: 'SUMMER',
  usageLimit: 1,
  ...over,
});

const engineWith = (over: Partial<Campaign>, definition: Partial<CouponDefinition> = {}) =>
  testEngine(snapshot({ campaigns: [campaign({ coupons: [coupon(definition)], ...over })] }));

/** Why SUMMER is refused in such a session. */
const reason = async (engine: ReturnType<typeof testEngine>, session: object = {}) => {
  const answer = await engine.session('s', {
    profileId: 'p',
    couponCodes: ['SUMMER'],
    cartItems: cart(60),
    ...session,
  });
  const [effect, ...others] = effectsOf(answer, 'rejectCoupon');
  expect(others).toEqual([]);
  expect(effectsOf(answer, 'acceptCoupon')).toHaveLength(effect ? 0 : 1);
  return effect?.props.rejectionReason;
};

describe('an accepted coupon', () => {
  test('is an effect of its rule, before the others of it, with the coupon that triggered them', async () => {
    const answer = await testEngine().session('s', { couponCodes: ['SUMMER'], cartItems: cart(60) });
    const origin = { campaignId: 1, rulesetId: 101, ruleIndex: 0, ruleName: 'Ten percent', triggeredByCoupon: 11 };
    expect(answer.effects).toEqual([
      { ...origin, effectType: 'acceptCoupon', props: { value: 'SUMMER' } },
      { ...origin, effectType: 'setDiscount', props: { name: '10% off', value: 6 } },
    ]);
  });

  test('is redeemed when the session closes, not before', async () => {
    const engine = testEngine();
    const open = await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60) });
    expect(open.coupons).toMatchObject([{ usageCounter: 0, discountCounter: 0 }]);
    const closed = await engine.session('s', { state: 'closed' });
    expect(closed.coupons).toMatchObject([{ usageCounter: 1, discountCounter: 6 }]);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 1, discount: 600 });
  });

  test('stays with the profile that redeemed it', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    expect(await engine.stored(engine.records.couponHolder('SUMMER', 'p'))).toMatchObject({ redemptions: 1 });
  });

  test('is accepted once though two rules ask for it', async () => {
    const [rule] = campaign().rules;
    const second = { title: 'Five more', condition: ['couponValid'], effects: [['setDiscount', 'five', 5]] };
    const engine = engineWith({ rules: rule ? [rule, second] : [] });
    const answer = await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    expect(story(answer)).toEqual(['acceptCoupon SUMMER', 'setDiscount 10% off 6', 'setDiscount five 5']);
    expect(answer.coupons).toMatchObject([{ usageCounter: 1, discountCounter: 11 }]);
  });

  test('is accepted where one rule wants it, though another that wants it does not hold', async () => {
    const [rule] = campaign().rules;
    const never = { title: 'Never', condition: ['and', ['couponValid'], false], effects: [] };
    const engine = engineWith({ rules: rule ? [never, rule, never] : [] });
    expect(await reason(engine)).toBeUndefined();
  });

  test('with unlimited use is never used up', async () => {
    const engine = engineWith({}, { usageLimit: 0 });
    for (const id of ['a', 'b', 'c']) {
      const answer = await engine.session(id, { couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
      expect(effectsOf(answer, 'acceptCoupon')).toHaveLength(1);
    }
  });
});

describe('a refused coupon', () => {
  test('that nobody knows belongs to no campaign', async () => {
    const answer = await testEngine().session('s', { couponCodes: ['NOBODY'], cartItems: cart(60) });
    expect(answer.effects).toEqual([
      {
        campaignId: -1,
        rulesetId: 0,
        ruleIndex: 0,
        ruleName: '',
        effectType: 'rejectCoupon',
        props: { value: 'NOBODY', rejectionReason: 'CouponNotFound' },
      },
    ]);
    expect(answer.coupons).toEqual([]);
  });

  test('by a condition says which rule and which condition, in words', async () => {
    const answer = await testEngine().session('s', { couponCodes: ['SUMMER'], cartItems: cart(40) });
    expect(effectsOf(answer, 'rejectCoupon')).toEqual([
      {
        campaignId: 1,
        rulesetId: 101,
        ruleIndex: 0,
        ruleName: 'Ten percent',
        triggeredByCoupon: 11,
        effectType: 'rejectCoupon',
        props: {
          value: 'SUMMER',
          rejectionReason: 'CouponRejectedByCondition',
          conditionIndex: 1,
          details: 'the total is below 50.00',
        },
      },
    ]);
    expect(answer.ruleFailureReasons).toEqual([
      {
        campaignID: 1,
        campaignName: 'Summer',
        rulesetID: 101,
        couponID: 11,
        couponValue: 'SUMMER',
        ruleIndex: 0,
        ruleName: 'Ten percent',
        conditionIndex: 1,
        details: 'the total is below 50.00',
      },
    ]);
  });

  test('is explained by a rule that is about coupons, not by another of its campaign', async () => {
    const [rule] = campaign().rules;
    const other = { title: 'Big carts', condition: ['>=', ['.', 'Session', 'Total'], 1000], effects: [] };
    const engine = engineWith({ rules: rule ? [other, rule] : [] });
    const answer = await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(40) });
    expect(effectsOf(answer, 'rejectCoupon')[0]).toMatchObject({ ruleIndex: 1, props: { conditionIndex: 1 } });
  });

  test('is never accepted and refused in one answer, and once refused is not redeemed', async () => {
    const engine = testEngine();
    const answer = await engine.session('s', {
      profileId: 'p',
      couponCodes: ['SUMMER'],
      cartItems: cart(40),
      state: 'closed',
    });
    expect(story(answer)).toEqual(['rejectCoupon SUMMER CouponRejectedByCondition']);
    expect(answer.coupons?.[0]?.usageCounter).toBe(0);
    expect(await engine.stored(engine.records.couponHolder('SUMMER', 'p'))).toBeUndefined();
  });

  test('where no rule asks for a coupon it is rejected by condition', async () => {
    const engine = engineWith({ rules: [{ title: 'All', condition: true, effects: [['setDiscount', 'x', 1]] }] });
    const answer = await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60) });
    expect(story(answer)).toEqual(['setDiscount x 1', 'rejectCoupon SUMMER CouponRejectedByCondition']);
    expect(effectsOf(answer, 'rejectCoupon')[0]?.props).not.toHaveProperty('conditionIndex');
  });

  test('where the campaign has no rules it is rejected by condition', async () => {
    expect(await reason(engineWith({ rules: [] }))).toBe('CouponRejectedByCondition');
  });

  test('where the campaign does not have the feature it is rejected by condition', async () => {
    expect(await reason(engineWith({ features: ['referrals'] }))).toBe('CouponRejectedByCondition');
  });
});

describe('reasons', () => {
  const past = '2026-05-31T00:00:00Z';
  const future = '2026-06-02T00:00:00Z';
  const now = '2026-06-01T12:00:00Z';

  test.each([
    ['the campaign is disabled', 'CouponPartOfNotRunningCampaign', { state: 'disabled' }, {}],
    ['the campaign is archived', 'CouponPartOfNotRunningCampaign', { state: 'archived' }, {}],
    ['the campaign has not begun', 'CouponPartOfNotRunningCampaign', { startTime: future }, {}],
    ['the campaign ends this very moment', 'CouponPartOfNotRunningCampaign', { endTime: now }, {}],
    ['the campaign begins this very moment', undefined, { startTime: now }, {}],
    ['it has not begun', 'CouponStartDateInFuture', {}, { startDate: future }],
    ['it begins this very moment', undefined, {}, { startDate: now }],
    ['it has expired', 'CouponExpired', {}, { expiryDate: past }],
    ['it expires this very moment', 'CouponExpired', {}, { expiryDate: now }],
    ['it is for somebody else', 'CouponRecipientDoesNotMatch', {}, { recipientIntegrationId: 'q' }],
    ['it is for this person', undefined, {}, { recipientIntegrationId: 'p' }],
  ] as const)('%s: %s', async (_, expected, over, definition) => {
    expect(await reason(engineWith(over, definition))).toBe(expected);
  });

  test('a personal coupon in an anonymous session: CouponRecipientDoesNotMatch', async () => {
    const engine = engineWith({}, { recipientIntegrationId: 'p' });
    expect(await reason(engine, { profileId: '' })).toBe('CouponRecipientDoesNotMatch');
  });

  test('used up: CouponLimitReached', async () => {
    const engine = testEngine();
    await engine.session('before', { couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    expect(await reason(engine)).toBe('CouponLimitReached');
  });
});

test('of several reasons the first in the documented order is given', async () => {
  // Everything is wrong at once; then one fault after the other is mended (semantics.md §5.5).
  const limits: Campaign['limits'] = [
    { action: 'redeemCoupon', limit: 0, entities: ['Profile'] },
    { action: 'redeemCoupon', limit: 0, entities: [] },
    { action: 'redeemCoupon', limit: 0, entities: ['Coupon'] },
  ];
  let over: Partial<Campaign> = { state: 'disabled', limits };
  let definition: Partial<CouponDefinition> = {
    startDate: '2026-07-01T00:00:00Z',
    expiryDate: '2026-05-01T00:00:00Z',
    recipientIntegrationId: 'q',
  };
  const given: (string | undefined)[] = [];
  const look = async (profileId = '') =>
    given.push(await reason(engineWith(over, definition), { profileId, cartItems: cart(40) }));
  await look();
  over = { ...over, state: 'enabled' };
  await look();
  const { startDate: _start, ...started } = definition;
  definition = started;
  await look();
  const { expiryDate: _expiry, ...lasting } = definition;
  definition = lasting;
  await look();
  await look('p');
  definition = {};
  await look('p');
  over = { ...over, limits: limits.slice(0, 2) };
  await look('p');
  over = { ...over, limits: limits.slice(0, 1) };
  await look('p');
  over = { ...over, limits: [] };
  await look('p');
  expect(given).toEqual([
    'CouponPartOfNotRunningCampaign',
    'CouponStartDateInFuture',
    'CouponExpired',
    // ProfileRequired, in the words of 2021.
    'ProfileLimitReached',
    'CouponRecipientDoesNotMatch',
    'CouponLimitReached',
    'CampaignLimitReached',
    'ProfileLimitReached',
    'CouponRejectedByCondition',
  ]);
});

describe('several coupons', () => {
  const two = () =>
    snapshot({
      campaigns: [
        campaign({
          coupons: [coupon({ value: 'A', id: 1 }), coupon({ value: 'B', id: 2 })],
          rules: [{ title: 'Fixed', condition: ['couponValid'], effects: [['setDiscount', 'five', 5]] }],
        }),
        campaign({ id: 2, rulesetId: 202, coupons: [coupon({ value: 'C', id: 3 })], rules: [] }),
        campaign({ id: 3, rulesetId: 303, coupons: [coupon({ value: 'D', id: 4 })], state: 'disabled' }),
      ],
    });

  test('of one campaign run its rules once for each, in the order of the codes', async () => {
    const answer = await testEngine(two()).session('s', { couponCodes: ['B', 'A'], cartItems: cart(60) });
    expect(story(answer)).toEqual(['acceptCoupon B', 'setDiscount five 5', 'acceptCoupon A', 'setDiscount five 5']);
    expect(effectsOf(answer, 'setDiscount').map((effect) => effect.triggeredByCoupon)).toEqual([2, 1]);
  });

  test('a rule that needs no coupon fires once for each coupon of its campaign', async () => {
    const promotions = two();
    const rules = [{ title: 'All', condition: true, effects: [['setDiscount', 'x', 1]] }];
    const engine = testEngine({ ...promotions, campaigns: [{ ...(promotions.campaigns[0] as Campaign), rules }] });
    const answer = await engine.session('s', { couponCodes: ['A', 'B'], cartItems: cart(60) });
    expect(effectsOf(answer, 'setDiscount').map((effect) => effect.triggeredByCoupon)).toEqual([1, 2]);
  });

  test('refusals that need no rules come first, then effects, then the other refusals, each in the order of the codes', async () => {
    const answer = await testEngine(two()).session('s', {
      couponCodes: ['C', 'NONE', 'A', 'D'],
      cartItems: cart(60),
    });
    expect(story(answer)).toEqual([
      'rejectCoupon NONE CouponNotFound',
      'rejectCoupon D CouponPartOfNotRunningCampaign',
      'acceptCoupon A',
      'setDiscount five 5',
      'rejectCoupon C CouponRejectedByCondition',
    ]);
  });

  test('a session without coupons runs a coupon campaign once, and triggers nothing by a coupon', async () => {
    const promotions = snapshot({
      campaigns: [campaign({ rules: [{ title: 'All', condition: true, effects: [['setDiscount', 'x', 1]] }] })],
    });
    const answer = await testEngine(promotions).session('s', { cartItems: cart(60) });
    expect(answer.effects).toHaveLength(1);
    expect(answer.effects[0]).not.toHaveProperty('triggeredByCoupon');
  });
});

test('a code that was taken out of the published promotions is unknown from then on', async () => {
  const engine = testEngine();
  await engine.session('s', { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60) });
  engine.publish(snapshot({ campaigns: [campaign({ coupons: [] })] }));
  const answer = await engine.session('s', { state: 'closed' });
  expect(story(answer)).toEqual(['rejectCoupon SUMMER CouponNotFound']);
  expect(answer.coupons).toEqual([]);
});
