import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readPromotions } from '../../../lib/promotions/file.ts';
import { promotionsOf } from '../../../lib/promotions/promotions.ts';
import { recordingHost, SAMPLE, scopeOf } from './scope.ts';

const snapshot = readPromotions(readFileSync('events/demo/promotions.yaml', 'utf8'), 'promotions.yaml');
const promotions = promotionsOf(snapshot, 1);

const ruleOf = (campaign: number) => {
  const rule = promotions?.campaignById(campaign)?.rules[0];
  if (!rule) throw new Error(`campaign ${campaign} has no rule`);
  return rule;
};
const session = (over: object) => scopeOf({ ...SAMPLE, Session: { ...SAMPLE.Session, ...over } });

describe('the demo', () => {
  test('has three campaigns, two codes, a pattern for friends, an audience and two costs', () => {
    expect(snapshot.campaigns.map(({ id, name, features }) => [id, name, ...features])).toEqual([
      [1, 'Summer', 'coupons'],
      [2, 'Welcome', 'coupons'],
      [3, 'Friends', 'referrals'],
    ]);
    expect(promotions?.couponByCode('SUMMER-0001')?.coupon.usageLimit).toBe(1);
    expect(promotions?.couponByCode('WELCOME-2026')?.coupon.usageLimit).toBe(0);
    expect(snapshot.campaigns[2]?.referralSettings?.couponPattern).toBe('FRIEND-####-####');
    expect([snapshot.audiences, snapshot.additionalCosts].map((all) => all.map(({ name }) => name))).toEqual([
      ['Newsletter'],
      ['shipping', 'tip'],
    ]);
  });

  test('Summer takes ten percent off 60.00', () => {
    const { host, told } = recordingHost();
    const scope = scopeOf(SAMPLE, host);
    expect(ruleOf(1).conditions.map(({ holds }) => holds(scope))).toEqual([true, true]);
    for (const effect of ruleOf(1).effects) effect(scope);
    expect(told).toEqual([['setDiscount', '10% off', '6']]);
  });

  test('Summer refuses 40.00, and says why', () => {
    const [, fromFifty] = ruleOf(1).conditions;
    expect(fromFifty?.holds(session({ Total: 40 }))).toBe(false);
    expect(fromFifty?.explain(session({ Total: 40 }), 2)).toBe('the total is below 50.00');
    expect(fromFifty?.holds(session({ Total: 50 }))).toBe(true);
  });

  test('Welcome takes five percent off each line, once for each customer', () => {
    const { host, told } = recordingHost();
    for (const effect of ruleOf(2).effects) effect(scopeOf(SAMPLE, host));
    expect(told).toEqual([
      [
        'setDiscountPerItem',
        '5% off',
        [
          { position: 0, value: '2' },
          { position: 1, value: '0.75' },
        ],
      ],
    ]);
    expect(snapshot.campaigns[1]?.limits).toEqual([{ action: 'redeemCoupon', limit: 1, entities: ['Profile'] }]);
  });

  test('Friends takes five off for a valid referral code', () => {
    const { host, told } = recordingHost();
    expect(
      ruleOf(3).conditions.map(({ holds }) => holds(scopeOf(SAMPLE, recordingHost({ referral: false }).host))),
    ).toEqual([false]);
    for (const effect of ruleOf(3).effects) effect(scopeOf(SAMPLE, host));
    expect(told).toEqual([['setDiscount', 'Friend discount', '5']]);
  });
});
