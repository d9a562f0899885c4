import type { EffectOf } from '../../contract/effects.ts';
import { chargeLimits, type RulePass } from '../evaluate/pass.ts';
import { byRule } from './envelope.ts';

/** Accepts the pass's coupon: once, before the rule's other effects (semantics.md R22). Redeemed when the session closes. */
export const acceptCoupon = (pass: RulePass): void => {
  const { coupon, couponUse, draft } = pass;
  if (!coupon || !couponUse || draft.accepts('acceptCoupon', coupon.value)) return;
  draft.charge(couponUse, 'usage', 1, coupon.usageLimit > 0 ? { atMost: coupon.usageLimit } : {});
  chargeLimits(pass, 'redeemCoupon', 1);
  draft.emit({ ...byRule(pass), effectType: 'acceptCoupon', props: { value: coupon.value } });
};

/** A cancelled order gives the code back (decision 20). */
export const rollBackAcceptCoupon = (effect: EffectOf<'acceptCoupon'>): EffectOf<'rollbackCoupon'> => ({
  ...effect,
  effectType: 'rollbackCoupon',
});
