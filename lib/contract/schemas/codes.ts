import * as z from 'zod';
import { attributesOut, id, promised, timestamp, usageLimit } from './scalars.ts';

/**
 * A coupon (semantics.md §5.1). `usageLimit` 0 is unlimited; no `expiryDate` is for ever; `discountCounter` is what it
 * took off so far, in the major unit.
 */
export const Coupon = z.looseObject({
  id,
  created: timestamp,
  campaignId: id,
  value: z.string(),
  usageLimit,
  discountLimit: promised(z.number(), { minimum: 0, maximum: 999_999 }).optional(),
  startDate: timestamp.optional(),
  expiryDate: timestamp.optional(),
  usageCounter: z.int(),
  discountCounter: z.number().optional(),
  discountRemainder: z.number().optional(),
  attributes: attributesOut.optional(),
  referralId: id.optional(),
  recipientIntegrationId: z.string().optional(),
  importId: id.optional(),
  reservation: z.boolean().optional(),
  batchId: z.string().optional(),
});
export type Coupon = z.output<typeof Coupon>;

/** Coupons; `totalResultSize` counts all of them. */
export const CouponList = z.looseObject({ totalResultSize: z.int(), data: z.array(Coupon) });
export type CouponList = z.output<typeof CouponList>;

/** What a coupon is to a profile (semantics.md §5.6). The set is open. */
const INVENTORY_STATES = ['active', 'used', 'expired', 'pending', 'disabled'];

/** A coupon in a profile's inventory: how often that profile redeemed it, and what it is to that profile now. */
export const InventoryCoupon = z.looseObject({
  ...Coupon.shape,
  profileRedemptionCount: z.int(),
  state: promised(z.string(), { 'x-known-values': INVENTORY_STATES }),
});
export type InventoryCoupon = z.output<typeof InventoryCoupon>;

/** A referral code of one advocate (semantics.md §2.2). `usageLimit` 0 is unlimited; no friend: anyone but the advocate. */
export const Referral = z.looseObject({
  id,
  created: timestamp,
  startDate: timestamp.optional(),
  expiryDate: timestamp.optional(),
  usageLimit,
  campaignId: id,
  advocateProfileIntegrationId: z.string(),
  friendProfileIntegrationId: z.string().optional(),
  attributes: attributesOut.optional(),
  importId: id.optional(),
  code: z.string(),
  usageCounter: z.int(),
  batchId: z.string().optional(),
});
export type Referral = z.output<typeof Referral>;

/** Referrals, in the order of the advocates that they were asked for; `totalResultSize` counts them. */
export const ReferralList = z.looseObject({ totalResultSize: z.int(), data: z.array(Referral) });
export type ReferralList = z.output<typeof ReferralList>;

/** A code of a giveaway pool; its dates bound the awarding, not the validity (semantics.md U3). */
export const Giveaway = z.looseObject({
  id,
  created: timestamp,
  code: z.string(),
  poolId: id,
  startDate: timestamp.optional(),
  endDate: timestamp.optional(),
  attributes: attributesOut.optional(),
  used: z.boolean().optional(),
  importId: id.optional(),
});
