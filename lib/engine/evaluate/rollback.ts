import type { EffectOf } from '../../contract/effects.ts';
import { rollBackAcceptCoupon } from '../effects/accept-coupon.ts';
import { rollBackAcceptReferral } from '../effects/accept-referral.ts';
import { rollBackSetDiscount } from '../effects/set-discount.ts';
import { rollBackSetDiscountPerItem } from '../effects/set-discount-per-item.ts';

/**
 * What a cancellation takes back of a closed session's effects, in their order (semantics.md §3.9, R33): also when the
 * campaign is gone meanwhile. What is not named here stays as it is.
 */
export const rollbackEffects = (effects: readonly EffectOf[]): EffectOf[] =>
  effects.flatMap((effect): EffectOf[] => {
    switch (effect.effectType) {
      case 'acceptCoupon':
        return [rollBackAcceptCoupon(effect)];
      case 'acceptReferral':
        return [rollBackAcceptReferral(effect)];
      case 'setDiscount':
        return [rollBackSetDiscount(effect)];
      case 'setDiscountPerItem':
        return [rollBackSetDiscountPerItem(effect)];
      default:
        return [];
    }
  });
