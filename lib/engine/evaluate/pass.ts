import { type Decimal, decimal } from '../../contract/decimal.ts';
import type { Campaign, CouponDefinition, Limit } from '../../promotions/snapshot.ts';
import type { Moment } from '../moment.ts';
import type { ReferralRecord } from '../records.ts';
import type { Draft } from './draft.ts';
import { boundOf, LIMIT_COUNT, limitCounters } from './limits.ts';
import type { Subject } from './subject.ts';

/** One run of a campaign's rules: for one of its coupons, or for none (semantics.md §3.5). */
export interface Pass {
  readonly subject: Subject;
  readonly moment: Moment;
  readonly draft: Draft;
  readonly campaign: Campaign;
  readonly coupon: CouponDefinition | undefined;
  readonly referral: ReferralRecord | undefined;
  /** Decimals of the currency. */
  readonly places: number;
}

/** A pass at one of its rules: what an effect is made from. */
export interface RulePass extends Pass {
  readonly ruleIndex: number;
  readonly ruleName: string;
}

/** An effect cannot be applied: the rule fails as a whole (semantics.md §3.5d). */
export class EffectRefused extends Error {}

const countersFor = (pass: Pass, action: Limit['action']) =>
  limitCounters(
    pass.campaign,
    action,
    pass.subject.session,
    { ...(pass.coupon && { coupon: pass.coupon.value }), ...(pass.referral && { referral: pass.referral.code }) },
    pass.moment,
  );

/** The first limit on the action that has no room for `by` more, or whose entity the session lacks. */
export const fullLimit = (pass: Pass, action: Limit['action'], by: number): Limit | undefined => {
  const { counters, missing } = countersFor(pass, action);
  const full = counters.find(
    ({ limit, record }) => !pass.draft.fits(record, LIMIT_COUNT, by, boundOf(limit, pass.places)),
  );
  return full?.limit ?? missing;
};

/** Charges every limit on the action; ask {@link fullLimit} first. */
export const chargeLimits = (pass: Pass, action: Limit['action'], by: number): void => {
  for (const { limit, record } of countersFor(pass, action).counters) {
    pass.draft.charge(record, LIMIT_COUNT, by, boundOf(limit, pass.places));
  }
};

/** An amount of money in minor units: how counters hold it. */
export const inMinorUnits = (value: Decimal, places: number): number => Number(value.times(decimal(10).pow(places)));
