import * as z from 'zod';
import { attributes, optional, profileReference } from '../wire.ts';
import { attributesOut, id, timestamp } from './scalars.ts';

/** Money beyond this is a mistake of the sender, and would no longer be exact as a JSON number. */
const price = z.number().min(0).max(1e12);

/** A cart line as sent (semantics.md §1.8). `price` is the unit price before discounts, in the major unit. */
export const NewCartItem = z.object({
  name: z.string().min(1),
  sku: z.string().min(1),
  quantity: z.int().min(1).max(10_000),
  price,
  category: optional(z.string()),
  weight: optional(z.number()),
  height: optional(z.number()),
  width: optional(z.number()),
  length: optional(z.number()),
  attributes,
});
export type NewCartItem = z.output<typeof NewCartItem>;

/** The states that a caller may ask for. */
export const SessionState = z.enum(['open', 'closed', 'cancelled']);
export type SessionState = z.output<typeof SessionState>;

const code = z.string().max(100);

/** At most 1000 lines and 10 000 units (semantics.md S6). */
export const CartItems = z
  .array(NewCartItem)
  .max(1000)
  .refine((items) => items.reduce((units, item) => units + item.quantity, 0) <= 10_000, {
    message: 'more than 10000 units in all',
    params: { title: 'maximum' },
  });

/** A v2 session as sent; what an omitted field means: semantics.md §1.6. */
export const NewCustomerSessionV2 = z.object({
  profileId: optional(profileReference),
  couponCodes: optional(z.array(code).max(100)),
  referralCode: optional(code),
  state: optional(SessionState).transform((state) => state ?? 'open'),
  cartItems: optional(CartItems),
  additionalCosts: optional(z.record(z.string().min(1), z.object({ price }))),
  identifiers: optional(z.array(z.string()).max(5)),
  attributes,
});
export type NewCustomerSessionV2 = z.output<typeof NewCustomerSessionV2>;

/** A cart line in an answer; `position` is its index. */
export const CartItem = z.looseObject({
  name: z.string(),
  sku: z.string(),
  quantity: z.int(),
  price: z.number(),
  category: z.string().optional(),
  weight: z.number().optional(),
  height: z.number().optional(),
  width: z.number().optional(),
  length: z.number().optional(),
  position: z.number().optional(),
  attributes: attributesOut.optional(),
});
export type CartItem = z.output<typeof CartItem>;

const sessionBase = {
  integrationId: z.string(),
  created: timestamp,
  applicationId: id,
  profileId: z.string(),
  state: SessionState,
  cartItems: z.array(CartItem),
  identifiers: z.array(z.string()).optional(),
  total: z.number(),
  attributes: attributesOut,
  firstSession: z.boolean(),
  updated: timestamp.optional(),
};

/** A v2 session: totals are before discounts, in the major unit (semantics.md S3). */
export const CustomerSessionV2 = z.looseObject({
  ...sessionBase,
  couponCodes: z.array(z.string()).optional(),
  referralCode: z.string().optional(),
  additionalCosts: z.record(z.string(), z.looseObject({ price: z.number() })).optional(),
  cartItemTotal: z.number(),
  additionalCostTotal: z.number(),
});
export type CustomerSessionV2 = z.output<typeof CustomerSessionV2>;

/** A v1 session: one coupon, one referral, discounts by label (semantics.md S2). */
export const CustomerSession = z.looseObject({
  ...sessionBase,
  coupon: z.string(),
  referral: z.string(),
  discounts: z.record(z.string(), z.number()),
});
export type CustomerSession = z.output<typeof CustomerSession>;
