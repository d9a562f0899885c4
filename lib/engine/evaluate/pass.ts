import { type Decimal, decimal } from '../../contract/decimal.ts';
import type { Campaign, CouponDefinition, Limit } from '../../promotions/snapshot.ts';
import { keyText } from '../../store/store.ts';
import type { Moment } from '../moment.ts';
import type { Counters, RecordKey, ReferralRecord } from '../records.ts';
import type { Draft } from './draft.ts';
import { LIMIT_COUNT, type LimitCounter, limitCounters } from './limits.ts';
import type { Subject } from './subject.ts';

/** What one run of a campaign's rules is about: one of its coupons, or none (semantics.md §3.5). */
interface Occasion {
  readonly subject: Subject;
  readonly moment: Moment;
  readonly draft: Draft;
  readonly campaign: Campaign;
  readonly coupon: CouponDefinition | undefined;
  /** Whether the session's profile holds a reservation of the coupon; known where that is mandatory. */
  readonly reserved: boolean;
  /** The session's referral, if it is the campaign's. */
  readonly referral: ReferralRecord | undefined;
  /** Decimals of the currency. */
  readonly places: number;
}

/** One run of a campaign's rules, with what its effects ask for again and again. */
export interface Pass extends Occasion {
  /** The coupon's own counters. */
  readonly couponUse: RecordKey<Counters> | undefined;
  /** The counters of the campaign's limits on an action. */
  limitsOn(action: Limit['action']): readonly LimitCounter[];
}

/** A pass at one of its rules: what an effect is made from. */
export interface RulePass extends Pass {
  readonly ruleIndex: number;
  readonly ruleName: string;
}

/** An effect cannot be applied: the rule fails as a whole (semantics.md §3.5d). */
export class EffectRefused extends Error {}

/** Begins a pass. */
export const passOf = (occasion: Occasion): Pass => {
  const { subject, moment, campaign, coupon, referral } = occasion;
  const codes = { ...(coupon && { coupon: coupon.value }), ...(referral && { referral: referral.code }) };
  const known = new Map<Limit['action'], readonly LimitCounter[]>();
  return {
    ...occasion,
    couponUse: coupon && moment.records.couponUse(coupon.value),
    limitsOn: (action) => {
      const counters = known.get(action) ?? limitCounters(campaign, action, subject.session, codes, moment);
      known.set(action, counters);
      return counters;
    },
  };
};

/** The limits on the action that have no room for `by` more, or whose entity the session lacks. */
export const fullLimits = (pass: Pass, action: Limit['action'], by: number): Limit[] =>
  pass
    .limitsOn(action)
    .filter(({ bound, record }) => !record || !pass.draft.fits(record, LIMIT_COUNT, by, bound))
    .map(({ limit }) => limit);

/** Charges every limit on the action; ask {@link fullLimits} first. */
export const chargeLimits = (pass: Pass, action: Limit['action'], by: number): void => {
  const charged = new Set<string>();
  for (const { bound: atMost, record, owner } of pass.limitsOn(action)) {
    if (!record) continue;
    // Limits that differ in nothing but their bound share a counter, and so do repeated identifiers: it counts once.
    const once = charged.size === charged.add(keyText(record.key)).size ? 0 : by;
    pass.draft.charge(record, LIMIT_COUNT, once, { atMost, ...(owner !== undefined && { owner }) });
  }
};

/** An amount of money in minor units: how counters hold it. */
export const inMinorUnits = (value: Decimal, places: number): number => Number(value.times(decimal(10).pow(places)));
