import * as z from 'zod';
import { Giveaway, InventoryCoupon, Referral } from './codes.ts';
import { Loyalty } from './loyalty.ts';
import { CustomerProfile } from './profile.ts';

/** What belongs to a profile, each part where it was asked for (semantics.md §2.6). */
export const CustomerInventory = z.looseObject({
  profile: CustomerProfile.optional(),
  loyalty: Loyalty.optional(),
  referrals: z.array(Referral).optional(),
  coupons: z.array(InventoryCoupon).optional(),
  giveaways: z.array(Giveaway).optional(),
});
export type CustomerInventory = z.output<typeof CustomerInventory>;
