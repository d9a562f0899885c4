import { isRunning } from '../../promotions/promotions.ts';
import type { Moment } from '../moment.ts';
import type { RecordKey, SessionRecord } from '../records.ts';
import { type Codes, limitCounters } from './limits.ts';

/** The records that rules may look at for a session's codes and owner: counters of codes and of limits. */
export const evaluationNeeds = (
  session: Pick<SessionRecord, 'profileId' | 'couponCodes' | 'referralCode' | 'identifiers'>,
  moment: Moment,
): RecordKey<unknown>[] => {
  const { promotions, records, now } = moment;
  const coupons = session.couponCodes.flatMap((code) => promotions.couponByCode(code) ?? []);
  const referral = session.referralCode === '' ? undefined : session.referralCode;
  const needs: RecordKey<unknown>[] = coupons.flatMap(({ coupon }) => [
    records.couponUse(coupon.value),
    ...(coupon.reservation === 'mandatory' && session.profileId !== ''
      ? [records.couponHolder(coupon.value, session.profileId)]
      : []),
  ]);
  if (referral) needs.push(records.referral(referral), records.referralUse(referral));
  for (const { campaign } of promotions.campaigns) {
    if (campaign.limits.length === 0 || !isRunning(campaign, now)) continue;
    const own = coupons.filter((found) => found.campaign.id === campaign.id).map(({ coupon }) => coupon.value);
    for (const coupon of own.length > 0 ? own : [undefined]) {
      const codes: Codes = { ...(coupon !== undefined && { coupon }), ...(referral && { referral }) };
      for (const action of new Set(campaign.limits.map((limit) => limit.action))) {
        needs.push(...limitCounters(campaign, action, session, codes, moment).flatMap(({ record }) => record ?? []));
      }
    }
  }
  return needs;
};
