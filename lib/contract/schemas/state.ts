import * as z from 'zod';
import { Effect } from '../effects.ts';
import { Campaign } from './campaign.ts';
import { Coupon, Giveaway, Referral } from './codes.ts';
import { Event } from './event.ts';
import { Loyalty } from './loyalty.ts';
import { CustomerProfile } from './profile.ts';
import { id } from './scalars.ts';
import { CustomerSession, CustomerSessionV2 } from './session.ts';

/** Why a rule did not fire; mind the capital `ID` of its keys. */
export const RuleFailureReason = z.looseObject({
  campaignID: id,
  campaignName: z.string(),
  rulesetID: id,
  couponID: id.optional(),
  couponValue: z.string().optional(),
  referralID: id.optional(),
  referralValue: z.string().optional(),
  ruleIndex: z.int(),
  ruleName: z.string(),
  conditionIndex: z.int().optional(),
  effectIndex: z.int().optional(),
  details: z.string().optional(),
});
export type RuleFailureReason = z.output<typeof RuleFailureReason>;

/** The v2 answer: effects always, everything else when `responseContent` asks for it (semantics.md §2.14). */
export const IntegrationStateV2 = z.looseObject({
  customerSession: CustomerSessionV2.optional(),
  customerProfile: CustomerProfile.optional(),
  event: Event.optional(),
  loyalty: Loyalty.optional(),
  referral: Referral.optional(),
  coupons: z.array(Coupon).optional(),
  triggeredCampaigns: z.array(Campaign).optional(),
  effects: z.array(Effect),
  ruleFailureReasons: z.array(RuleFailureReason).optional(),
  createdCoupons: z.array(Coupon),
  createdReferrals: z.array(Referral),
  awardedGiveaways: z.array(Giveaway).optional(),
});
export type IntegrationStateV2 = z.output<typeof IntegrationStateV2>;

/** The v1 answer: session, profile and event always (semantics.md §2.13). */
export const IntegrationState = z.looseObject({
  session: CustomerSession,
  profile: CustomerProfile,
  event: Event,
  loyalty: Loyalty.optional(),
  coupon: Coupon.optional(),
});
export type IntegrationState = z.output<typeof IntegrationState>;

/** The answer to profiles in bulk: one state for each entry, in the order of the request. */
export const MultipleCustomerProfileIntegrationResponseV2 = z.looseObject({
  integrationStates: z.array(IntegrationStateV2).optional(),
});
