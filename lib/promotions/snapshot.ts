/** The published promotions of an account: immutable, named by its content. What the engine evaluates. */
export interface Snapshot {
  /** Hex SHA-256 of the content as canonical JSON: equal promotions have equal ids, however they were written. */
  readonly id: string;
  /** When this content was first published, RFC 3339; absent until then. The id does not cover it. */
  readonly published?: string;
  readonly accountId: number;
  readonly applications: readonly Application[];
  /** For each Application in order of evaluation. */
  readonly campaigns: readonly Campaign[];
  readonly audiences: readonly Audience[];
  readonly attributes: readonly AttributeDefinition[];
  readonly additionalCosts: readonly AdditionalCostDefinition[];
}

/** An Application: one currency, one set of campaigns (semantics.md A1–A6). */
export interface Application {
  readonly id: number;
  readonly name: string;
  /** Profiles are shared among Applications of the same environment only (A4). */
  readonly environment: 'live' | 'sandbox';
  readonly currency: string;
  /** IANA name; calendar buckets of limits follow it. */
  readonly timezone: string;
  /** How codes are compared (K2). */
  readonly caseSensitivity: 'sensitive' | 'insensitive-uppercase' | 'insensitive-lowercase';
}

export type Feature = 'coupons' | 'referrals' | 'loyalty' | 'giveaways';

/** A campaign with its rules and codes (semantics.md R1). */
export interface Campaign {
  readonly id: number;
  readonly applicationId: number;
  readonly name: string;
  readonly description: string;
  readonly state: 'enabled' | 'disabled' | 'archived';
  /** RFC 3339, in UTC. Absent: since ever. */
  readonly startTime?: string;
  /** RFC 3339, in UTC, exclusive. Absent: for ever. */
  readonly endTime?: string;
  readonly features: readonly Feature[];
  readonly tags: readonly string[];
  readonly limits: readonly Limit[];
  readonly referralSettings?: CodeSettings;
  readonly coupons: readonly CouponDefinition[];
  /** Id of the ruleset that the rules form. */
  readonly rulesetId: number;
  readonly rules: readonly Rule[];
}

/** How much of an action a campaign allows (semantics.md §3.7). Amounts of money are in the currency's major unit. */
export interface Limit {
  readonly action: 'redeemCoupon' | 'redeemReferral' | 'setDiscount' | 'setDiscountEffect' | 'createReferral';
  readonly limit: number;
  /** Whose share is limited; empty: the campaign's as a whole. */
  readonly entities: readonly ('Coupon' | 'Referral' | 'Profile' | 'Identifier')[];
  readonly period?: 'daily' | 'weekly' | 'monthly' | 'yearly';
}

/** How codes are generated: each `#` of the pattern becomes one of the characters (K6). */
export interface CodeSettings {
  readonly validCharacters: readonly string[];
  readonly couponPattern: string;
}

/** A coupon that the file declares. */
export interface CouponDefinition {
  readonly id: number;
  /** The code as its Application compares it: folded where it ignores case (K2). */
  readonly value: string;
  /** 0: unlimited. */
  readonly usageLimit: number;
  readonly startDate?: string;
  readonly expiryDate?: string;
  /** Only this profile may redeem it (K5). */
  readonly recipientIntegrationId?: string;
  /** `mandatory`: only profiles that hold a reservation may redeem it (semantics.md §2.1). Absent: anybody may. */
  readonly reservation?: 'mandatory';
}

/** One rule: when `condition` holds, all `effects` apply or none does. Both are Talang as JSON (talang.md). */
export interface Rule {
  readonly title: string;
  readonly condition: Expression;
  readonly effects: readonly Expression[];
}

/** A Talang expression as JSON: an array is a call, its first element the function's name. */
export type Expression = string | number | boolean | null | readonly Expression[];

export interface Audience {
  readonly id: number;
  readonly name: string;
}

export type AttributeEntity = 'CustomerProfile' | 'CustomerSession' | 'CartItem' | 'Event' | 'Referral';

export type AttributeType =
  | 'string'
  | 'number'
  | 'boolean'
  | 'time'
  | '(list string)'
  | '(list number)'
  | '(list time)';

/** A declared attribute (semantics.md AT1–AT3). */
export interface AttributeDefinition {
  readonly id: number;
  readonly entity: AttributeEntity;
  readonly name: string;
  readonly type: AttributeType;
}

/** A declared additional cost, such as shipping (semantics.md C5). */
export interface AdditionalCostDefinition {
  readonly id: number;
  readonly name: string;
}
