import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effectsOfEvent, effectTuple } from '../../../lib/contract/effect-tuples.ts';
import type { EffectOf } from '../../../lib/contract/effects.ts';

const origin = fc.record({ campaignId: fc.integer({ min: -1 }), rulesetId: fc.nat(), ruleIndex: fc.nat() });
const value = fc.string();
const amount = fc.double({ noNaN: true, noDefaultInfinity: true });

const effect = fc.oneof(
  fc.record({
    effectType: fc.constantFrom('acceptCoupon', 'acceptReferral', 'referralCreated'),
    props: fc.record({ value }),
  }),
  fc.record({ effectType: fc.constant('couponCreated'), props: fc.record({ value, profileId: value }) }),
  fc.record({ effectType: fc.constant('setDiscount'), props: fc.record({ name: value, value: amount }) }),
  fc.record({
    effectType: fc.constant('setDiscountPerItem'),
    props: fc.record(
      { name: value, value: amount, position: fc.nat(), subPosition: fc.nat() },
      { requiredKeys: ['name', 'value', 'position'] },
    ),
  }),
);

test('an effect comes back from its tuple with all of its properties; only the name of its rule is gone', () => {
  fc.assert(
    fc.property(origin, effect, (where, what) => {
      const whole = { ...where, ruleName: '', ...what };
      const effects = [effectTuple({ ...whole, ruleName: 'R' } as EffectOf)];
      expect(effectsOfEvent({ effects })).toEqual([whole]);
    }),
  );
});

test('why a code was refused is taken from the meta, each kind from its own', () => {
  const meta = {
    couponRejectionReason: { campaignId: 1, couponId: 0, reason: 'CouponExpired' },
    referralRejectionReason: { campaignId: 1, referralId: 0, reason: 'ReferralNotFound' },
  } as const;
  const effects = [
    [1, 2, 3, ['rejectCoupon', 'A']],
    [1, 2, 3, ['rejectReferral', 'B']],
  ];
  expect(effectsOfEvent({ effects, meta }).map(({ props }) => props)).toEqual([
    { value: 'A', rejectionReason: 'CouponExpired' },
    { value: 'B', rejectionReason: 'ReferralNotFound' },
  ]);
  expect(effectsOfEvent({ effects }).map(({ props }) => props)).toEqual([{ value: 'A' }, { value: 'B' }]);
});

test('a type that came later keeps its values', () => {
  const effects = [[1, 2, 3, ['changeLoyaltyTier', 'Gold', 1]]];
  expect(effectsOfEvent({ effects })).toMatchObject([
    { effectType: 'changeLoyaltyTier', props: { arguments: ['Gold', 1] } },
  ]);
});

test('what is no tuple is left out', () => {
  expect(
    effectsOfEvent({ effects: [null, 'x', [], [1, 2, 3], [1, 2, 3, []], [1, 2, 3, [4]], { effectType: 'x' }] }),
  ).toEqual([]);
});
