import * as z from 'zod';
import { MAX_MONEY } from '../decimal.ts';
import { attributes, optional, profileReference, wellFormed } from '../wire.ts';
import { attributesOut, id, promised, sentCode, text, timestamp, word } from './scalars.ts';

const price = z.number().min(0).max(MAX_MONEY);

/**
 * A cart line as sent (semantics.md §1.8). `price` is the unit price before discounts, in the major unit. A `position`
 * is dropped: it is the line's index, whatever the client says (C2).
 */
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
const STATES = ['open', 'closed', 'cancelled'] as const;
export type SessionState = (typeof STATES)[number];

const code = wellFormed(z.string().max(100));

const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

const TOO_MUCH = { message: `more than ${MAX_MONEY} in all`, params: { title: 'maximum' } };

/** At most 1000 lines and 10 000 units (semantics.md S6), worth at most {@link MAX_MONEY} in all. */
export const CartItems = z
  .array(NewCartItem)
  .max(1000)
  .refine((items) => total(items.map(({ quantity }) => quantity)) <= 10_000, {
    message: 'more than 10000 units in all',
    params: { title: 'maximum' },
  })
  .refine((items) => total(items.map((item) => item.price * item.quantity)) <= MAX_MONEY, TOO_MUCH);

const costs = z
  .record(z.string().min(1), z.object({ price }))
  .refine((sent) => total(Object.values(sent).map((cost) => cost.price)) <= MAX_MONEY, TOO_MUCH);

const MAX_COSTS = 1000;

/**
 * Prices of what a session costs beside its items, by name: at most 1000, worth at most {@link MAX_MONEY} in all. PHP's
 * empty list means an empty map.
 */
export const AdditionalCosts = z.preprocess((sent, context) => {
  if (Array.isArray(sent) && sent.length === 0) return {};
  if (typeof sent !== 'object' || sent === null || Object.keys(sent).length <= MAX_COSTS) return sent;
  const issue = { code: 'custom', message: `more than ${MAX_COSTS} costs`, params: { title: 'maximum' } } as const;
  context.issues.push({ ...issue, input: sent });
  return z.NEVER;
}, costs) as unknown as z.ZodType<z.output<typeof costs>, z.input<typeof costs> | readonly []>;

const sentBase = {
  profileId: optional(profileReference),
  state: optional(z.enum(STATES))
    .transform((state) => state ?? 'open')
    .meta({ documented: { type: 'string', enum: STATES, default: 'open' } }),
  cartItems: optional(CartItems),
  identifiers: optional(z.array(wellFormed(z.string())).max(5)),
  attributes,
};

/** A v2 session as sent; what an omitted field means: semantics.md §1.6. */
export const NewCustomerSessionV2 = z.object({
  ...sentBase,
  couponCodes: optional(z.array(code).max(100)),
  referralCode: optional(code),
  additionalCosts: optional(AdditionalCosts),
});
export type NewCustomerSessionV2 = z.output<typeof NewCustomerSessionV2>;

/** A v1 session as sent: one coupon, one referral, and a total of the caller's own (semantics.md S1, S3). */
export const NewCustomerSession = z.object({
  ...sentBase,
  coupon: optional(code),
  referral: optional(code),
  total: optional(price),
});
export type NewCustomerSession = z.output<typeof NewCustomerSession>;

/** The state of a session in an answer. */
export const AnsweredSessionState = word(STATES);

/** A cart line in an answer; `position` is its index. */
export const CartItem = z.looseObject({
  name: text,
  sku: text,
  quantity: promised(z.int(), { minimum: 1 }),
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
  state: AnsweredSessionState,
  cartItems: z.array(CartItem),
  identifiers: promised(z.array(z.string()), { maxItems: 5 }).optional(),
  total: z.number(),
  attributes: attributesOut,
  firstSession: z.boolean(),
  updated: timestamp.optional(),
};

/** A v2 session: totals are before discounts, in the major unit (semantics.md S3). */
export const CustomerSessionV2 = z.looseObject({
  ...sessionBase,
  couponCodes: z.array(sentCode).optional(),
  referralCode: sentCode.optional(),
  additionalCosts: z.record(z.string(), z.looseObject({ price: z.number() })).optional(),
  cartItemTotal: z.number(),
  additionalCostTotal: z.number(),
});
export type CustomerSessionV2 = z.output<typeof CustomerSessionV2>;

/** A v1 session: one coupon, one referral, discounts by label (semantics.md S2). */
export const CustomerSession = z.looseObject({
  ...sessionBase,
  coupon: sentCode,
  referral: sentCode,
  discounts: z.record(z.string(), z.number()),
});
export type CustomerSession = z.output<typeof CustomerSession>;
