import type { CouponRejectionReason, ReferralRejectionReason } from '../../contract/schemas/event.ts';
import type { CouponDefinition, Limit } from '../../promotions/snapshot.ts';
import type { ReferralRecord } from '../records.ts';
import { fullLimits, type Pass } from './pass.ts';

const isAfter = (time: string | undefined, now: Date): boolean => time !== undefined && new Date(time) > now;
const isOver = (time: string | undefined, now: Date): boolean => time !== undefined && new Date(time) <= now;

/** The reason that full limits give (semantics.md L10): of several the first in the order of §5.5. */
const limitReason = <Own extends 'CouponLimitReached' | 'ReferralLimitReached'>(full: readonly Limit[], own: Own) => {
  const reasons = full.map(({ entities }) => {
    if (entities.length === 0) return 'CampaignLimitReached';
    return entities.includes('Profile') ? 'ProfileLimitReached' : own;
  });
  return ([own, 'CampaignLimitReached', 'ProfileLimitReached'] as const).find((reason) => reasons.includes(reason));
};

/**
 * Why a coupon of a running campaign cannot be redeemed in this pass, by itself and its limits; undefined when it can.
 * Rules come afterwards. Checked in the order of semantics.md §5.5, with the reasons of 2021.
 */
export const couponFault = (pass: Pass, coupon: CouponDefinition): CouponRejectionReason | undefined => {
  const { couponUse, draft, moment, subject } = pass;
  const { profileId } = subject.session;
  if (isAfter(coupon.startDate, moment.now)) return 'CouponStartDateInFuture';
  if (isOver(coupon.expiryDate, moment.now)) return 'CouponExpired';
  const perProfile = pass.limitsOn('redeemCoupon').some(({ limit }) => limit.entities.includes('Profile'));
  // 2021 has no ProfileRequired yet.
  if (profileId === '' && perProfile) return 'ProfileLimitReached';
  const { recipientIntegrationId } = coupon;
  if (recipientIntegrationId !== undefined && recipientIntegrationId !== profileId) {
    return 'CouponRecipientDoesNotMatch';
  }
  // 2021 has no CouponReservationRequired yet.
  if (coupon.reservation === 'mandatory' && !pass.reserved) return 'CouponRecipientDoesNotMatch';
  if (couponUse && coupon.usageLimit > 0 && !draft.fits(couponUse, 'usage', 1, coupon.usageLimit)) {
    return 'CouponLimitReached';
  }
  return limitReason(fullLimits(pass, 'redeemCoupon', 1), 'CouponLimitReached');
};

/** Why a referral code of a running campaign cannot be redeemed, by itself and its limits (semantics.md §5.7, the reasons of 2021). */
export const referralFault = (pass: Pass, referral: ReferralRecord): ReferralRejectionReason | undefined => {
  const { draft, moment, subject } = pass;
  const friend = subject.session.profileId;
  if (isAfter(referral.startDate, moment.now)) return 'ReferralStartDateInFuture';
  if (isOver(referral.expiryDate, moment.now)) return 'ReferralExpired';
  if (friend === referral.advocateProfileIntegrationId) return 'ReferralRecipientIdSameAsAdvocate';
  const expected = referral.friendProfileIntegrationId;
  if (friend === '' || (expected !== '' && expected !== friend)) return 'ReferralRecipientDoesNotMatch';
  const use = moment.records.referralUse(referral.code);
  if (referral.usageLimit > 0 && !draft.fits(use, 'usage', 1, referral.usageLimit)) return 'ReferralLimitReached';
  return limitReason(fullLimits(pass, 'redeemReferral', 1), 'ReferralLimitReached');
};
