import type { FoundCoupon } from '../promotions/promotions.ts';
import { LIMIT_COUNT, type LimitCounter, limitCounters } from './evaluate/limits.ts';
import type { Moment } from './moment.ts';
import type { HolderRecord, RecordKey } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/** What a coupon is to a profile (semantics.md §5.6). */
export type CouponState = 'active' | 'used' | 'expired' | 'pending' | 'disabled';

/** The limits that count by the profile alone or with the coupon. */
const ownLimits = ({ campaign, coupon }: FoundCoupon, profileId: string, moment: Moment): LimitCounter[] =>
  limitCounters(campaign, 'redeemCoupon', { profileId, identifiers: [] }, { coupon: coupon.value }, moment).filter(
    ({ limit }) => limit.entities.includes('Profile'),
  );

/** The records to have at hand to say what a coupon is to a profile. */
export const couponStateNeeds = (found: FoundCoupon, profileId: string, moment: Moment): RecordKey<unknown>[] => [
  moment.records.couponUse(found.coupon.value),
  ...ownLimits(found, profileId, moment).flatMap(({ record }) => record ?? []),
];

/**
 * What a coupon is to a profile now; of several states the first of §5.6. `used`: its own limit is reached, or the
 * profile redeemed it and may not once more. A campaign that begins later does not make it less active.
 */
export const couponState = (
  found: FoundCoupon,
  { profileId, redemptions }: Pick<HolderRecord, 'profileId' | 'redemptions'>,
  set: WorkingSet,
  moment: Moment,
): CouponState => {
  const { campaign, coupon } = found;
  const { now, records } = moment;
  const isOver = (time: string | undefined): boolean => time !== undefined && new Date(time) <= now;
  if (campaign.state !== 'enabled' || isOver(campaign.endTime)) return 'disabled';
  const { usageLimit } = coupon;
  if (usageLimit > 0 && set.count(records.couponUse(coupon.value), 'usage') >= usageLimit) return 'used';
  const isFull = ({ record, bound }: LimitCounter): boolean =>
    record !== undefined && set.count(record, LIMIT_COUNT) >= bound;
  if (redemptions > 0 && ownLimits(found, profileId, moment).some(isFull)) return 'used';
  if (isOver(coupon.expiryDate)) return 'expired';
  return coupon.startDate !== undefined && !isOver(coupon.startDate) ? 'pending' : 'active';
};
