import type { Effect } from '../contract/effects.ts';

/** What is told of effects: how many, and which, without what they are worth or whom they are for. */
export interface EffectsInIds {
  readonly count: number;
  /** Each once: `acceptCoupon SUMMER-1`, `setDiscount`. At most {@link MOST_TOLD}. */
  readonly types: readonly string[];
}

const MOST_TOLD = 20;
const LONGEST_CODE = 100;

/** Effects whose `value` is the code of a coupon. A referral's code leads to a person, so none is told. */
const TELL_CODE = new Set(['acceptCoupon', 'rejectCoupon', 'rollbackCoupon', 'couponCreated']);

/** What is told of effects. A code that no campaign knows is not: a buyer may have written anything. */
export const effectsInIds = (effects: readonly Effect[]): EffectsInIds => ({
  count: effects.length,
  types: [...new Set(effects.map(inIds))].slice(0, MOST_TOLD),
});

const inIds = ({ effectType, props }: Effect): string => {
  const { value, rejectionReason } = props as { readonly value?: unknown; readonly rejectionReason?: unknown };
  const isKnown = TELL_CODE.has(effectType) && rejectionReason !== 'CouponNotFound' && typeof value === 'string';
  const reason = typeof rejectionReason === 'string' ? `(${rejectionReason})` : '';
  return [effectType, isKnown && value.slice(0, LONGEST_CODE), reason].filter(Boolean).join(' ');
};
