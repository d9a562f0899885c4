import type { CouponRejectionReason, ReferralRejectionReason } from '../../contract/schemas/event.ts';
import { isRunning } from '../../promotions/promotions.ts';
import type { Campaign, CouponDefinition, Limit } from '../../promotions/snapshot.ts';
import type { ReferralRecord } from '../records.ts';
import { fullLimit, type Pass } from './pass.ts';

const isAfter = (time: string | undefined, now: Date): boolean => time !== undefined && new Date(time) > now;
const isOver = (time: string | undefined, now: Date): boolean => time !== undefined && new Date(time) <= now;

/** Which reason a full limit gives (semantics.md L10). */
const limitReason = ({ entities }: Limit, own: 'CouponLimitReached' | 'ReferralLimitReached') => {
  if (entities.length === 0) return 'CampaignLimitReached';
  return entities.includes('Profile') ? 'ProfileLimitReached' : own;
};

/**
 * Why a coupon cannot be redeemed in this pass, by itself and its limits; undefined when it can. Rules come afterwards.
 * Checked in the order of semantics.md §5.5, with the reasons of 2021.
 */
export const couponFault = (pass: Pass, coupon: CouponDefinition): CouponRejectionReason | undefined => {
  const { campaign, draft, moment, subject } = pass;
  if (!isRunning(campaign, moment.now)) return 'CouponPartOfNotRunningCampaign';
  if (isAfter(coupon.startDate, moment.now)) return 'CouponStartDateInFuture';
  if (isOver(coupon.expiryDate, moment.now)) return 'CouponExpired';
  const { recipientIntegrationId } = coupon;
  if (recipientIntegrationId !== undefined && recipientIntegrationId !== subject.session.profileId) {
    return 'CouponRecipientDoesNotMatch';
  }
  const use = moment.records.couponUse(coupon.value);
  if (coupon.usageLimit > 0 && !draft.fits(use, 'usage', 1, coupon.usageLimit)) return 'CouponLimitReached';
  const full = fullLimit(pass, 'redeemCoupon', 1);
  return full && (limitReason(full, 'CouponLimitReached') as CouponRejectionReason);
};

/** Why a referral code cannot be redeemed, by itself and its limits (semantics.md §5.7, the reasons of 2021). */
export const referralFault = (
  pass: Pass,
  referral: ReferralRecord,
  campaign: Campaign,
): ReferralRejectionReason | undefined => {
  const { draft, moment, subject } = pass;
  const friend = subject.session.profileId;
  // The advocate's data was deleted; 2021 has no reason of its own for that.
  if (referral.advocateProfileIntegrationId === '') return 'ReferralNotFound';
  if (!isRunning(campaign, moment.now)) return 'ReferralPartOfNotRunningCampaign';
  if (isAfter(referral.startDate, moment.now)) return 'ReferralStartDateInFuture';
  if (isOver(referral.expiryDate, moment.now)) return 'ReferralExpired';
  if (friend === referral.advocateProfileIntegrationId) return 'ReferralRecipientIdSameAsAdvocate';
  const expected = referral.friendProfileIntegrationId;
  if (friend === '' || (expected !== '' && expected !== friend)) return 'ReferralRecipientDoesNotMatch';
  const use = moment.records.referralUse(referral.code);
  if (referral.usageLimit > 0 && !draft.fits(use, 'usage', 1, referral.usageLimit)) return 'ReferralLimitReached';
  const full = fullLimit(pass, 'redeemReferral', 1);
  return full && (limitReason(full, 'ReferralLimitReached') as ReferralRejectionReason);
};
