import * as z from 'zod';
import { attributesOut, id, promised, text, timestamp, word } from './scalars.ts';

/** How codes are generated: each `#` of the pattern becomes one of the characters (semantics.md K6). */
export const CodeGeneratorSettings = z.looseObject({
  validCharacters: z.array(z.string()),
  couponPattern: promised(z.string(), { minLength: 3, maxLength: 100 }),
});

/** What a campaign can limit. The set is open. */
const LIMITED_ACTIONS = [
  'redeemCoupon',
  'redeemReferral',
  'setDiscount',
  'setDiscountEffect',
  'createCoupon',
  'createReferral',
];

/** How much of an action a campaign allows; money in the major unit (semantics.md L1). */
export const LimitConfig = z.looseObject({
  action: promised(z.string(), { 'x-known-values': LIMITED_ACTIONS }),
  limit: promised(z.number(), { minimum: 0 }),
  entities: z.array(word(['Coupon', 'Referral', 'Profile', 'Identifier'])),
});

/** A campaign, as `triggeredCampaigns` shows it (semantics.md R1). `startTime` is inclusive, `endTime` exclusive. */
export const Campaign = z.looseObject({
  id,
  created: timestamp,
  applicationId: id,
  userId: id,
  name: text,
  description: z.string(),
  startTime: timestamp.optional(),
  endTime: timestamp.optional(),
  attributes: attributesOut.optional(),
  state: word(['enabled', 'disabled', 'archived']),
  activeRulesetId: id.optional(),
  tags: promised(z.array(promised(z.string(), { minLength: 1, maxLength: 50 })), { maxItems: 50 }),
  features: z.array(word(['coupons', 'referrals', 'loyalty', 'giveaways'])),
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
