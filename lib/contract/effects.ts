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
  acceptCoupon: z.looseObject(value),
  rejectCoupon: z.looseObject({ ...value, rejectionReason: CouponRejectionReason, ...why }),
  acceptReferral: z.looseObject(value),
  rejectReferral: z.looseObject({ ...value, rejectionReason: ReferralRejectionReason, ...why }),
  redeemReferral: z.looseObject({ id, ...value }),
  couponCreated: z.looseObject({ ...value, profileId: z.string() }),
  referralCreated: z.looseObject(value),
  setDiscount: z.looseObject({ name: z.string(), value: z.number(), scope: scope.optional() }),
  setDiscountPerItem: z.looseObject({
    name: z.string(),
    value: z.number(),
    position: z.number(),
    subPosition: z.number().optional(),
  }),
  addFreeItem: z.looseObject({ sku: z.string(), name: z.string() }),
  addLoyaltyPoints: z.looseObject({
    name: z.string(),
    ...ledger,
    recipientIntegrationId: z.string(),
    startDate: timestamp.optional(),
    expiryDate: timestamp.optional(),
  }),
  deductLoyaltyPoints: z.looseObject({ ruleTitle: z.string(), ...ledger, name: z.string().optional() }),
  rollbackCoupon: z.looseObject(value),
  rollbackReferral: z.looseObject(value),
  rollbackDiscount: z.looseObject({ name: z.string(), value: z.number() }),
  rollbackAddedLoyaltyPoints: z.looseObject({ ...ledger, recipientIntegrationId: z.string() }),
  rollbackDeductedLoyaltyPoints: z.looseObject({
    ...ledger,
    recipientIntegrationId: z.string(),
    startDate: timestamp.optional(),
    expiryDate: timestamp.optional(),
  }),
  triggerWebhook: z.looseObject({ webhookId: z.number(), webhookName: z.string() }),
  updateAttribute: z.looseObject({ path: z.string(), value: z.unknown() }),
  showNotification: z.looseObject({ notificationType: z.string(), title: z.string(), body: z.string() }),
  showBundleMetadata: z.looseObject({
    description: z.string(),
    bundleAttributes: z.array(z.string()),
    itemsIndices: z.array(z.number()),
  }),
  awardGiveaway: z.looseObject({ ...award, giveawayId: id, code: z.string() }),
  willAwardGiveaway: z.looseObject(award),
  customEffect: z.looseObject({ type: z.string().optional(), payload: z.record(z.string(), z.unknown()) }),
  error: z.looseObject({ message: z.string() }),
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
    readonly props: z.output<(typeof effectProps)[K]>;
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
