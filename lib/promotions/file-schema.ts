import * as z from 'zod';
import { Timezone } from '../contract/timezone.ts';
import type { Expression } from './snapshot.ts';

/** Ids fit into 32 bits: clients in other languages hold them so (design.md decision 11). */
const Id = z.int().min(1).max(2_147_483_647);
const Count = z.int().min(0).max(999_999);
const Name = z.string().trim().min(1).max(200);
/** Kept in one form, so that the same instant always reads the same. */
const Instant = z.iso
  .datetime({ offset: true, error: 'is no RFC 3339 time, such as 2026-06-01T00:00:00+02:00' })
  .transform((text) => new Date(text).toISOString());

/** Names that become keys of maps. Those that every JavaScript object has already are refused. */
const FieldName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, {
    error: 'is no name: a letter, then letters, digits and underscores, 100 at the most',
    abort: true,
  })
  .refine((name) => !(name in {}), 'is a reserved word');

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const ApplicationEntry = z.strictObject({
  id: Id,
  name: Name,
  environment: z.enum(['live', 'sandbox']),
  currency: z.string().refine((code) => CURRENCIES.has(code), 'is no ISO 4217 currency, such as EUR'),
  timezone: Timezone.default('UTC'),
  caseSensitivity: z.enum(['sensitive', 'insensitive-uppercase', 'insensitive-lowercase']).default('sensitive'),
});

const AttributeEntry = z.strictObject({
  id: Id,
  entity: z.enum(['CustomerProfile', 'CustomerSession', 'CartItem', 'Event', 'Referral']),
  name: FieldName,
  type: z.enum(['string', 'number', 'boolean', 'time', '(list string)', '(list number)', '(list time)']),
});

const CODE = 'is no code: 3 to 100 characters, none of them invisible, no blanks at the ends';
const Code = z.string().regex(/^(?=.{3,100}$)[^\p{C}\p{Z}](?:[^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u, CODE);

const CouponEntry = z.strictObject({
  id: Id,
  value: Code,
  usageLimit: Count,
  startDate: Instant.exactOptional(),
  expiryDate: Instant.exactOptional(),
  recipientIntegrationId: z.string().min(1).max(1000).exactOptional(),
  reservation: z.enum(['mandatory']).exactOptional(),
});

const areDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** Actions whose limit is an amount of money; all others count. */
const MONEY_ACTIONS: readonly string[] = ['setDiscount'];

const LimitEntry = z
  .strictObject({
    action: z.enum(['redeemCoupon', 'redeemReferral', 'setDiscount', 'setDiscountEffect', 'createReferral']),
    limit: z.number().min(0).max(1e12),
    entities: z
      .array(z.enum(['Coupon', 'Referral', 'Profile', 'Identifier']))
      .refine(areDistinct, 'names an entity twice')
      .default([]),
    period: z.enum(['daily', 'weekly', 'monthly', 'yearly']).exactOptional(),
  })
  .refine(({ action, limit }) => MONEY_ACTIONS.includes(action) || Number.isInteger(limit), {
    path: ['limit'],
    error: 'must be a whole number: only setDiscount limits money',
  });

const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];

const CodeSettingsEntry = z.strictObject({
  /** A text stands for its characters. */
  validCharacters: z
    .union([z.string().transform((text) => [...text]), z.array(z.string().min(1))])
    .refine((characters) => characters.length > 0 && areDistinct(characters), 'needs characters, each one once')
    .default(ALPHABET),
  couponPattern: z.string().min(3).max(100).includes('#', 'needs a # for each character to draw'),
});

/** Talang as JSON; what is in it is checked by talang/read.ts and talang/check.ts. */
const TalangExpression = z.custom<Expression>((value) => value !== undefined, 'is missing');

const RuleEntry = z.strictObject({ title: Name, condition: TalangExpression, effects: TalangExpression });

const CampaignEntry = z.strictObject({
  id: Id,
  application: Id,
  name: Name,
  description: z.string().default(''),
  state: z.enum(['enabled', 'disabled', 'archived']).default('enabled'),
  startTime: Instant.exactOptional(),
  endTime: Instant.exactOptional(),
  /** Default: coupons and referrals, as far as the campaign declares them. */
  features: z
    .array(z.enum(['coupons', 'referrals', 'loyalty', 'giveaways']))
    .refine(areDistinct, 'names a feature twice')
    .exactOptional(),
  tags: z.array(z.string().min(1).max(50)).max(50).default([]),
  limits: z.array(LimitEntry).default([]),
  referralSettings: CodeSettingsEntry.exactOptional(),
  coupons: z.array(CouponEntry).default([]),
  /** Default: the campaign's id. */
  rulesetId: Id.exactOptional(),
  rules: z.array(RuleEntry).default([]),
});
export type CampaignEntry = z.output<typeof CampaignEntry>;

const Named = z.strictObject({ id: Id, name: Name });

/** A promotions file as people write it: campaigns hold their coupons and rules. Unknown fields are refused. */
export const PromotionsFile = z.strictObject({
  account: Id,
  applications: z.array(ApplicationEntry).min(1),
  audiences: z.array(Named).default([]),
  attributes: z.array(AttributeEntry).default([]),
  additionalCosts: z.array(z.strictObject({ id: Id, name: FieldName })).default([]),
  campaigns: z.array(CampaignEntry).default([]),
});
export type PromotionsFile = z.output<typeof PromotionsFile>;
