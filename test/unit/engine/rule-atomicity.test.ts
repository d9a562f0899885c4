import { describe, expect, test } from 'vitest';
import type { Campaign, Rule } from '../../../lib/promotions/snapshot.ts';
import { campaign, cart, effectsOf, snapshot, story, testEngine } from '../../support/engine.ts';

const engineWith = (rules: Rule[], over: Partial<Campaign> = {}) =>
  testEngine(snapshot({ campaigns: [campaign({ rules, ...over })] }));

const ORDER = { couponCodes: ['SUMMER'], cartItems: cart(60) };
const BROKEN = ['setDiscount', 'broken', ['/', 1, 0]];
const LACKING = ['setDiscount', 'lacking', ['.', 'Session', 'Attributes', 'lacking']];

test('when the second effect meets a limit, neither appears, and the coupon says which effect it was', async () => {
  const rule = {
    title: 'Two',
    condition: ['couponValid'],
    effects: [
      ['setDiscount', 'one', 1],
      ['setDiscount', 'two', 10],
    ],
  };
  const engine = engineWith([rule], { limits: [{ action: 'setDiscount', limit: 5, entities: [] }] });
  const answer = await engine.session('s', { ...ORDER, state: 'closed' });
  expect(story(answer)).toEqual(['rejectCoupon SUMMER EffectCouldNotBeApplied']);
  expect(effectsOf(answer, 'rejectCoupon')[0]).toMatchObject({ ruleIndex: 0, props: { effectIndex: 1 } });
  expect(answer.ruleFailureReasons).toMatchObject([{ effectIndex: 1 }]);
  expect(await engine.counts(engine.records.limit(1, 'setDiscount', []))).toEqual({});
  expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({});
});

describe('a rule that fails', () => {
  test.each([
    ['by an effect that cannot be computed', BROKEN],
    ['by an attribute that is not there', LACKING],
  ])('%s leaves nothing of its effects, and others go on', async (_, effect) => {
    const failing = { title: 'Failing', condition: true, effects: [['setDiscount', 'before', 1], effect] };
    const fine = { title: 'Fine', condition: true, effects: [['setDiscount', 'fine', 2]] };
    const answer = await engineWith([failing, fine]).session('s', ORDER);
    expect(effectsOf(answer, 'setDiscount').map(({ props, ruleIndex }) => [props.name, ruleIndex])).toEqual([
      ['fine', 1],
    ]);
    expect(answer.ruleFailureReasons).toMatchObject([{ ruleIndex: 0, ruleName: 'Failing', effectIndex: 1 }]);
  });

  test('gives the room in its limits back to the rules after it', async () => {
    const failing = { title: 'Failing', condition: true, effects: [['setDiscount', 'a', 5], BROKEN] };
    const fine = { title: 'Fine', condition: true, effects: [['setDiscount', 'b', 5]] };
    const engine = engineWith([failing, fine], { limits: [{ action: 'setDiscount', limit: 5, entities: [] }] });
    expect(story(await engine.session('s', { cartItems: cart(60), state: 'closed' }))).toEqual(['setDiscount b 5']);
    expect(await engine.counts(engine.records.limit(1, 'setDiscount', []))).toEqual({ used: 500 });
  });

  test('takes its acceptance of the coupon back, and another rule may still accept it', async () => {
    const failing = { title: 'Failing', condition: ['couponValid'], effects: [BROKEN] };
    const fine = { title: 'Fine', condition: ['couponValid'], effects: [['setDiscount', 'fine', 2]] };
    const engine = engineWith([failing, fine]);
    const answer = await engine.session('s', { ...ORDER, state: 'closed' });
    expect(story(answer)).toEqual(['acceptCoupon SUMMER', 'setDiscount fine 2']);
    expect(answer.coupons).toMatchObject([{ usageCounter: 1 }]);
  });

  test('does not take back what an earlier rule accepted', async () => {
    const fine = { title: 'Fine', condition: ['couponValid'], effects: [['setDiscount', 'fine', 2]] };
    const failing = { title: 'Failing', condition: ['couponValid'], effects: [BROKEN] };
    const engine = engineWith([fine, failing]);
    const answer = await engine.session('s', { ...ORDER, state: 'closed' });
    expect(story(answer)).toEqual(['acceptCoupon SUMMER', 'setDiscount fine 2']);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 1, discount: 200 });
  });

  test('without having used the coupon does not make it inapplicable', async () => {
    const failing = { title: 'Failing', condition: true, effects: [BROKEN] };
    const unmet = { title: 'Unmet', condition: ['and', ['couponValid'], false], effects: [] };
    const answer = await engineWith([failing, unmet]).session('s', ORDER);
    expect(story(answer)).toEqual(['rejectCoupon SUMMER CouponRejectedByCondition']);
    expect(effectsOf(answer, 'rejectCoupon')[0]).toMatchObject({ ruleIndex: 1, props: { conditionIndex: 1 } });
  });

  test('by an effect explains a refused coupon before one whose condition was false', async () => {
    const unmet = { title: 'Unmet', condition: ['and', ['couponValid'], false], effects: [] };
    const failing = { title: 'Failing', condition: ['couponValid'], effects: [BROKEN] };
    const answer = await engineWith([unmet, failing]).session('s', ORDER);
    expect(effectsOf(answer, 'rejectCoupon')[0]).toMatchObject({
      ruleIndex: 1,
      props: { rejectionReason: 'EffectCouldNotBeApplied', effectIndex: 0 },
    });
  });
});

test('a condition that cannot be told fails its rule, unless it is caught', async () => {
  const missing = ['=', ['.', 'Profile', 'Attributes', 'Tier'], 'gold'];
  const plain = { title: 'Plain', condition: missing, effects: [['setDiscount', 'plain', 1]] };
  const caught = { title: 'Caught', condition: ['catch', true, missing], effects: [['setDiscount', 'caught', 1]] };
  const answer = await engineWith([plain, caught]).session('s', { cartItems: cart(60) });
  expect(story(answer)).toEqual(['setDiscount caught 1']);
  expect(answer.ruleFailureReasons).toMatchObject([{ ruleName: 'Plain', conditionIndex: 0 }]);
});

test('a rule of a newer release fails alone', async () => {
  const newer = { title: 'Newer', condition: true, effects: [['changeTheWeather', 'sunny']] };
  const fine = { title: 'Fine', condition: true, effects: [['setDiscount', 'fine', 2]] };
  const answer = await engineWith([newer, fine]).session('s', { cartItems: cart(60) });
  expect(story(answer)).toEqual(['setDiscount fine 2']);
});

test('campaigns are evaluated in the order in which they are published, and only those that run', async () => {
  const rules = (name: string) => [{ title: name, condition: true, effects: [['setDiscount', name, 1]] }];
  const engine = testEngine(
    snapshot({
      campaigns: [
        campaign({ id: 9, rules: rules('nine'), coupons: [] }),
        campaign({ id: 2, rules: rules('two'), coupons: [], state: 'disabled' }),
        campaign({ id: 3, rules: rules('three'), coupons: [], endTime: '2026-06-01T12:00:00Z' }),
        campaign({ id: 1, rules: rules('one'), coupons: [] }),
        campaign({ id: 4, rules: rules('elsewhere'), coupons: [], applicationId: 2 }),
      ],
    }),
  );
  const answer = await engine.session('s', { cartItems: cart(60) }, { content: ['triggeredCampaigns'] });
  expect(story(answer)).toEqual(['setDiscount nine 1', 'setDiscount one 1']);
  expect(answer.triggeredCampaigns?.map(({ id }) => id)).toEqual([9, 1]);
});
