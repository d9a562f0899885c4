import * as z from 'zod';
import { attributesOut, id, timestamp } from './scalars.ts';

/** How codes are generated: each `#` of the pattern becomes one of the characters (semantics.md K6). */
export const CodeGeneratorSettings = z.looseObject({
  validCharacters: z.array(z.string()),
  couponPattern: z.string(),
});

/** How much of an action a campaign allows; money in the major unit (semantics.md L1). */
export const LimitConfig = z.looseObject({
  action: z.string(),
  limit: z.number(),
  entities: z.array(z.enum(['Coupon', 'Referral', 'Profile', 'Identifier'])),
});

/** A campaign, as `triggeredCampaigns` shows it (semantics.md R1). `startTime` is inclusive, `endTime` exclusive. */
export const Campaign = z.looseObject({
  id,
  created: timestamp,
  applicationId: id,
  userId: id,
  name: z.string(),
  description: z.string(),
  startTime: timestamp.optional(),
  endTime: timestamp.optional(),
  attributes: attributesOut.optional(),
  state: z.enum(['enabled', 'disabled', 'archived']),
  activeRulesetId: id.optional(),
  tags: z.array(z.string()),
  features: z.array(z.enum(['coupons', 'referrals', 'loyalty', 'giveaways'])),
  couponSettings: CodeGeneratorSettings.optional(),
  referralSettings: CodeGeneratorSettings.optional(),
  limits: z.array(LimitConfig),
  campaignGroups: z.array(id).optional(),
  couponRedemptionCount: z.int().optional(),
  referralRedemptionCount: z.int().optional(),
  discountCount: z.number().optional(),
  discountEffectCount: z.int().optional(),
  couponCreationCount: z.int().optional(),
  referralCreationCount: z.int().optional(),
  awardedGiveawaysCount: z.int().optional(),
  createdLoyaltyPointsCount: z.number().optional(),
  createdLoyaltyPointsEffectCount: z.int().optional(),
  redeemedLoyaltyPointsCount: z.number().optional(),
  redeemedLoyaltyPointsEffectCount: z.int().optional(),
  lastActivity: timestamp.optional(),
  updated: timestamp.optional(),
  createdBy: z.string().optional(),
  updatedBy: z.string().optional(),
});
export type Campaign = z.output<typeof Campaign>;
