import { decimal, minorUnits, toNumber } from '../../contract/decimal.ts';
import type { Coupon, Referral } from '../../contract/schemas/codes.ts';
import type { FoundCoupon } from '../../promotions/promotions.ts';
import type { Campaign, CouponDefinition } from '../../promotions/snapshot.ts';
import type { Moment } from '../moment.ts';
import type { Counters, RecordKey, ReferralRecord, SessionRecord } from '../records.ts';
import type { WorkingSet } from '../working-set.ts';

/** Who knows a count of a record as the call leaves it: the working set itself, for calls that move none. */
export interface Counting {
  count(record: RecordKey<Counters>, name: string): number;
}

/** A coupon as it is answered; `used` and `discount` (minor units) are its counters. */
export const coupon = (
  definition: CouponDefinition,
  campaign: Campaign,
  used: number,
  discount: number,
  { promotions }: Moment,
): Coupon => ({
  id: definition.id,
  created: promotions.published,
  campaignId: campaign.id,
  value: definition.value,
  usageLimit: definition.usageLimit,
  usageCounter: used,
  discountCounter: toNumber(decimal(discount).div(10 ** minorUnits(promotions.application.currency))),
  ...(definition.startDate !== undefined && { startDate: definition.startDate }),
  ...(definition.expiryDate !== undefined && { expiryDate: definition.expiryDate }),
  ...(definition.recipientIntegrationId !== undefined && {
    recipientIntegrationId: definition.recipientIntegrationId,
  }),
  attributes: {},
  reservation: definition.reservation !== 'mandatory',
});

/** A coupon as it is answered, with its counters. */
export const countedCoupon = (
  { coupon: definition, campaign }: FoundCoupon,
  counting: Counting,
  moment: Moment,
): Coupon => {
  const use = moment.records.couponUse(definition.value);
  return coupon(definition, campaign, counting.count(use, 'usage'), counting.count(use, 'discount'), moment);
};

/** The referral of a session's code; undefined when it has none, or one that is not there. */
export const referralOf = (
  { referralCode }: Pick<SessionRecord, 'referralCode'>,
  set: WorkingSet,
  { records }: Moment,
): ReferralRecord | undefined => (referralCode === '' ? undefined : set.get(records.referral(referralCode)));

/** A referral as it is answered. */
export const referral = (record: ReferralRecord, used: number): Referral => ({
  id: record.id,
  created: record.created,
  campaignId: record.campaignId,
  code: record.code,
  advocateProfileIntegrationId: record.advocateProfileIntegrationId,
  friendProfileIntegrationId: record.friendProfileIntegrationId,
  usageLimit: record.usageLimit,
  usageCounter: used,
  ...(record.startDate !== undefined && { startDate: record.startDate }),
  ...(record.expiryDate !== undefined && { expiryDate: record.expiryDate }),
  attributes: record.attributes,
  ...(record.batchId !== undefined && { batchId: record.batchId }),
});
