import type { EffectOf } from '../contract/effects.ts';
import type { AttributeValue } from '../contract/wire.ts';
import type { Application } from '../promotions/snapshot.ts';
import type { Segment } from '../store/segment.ts';
import type { Key } from '../store/store.ts';

/** The place of a record, knowing what is kept there. */
export interface RecordKey<T> {
  readonly key: Key;
  /** Never there at run time: it carries the record's type. */
  readonly holds?: T;
}

/** Attributes as stored: never null. */
export type StoredAttributes = Readonly<Record<string, Exclude<AttributeValue, null>>>;

/** A customer profile. */
export interface ProfileRecord {
  readonly id: number;
  readonly integrationId: string;
  readonly created: string;
  readonly attributes: StoredAttributes;
  /** Ids, ascending. */
  readonly audiences: readonly number[];
  readonly closedSessions: number;
  /** A decimal text: before discounts, in the major unit. */
  readonly totalSales: string;
  readonly lastActivity: string;
  /** The Applications in which the profile has had a session: what `firstSession` goes by (S4). */
  readonly applications: readonly number[];
}

/** A cart line as stored; its position is its index. */
export interface ItemRecord {
  readonly name: string;
  readonly sku: string;
  readonly quantity: number;
  readonly price: number;
  readonly category?: string;
  readonly weight?: number;
  readonly height?: number;
  readonly width?: number;
  readonly length?: number;
  readonly attributes?: StoredAttributes;
}

/** A counter that a close moved: what a cancellation gives back. */
export interface Charge {
  readonly key: Key;
  readonly count: string;
  readonly by: number;
  /** Set where the counter is a person's own share: it goes when the person's data is deleted. */
  readonly owner?: string;
}

/** A customer session: content, state, and the effects of its last evaluation. */
export interface SessionRecord {
  readonly integrationId: string;
  readonly created: string;
  readonly updated: string;
  /** Empty: anonymous. */
  readonly profileId: string;
  readonly state: 'open' | 'closed' | 'cancelled';
  readonly firstSession: boolean;
  readonly couponCodes: readonly string[];
  readonly referralCode: string;
  readonly cartItems: readonly ItemRecord[];
  readonly additionalCosts: Readonly<Record<string, { readonly price: number }>>;
  readonly identifiers: readonly string[];
  readonly attributes: StoredAttributes;
  /** What the caller says it all costs; there only when the caller said so (semantics.md S3). */
  readonly total?: number;
  readonly lastEventId: number;
  /** There are events from before it had a profile: they belong to the session itself. */
  readonly ownsEvents?: true;
  /** The rules that made the effects: the snapshot's id. */
  readonly snapshot: string;
  readonly effects: readonly EffectOf[];
  /** What the close charged; empty while open. */
  readonly charges: readonly Charge[];
}

/** The caller's part of a session. */
export type SessionContent = Pick<
  SessionRecord,
  | 'integrationId'
  | 'profileId'
  | 'couponCodes'
  | 'referralCode'
  | 'cartItems'
  | 'additionalCosts'
  | 'identifiers'
  | 'attributes'
  | 'total'
>;

/** A referral code. `usageLimit` 0 is unlimited; times are RFC 3339. */
export interface ReferralRecord {
  readonly id: number;
  readonly created: string;
  readonly campaignId: number;
  readonly code: string;
  /** Empty once the advocate's data is deleted: the code then serves nobody. */
  readonly advocateProfileIntegrationId: string;
  /** Empty: anyone but the advocate may redeem it (semantics.md K11). */
  readonly friendProfileIntegrationId: string;
  readonly usageLimit: number;
  readonly startDate?: string;
  readonly expiryDate?: string;
  readonly attributes: StoredAttributes;
  /** Names the call that made it together with others. */
  readonly batchId?: string;
}

/**
 * What a profile has to do with a coupon or a referral: `redemptions` counts how often it redeemed the code; 0 for a
 * friend for whom the code was made, for who only reserved it, and after a cancellation.
 */
export interface HolderRecord {
  readonly profileId: string;
  readonly code: string;
  readonly redemptions: number;
  /** Since when the coupon is reserved for the profile, RFC 3339; absent when it is not. Redeeming it reserves it too. */
  readonly reserved?: string;
}

/** A custom event, kept for the person's file. It belongs to the person; while there is none, to the session. */
export interface EventRecord {
  readonly id: number;
  readonly created: string;
  readonly type: string;
  readonly sessionId: string;
  readonly profileId: string;
  readonly attributes: StoredAttributes;
  readonly effects: readonly EffectOf[];
}

/** A record that holds counts, changed by `add` alone. */
export type Counters = { readonly counters: true };

/** Where every record of one Application's scope lives. Ids of callers enter keys only as segments (decision 10). */
export interface Records {
  profile(integrationId: string): RecordKey<ProfileRecord>;
  session(integrationId: string): RecordKey<SessionRecord>;
  event(id: number): RecordKey<EventRecord>;
  referral(code: string): RecordKey<ReferralRecord>;
  /** Redemptions of a coupon: `usage`, and `discount`, what it took off so far in minor units. */
  couponUse(code: string): RecordKey<Counters>;
  couponHolder(code: string, profileId: string): RecordKey<HolderRecord>;
  /** Whether a key is of this Application, and of this kind in it. */
  isOf(kind: 'coupon' | 'referral', key: Key): boolean;
  /** Where all holders of a coupon are listed. */
  couponHolders(code: string): { readonly partition: string; readonly prefix: string };
  referralUse(code: string): RecordKey<Counters>;
  referralFriend(code: string, profileId: string): RecordKey<HolderRecord>;
  /** What of a campaign's limit is used, for the given values of its entities. */
  limit(campaignId: number, action: string, share: readonly string[]): RecordKey<Counters>;
  /** Whose item it is, for `byOwner`: the profile's partition; undefined for an anonymous one. */
  ownerOf(integrationId: string): string | undefined;
  /**
   * The same for codes and what the profile has to do with them: an owner of its own, so that what a profile holds is
   * listed without all that it ever did. Undefined for an anonymous one.
   */
  walletOf(integrationId: string): string | undefined;
  /** The list in which every profile of the environment stands, by when it was created. */
  readonly profiles: string;
}

/** The records of an Application. Profiles are shared by the environment, all else belongs to the Application (A2–A4). */
export const recordsOf = (
  application: Pick<Application, 'id' | 'environment'>,
  accountId: number,
  segment: Segment,
): Records => {
  const profilePartition = (id: string) => `${accountId}/${application.environment}/profile/${segment(id)}`;
  const inApplication = (kind: string, id: string) => `${accountId}/${application.id}/${kind}/${segment(id)}`;
  const at = (partition: string, sort: string) => ({ key: { partition, sort } });
  return {
    ownerOf: (id) => (id === '' ? undefined : profilePartition(id)),
    walletOf: (id) => (id === '' ? undefined : `${profilePartition(id)}/wallet`),
    profiles: `${accountId}/${application.environment}/profiles`,
    profile: (id) => at(profilePartition(id), 'profile'),
    session: (id) => at(inApplication('session', id), 'session'),
    event: (id) => at(`${accountId}/${application.id}/event/${id}`, 'event'),
    referral: (code) => at(inApplication('referral', code), 'referral'),
    couponUse: (code) => at(inApplication('coupon', code), 'use'),
    couponHolder: (code, profileId) => at(inApplication('coupon', code), `profile/${segment(profileId)}`),
    isOf: (kind, { partition }) => partition.startsWith(`${accountId}/${application.id}/${kind}/`),
    couponHolders: (code) => ({ partition: inApplication('coupon', code), prefix: 'profile/' }),
    referralUse: (code) => at(inApplication('referral', code), 'use'),
    referralFriend: (code, profileId) => at(inApplication('referral', code), `profile/${segment(profileId)}`),
    limit: (campaignId, action, share) =>
      at(`${accountId}/${application.id}/limit/${campaignId}/${action}`, share.length ? segment(...share) : 'all'),
  };
};
