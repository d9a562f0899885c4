import type { EffectOf } from '../../contract/effects.ts';
import { chargeLimits, type RulePass } from '../evaluate/pass.ts';
import { byRule } from './envelope.ts';

/** Accepts the pass's coupon: once, before the rule's other effects (semantics.md R22). Redeemed when the session closes. */
export const acceptCoupon = (pass: RulePass): void => {
  const { coupon, draft, moment } = pass;
  if (!coupon || draft.accepts('acceptCoupon', coupon.value)) return;
  draft.charge(moment.records.couponUse(coupon.value), 'usage', 1, coupon.usageLimit || undefined);
  chargeLimits(pass, 'redeemCoupon', 1);
  draft.effects.push({ ...byRule(pass), effectType: 'acceptCoupon', props: { value: coupon.value } });
};

/** A cancelled order gives the code back (decision 20). */
export const rollBackAcceptCoupon = (effect: EffectOf<'acceptCoupon'>): EffectOf<'rollbackCoupon'> => ({
  ...effect,
  effectType: 'rollbackCoupon',
});
