import * as z from 'zod';
import { LedgerEntry } from './loyalty.ts';
import { attributesOut, id, text, timestamp, word } from './scalars.ts';

/** Why a coupon is refused, in the words of 2021 (semantics.md §5.5). */
export const CouponRejectionReason = word([
  'CouponNotFound',
  'CouponPartOfNotRunningCampaign',
  'CouponLimitReached',
  'CampaignLimitReached',
  'ProfileLimitReached',
  'CouponRecipientDoesNotMatch',
  'CouponExpired',
  'CouponStartDateInFuture',
  'CouponRejectedByCondition',
  'EffectCouldNotBeApplied',
]);
export type CouponRejectionReason = z.output<typeof CouponRejectionReason>;

/** Why a referral code is refused, in the words of 2021 (semantics.md §5.7). */
export const ReferralRejectionReason = word([
  'ReferralNotFound',
  'ReferralRecipientIdSameAsAdvocate',
  'ReferralPartOfNotRunningCampaign',
  'ReferralLimitReached',
  'CampaignLimitReached',
  'ProfileLimitReached',
  'ReferralRecipientDoesNotMatch',
  'ReferralExpired',
  'ReferralStartDateInFuture',
  'ReferralRejectedByCondition',
  'EffectCouldNotBeApplied',
]);
export type ReferralRejectionReason = z.output<typeof ReferralRejectionReason>;

/** What the v1 answer says beside its effects (semantics.md §2.13). */
export const Meta = z.looseObject({
  campaigns: z.record(z.string(), z.unknown()).optional(),
  coupons: z.record(z.string(), z.unknown()).optional(),
  couponRejectionReason: z.looseObject({ campaignId: id, couponId: id, reason: CouponRejectionReason }).optional(),
  referralRejectionReason: z
    .looseObject({ campaignId: id, referralId: id, reason: ReferralRejectionReason })
    .optional(),
  warnings: z.record(z.string(), z.unknown()).optional(),
});

/** A recorded event; effects are v1 tuples (semantics.md §4.1, §4.3). */
export const Event = z.looseObject({
  id,
  created: timestamp,
  applicationId: id,
  profileId: z.string().optional(),
  type: text,
  attributes: attributesOut,
  sessionId: z.string().optional(),
  effects: z.array(z.unknown()),
  ledgerEntries: z.array(LedgerEntry),
  meta: Meta.optional(),
});
export type Event = z.output<typeof Event>;
