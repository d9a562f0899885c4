import * as z from 'zod';
import { CouponRejectionReason, ReferralRejectionReason } from './schemas/event.ts';
import { id, promised, timestamp } from './schemas/scalars.ts';

const value = { value: z.string() };
const why = {
  conditionIndex: z.int().optional(),
  effectIndex: z.int().optional(),
  details: z.string().optional(),
};
const ledger = { programId: id, subLedgerId: z.string(), value: z.number(), transactionUUID: z.string() };
const award = { poolId: id, poolName: z.string(), recipientIntegrationId: z.string() };
const scope = promised(z.string(), { 'x-known-values': ['sessionTotal', 'cartItems', 'additionalCosts'] });

/**
 * The effect table: every effect type of the contract with its properties, in the order in which the documents list them
 * (semantics.md §4.2); v1 tuples follow it (§4.3).
 */
export const effectProps = {
  acceptCoupon: value,
  rejectCoupon: { ...value, rejectionReason: CouponRejectionReason, ...why },
  acceptReferral: value,
  rejectReferral: { ...value, rejectionReason: ReferralRejectionReason, ...why },
  redeemReferral: { id, ...value },
  couponCreated: { ...value, profileId: z.string() },
  referralCreated: value,
  setDiscount: { name: z.string(), value: z.number(), scope: scope.optional() },
  setDiscountPerItem: {
    name: z.string(),
    value: z.number(),
    position: z.number(),
    subPosition: z.number().optional(),
  },
  addFreeItem: { sku: z.string(), name: z.string() },
  addLoyaltyPoints: {
    name: z.string(),
    ...ledger,
    recipientIntegrationId: z.string(),
    startDate: timestamp.optional(),
    expiryDate: timestamp.optional(),
  },
  deductLoyaltyPoints: { ruleTitle: z.string(), ...ledger, name: z.string().optional() },
  rollbackCoupon: value,
  rollbackReferral: value,
  rollbackDiscount: { name: z.string(), value: z.number() },
  rollbackAddedLoyaltyPoints: { ...ledger, recipientIntegrationId: z.string() },
  rollbackDeductedLoyaltyPoints: {
    ...ledger,
    recipientIntegrationId: z.string(),
    startDate: timestamp.optional(),
    expiryDate: timestamp.optional(),
  },
  triggerWebhook: { webhookId: z.number(), webhookName: z.string() },
  updateAttribute: { path: z.string(), value: z.unknown() },
  showNotification: { notificationType: z.string(), title: z.string(), body: z.string() },
  showBundleMetadata: {
    description: z.string(),
    bundleAttributes: z.array(z.string()),
    itemsIndices: z.array(z.number()),
  },
  awardGiveaway: { ...award, giveawayId: id, code: z.string() },
  willAwardGiveaway: award,
  customEffect: { type: z.string().optional(), payload: z.record(z.string(), z.unknown()) },
  error: { message: z.string() },
} as const;

/** The type of an effect that this collection knows. */
export type EffectType = keyof typeof effectProps;

/** An effect that this collection makes: its type says its properties. */
export type EffectOf<T extends EffectType = EffectType> = {
  [K in T]: {
    readonly campaignId: number;
    readonly rulesetId: number;
    readonly ruleIndex: number;
    readonly ruleName: string;
    readonly triggeredByCoupon?: number;
    readonly effectType: K;
    readonly props: z.output<z.ZodObject<(typeof effectProps)[K], z.core.$loose>>;
  };
}[T];

/**
 * An effect on the wire. The set of types is open: a newer server may send others, and clients must not rely on the
 * order of effects. `campaignId` -1 belongs to no campaign.
 */
export const Effect = z.looseObject({
  campaignId: z.int(),
  rulesetId: z.int(),
  ruleIndex: z.int(),
  ruleName: z.string(),
  effectType: z.string(),
  triggeredByCoupon: id.optional(),
  props: z.looseObject({}),
});
export type Effect = z.output<typeof Effect>;
