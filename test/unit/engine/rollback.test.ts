import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../lib/promotions/snapshot.ts';
import { campaign, cart, snapshot, story, testEngine } from '../../support/engine.ts';

const LIMITS: Limit[] = [
  { action: 'redeemCoupon', limit: 5, entities: [] },
  { action: 'redeemCoupon', limit: 5, entities: ['Profile'], period: 'monthly' },
  { action: 'setDiscount', limit: 100, entities: ['Identifier'] },
  { action: 'setDiscountEffect', limit: 100, entities: ['Coupon'] },
];

const promotions = () =>
  snapshot({
    campaigns: [
      campaign({
        limits: LIMITS,
        rules: [
          {
            title: 'Off',
            condition: ['couponValid'],
            effects: [
              ['setDiscount', 'off', 5],
              ['setDiscountPerItem', 'each', 1, ['.', 'Session', 'CartItems']],
            ],
          },
        ],
      }),
    ],
  });

const ORDER = { profileId: 'p', couponCodes: ['SUMMER'], identifiers: ['x', 'y'], cartItems: cart(60) };

describe('cancelling a closed session', () => {
  test('takes its effects back one by one, in their order, each with its origin', async () => {
    const engine = testEngine(promotions());
    await engine.session('s', { ...ORDER, state: 'closed' });
    const answer = await engine.session('s', { state: 'cancelled' });
    const origin = { campaignId: 1, rulesetId: 101, ruleIndex: 0, ruleName: 'Off', triggeredByCoupon: 11 };
    expect(answer.effects).toEqual([
      { ...origin, effectType: 'rollbackCoupon', props: { value: 'SUMMER' } },
      { ...origin, effectType: 'rollbackDiscount', props: { name: 'off', value: 5 } },
      { ...origin, effectType: 'rollbackDiscount', props: { name: 'each#0', value: 1 } },
    ]);
  });

  test('gives every counter back', async () => {
    const engine = testEngine(promotions());
    await engine.session('s', { ...ORDER, state: 'closed' });
    const counters = async () => (await engine.store.items()).filter(({ version }) => version === 0);
    const charged = await counters();
    expect(charged.length).toBe(6);
    expect(charged.every(({ counts }) => Object.values(counts).every((count) => count > 0))).toBe(true);
    const answer = await engine.session('s', { state: 'cancelled' });
    expect((await counters()).flatMap(({ counts }) => Object.values(counts)).every((count) => count === 0)).toBe(true);
    expect(answer.coupons).toMatchObject([{ usageCounter: 0, discountCounter: 0 }]);
    expect(answer.customerProfile).toMatchObject({ closedSessions: 0, totalSales: 0 });
  });

  test('leaves the coupon with the profile, redeemed no more', async () => {
    const engine = testEngine(promotions());
    await engine.session('s', { ...ORDER, state: 'closed' });
    await engine.session('s', { state: 'cancelled' });
    expect(await engine.stored(engine.records.couponHolder('SUMMER', 'p'))).toMatchObject({ redemptions: 0 });
  });

  test('makes the coupon usable again', async () => {
    const engine = testEngine();
    await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    await engine.session('s', { state: 'cancelled' });
    const next = await engine.session('t', { couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    expect(story(next)).toContain('acceptCoupon SUMMER');
  });

  test.each([
    ['disabled', snapshot({ campaigns: [campaign({ state: 'disabled' })] })],
    ['taken away', snapshot({ campaigns: [] })],
    [
      'expired',
      snapshot({
        campaigns: [
          campaign({ coupons: [{ id: 11, value: 'SUMMER', usageLimit: 1, expiryDate: '2026-06-01T00:00:00Z' }] }),
        ],
      }),
    ],
  ])('works when its campaign or coupon is %s meanwhile', async (_, next) => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    engine.publish(next);
    const answer = await engine.session('s', { state: 'cancelled' });
    expect(story(answer)).toEqual(['rollbackCoupon SUMMER', 'rollbackDiscount 10% off 6']);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 0, discount: 0 });
  });

  test('keeps the name of the promotions that made the effects', async () => {
    const engine = testEngine();
    await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    engine.publish(snapshot({ id: 'later' }));
    await engine.session('s', { state: 'cancelled' });
    expect(await engine.stored(engine.records.session('s'))).toMatchObject({ snapshot: 'test', charges: [] });
  });

  test('takes back what the profile had bought in it and nothing else', async () => {
    const engine = testEngine();
    await engine.session('a', { profileId: 'p', cartItems: cart(0.1), state: 'closed' });
    await engine.session('b', { profileId: 'p', cartItems: cart(0.2), state: 'closed' });
    const answer = await engine.session('a', { state: 'cancelled' });
    expect(answer.customerProfile).toMatchObject({ closedSessions: 1, totalSales: 0.2 });
  });
});

test('a session that was refused everything has nothing to give back', async () => {
  const engine = testEngine();
  await engine.session('s', { profileId: 'p', couponCodes: ['SUMMER', 'NONE'], cartItems: cart(40), state: 'closed' });
  const answer = await engine.session('s', { state: 'cancelled' });
  expect(answer.effects).toEqual([]);
});
