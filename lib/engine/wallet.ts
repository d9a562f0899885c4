import type { FoundCoupon } from '../promotions/promotions.ts';
import type { Listing } from './listing.ts';
import type { Moment } from './moment.ts';
import type { HolderRecord, ReferralRecord } from './records.ts';
import type { WorkingSet } from './working-set.ts';

/** A coupon that a profile has to do with. */
export interface HeldCoupon extends FoundCoupon {
  readonly holder: HolderRecord;
}

/** Lists the codes of this Application that a profile has to do with. */
export const walletListing = (profileId: string, { records }: Moment): Listing | undefined => {
  const owner = records.walletOf(profileId);
  return owner === undefined
    ? undefined
    : { of: { owner }, keep: ({ key }) => records.isOf('coupon', key) || records.isOf('referral', key) };
};

const byId = (left: FoundCoupon, right: FoundCoupon): number => left.coupon.id - right.coupon.id;

/**
 * The coupons that a profile reserved or redeemed, and those that are for it alone; by their ids. A code that is gone
 * from the published promotions is left out: nothing is known of it any more.
 */
export const heldCoupons = (profileId: string, set: WorkingSet, { promotions, records }: Moment): HeldCoupon[] => {
  const held = new Map<string, HeldCoupon>();
  for (const found of promotions.personalCoupons(profileId)) {
    held.set(found.coupon.value, { ...found, holder: { profileId, code: found.coupon.value, redemptions: 0 } });
  }
  for (const { key, data } of set.listed) {
    const holder = data as unknown as HolderRecord;
    const found = records.isOf('coupon', key) ? promotions.couponByCode(holder.code) : undefined;
    // After a cancellation there may be neither left.
    if (found && (holder.reserved !== undefined || holder.redemptions > 0))
      held.set(found.coupon.value, { ...found, holder });
  }
  return [...held.values()].sort(byId);
};

/** The referral codes that a profile has as their advocate; by their ids. */
export const ownReferrals = (profileId: string, set: WorkingSet, { records }: Moment): ReferralRecord[] =>
  set.listed
    .filter(({ key }) => records.isOf('referral', key) && key.sort === 'referral')
    .map(({ data }) => data as unknown as ReferralRecord)
    .filter((referral) => referral.advocateProfileIntegrationId === profileId)
    .sort((left, right) => left.id - right.id);
