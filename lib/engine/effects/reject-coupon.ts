import type { EffectOf } from '../../contract/effects.ts';
import type { CouponRejectionReason } from '../../contract/schemas/event.ts';
import type { Campaign } from '../../promotions/snapshot.ts';
import type { RuleFault } from '../evaluate/run-rules.ts';
import { outsideRules } from './envelope.ts';

/** Why a coupon is refused: by itself, or by a rule. */
export interface CouponRejection {
  readonly reason: CouponRejectionReason;
  readonly couponId?: number;
  readonly campaign?: Campaign;
  readonly fault?: RuleFault | undefined;
}

/** A refused coupon is an effect, never an error (semantics.md X1). Without a campaign it belongs to none: -1 (§4.1). */
export const rejectCoupon = (value: string, rejection: CouponRejection): EffectOf<'rejectCoupon'> => ({
  ...outsideRules(rejection.campaign, rejection.fault),
  ...(rejection.couponId !== undefined && { triggeredByCoupon: rejection.couponId }),
  effectType: 'rejectCoupon',
  props: { value, rejectionReason: rejection.reason, ...rejection.fault?.where },
});
