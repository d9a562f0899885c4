import { minorUnits } from '../../contract/decimal.ts';
import type { EffectOf } from '../../contract/effects.ts';
import type { RuleFailureReason } from '../../contract/schemas/state.ts';
import { isRunning } from '../../promotions/promotions.ts';
import { type CouponRejection, rejectCoupon } from '../effects/reject-coupon.ts';
import { type ReferralRejection, rejectReferral } from '../effects/reject-referral.ts';
import type { Moment } from '../moment.ts';
import type { WorkingSet } from '../working-set.ts';
import { couponFault, referralFault } from './check-codes.ts';
import { Draft } from './draft.ts';
import type { Pass } from './pass.ts';
import { failureReason, type RuleFault, runRules } from './run-rules.ts';
import { variablesOf } from './scope.ts';
import type { Subject } from './subject.ts';

/** What an evaluation comes to. */
export interface Evaluation {
  readonly effects: readonly EffectOf[];
  /** What the effects charge when the session closes. */
  readonly draft: Draft;
  readonly failures: readonly RuleFailureReason[];
  /** Ids of the campaigns of which a rule fired. */
  readonly triggered: ReadonlySet<number>;
}

/**
 * Evaluates all running campaigns (semantics.md §3.5): each runs once for every one of its coupons, or once without;
 * then what no rule accepted is rejected. Pure: charges are planned in the draft, not made.
 */
export const evaluate = (subject: Subject, set: WorkingSet, moment: Moment): Evaluation => {
  const { promotions, records } = moment;
  const { couponCodes, referralCode } = subject.session;
  const draft = new Draft(set);
  const failures: RuleFailureReason[] = [];
  const triggered = new Set<number>();
  const variables = variablesOf(subject, moment.now);
  const places = minorUnits(promotions.application.currency);

  const referral = referralCode === '' ? undefined : set.get(records.referral(referralCode));
  const coupons = couponCodes.flatMap((code) => promotions.couponByCode(code) ?? []);
  const couponRejections = new Map<string, CouponRejection>();
  // A code outlives its campaign when the campaign is taken out of the published promotions.
  let referralRejection: ReferralRejection | undefined =
    referral && !promotions.campaignById(referral.campaignId)
      ? { reason: 'ReferralPartOfNotRunningCampaign' }
      : undefined;

  for (const code of couponCodes) {
    if (!promotions.couponByCode(code)) draft.effects.push(rejectCoupon(code, { reason: 'CouponNotFound' }));
  }
  if (referralCode !== '' && !referral)
    draft.effects.push(rejectReferral(referralCode, { reason: 'ReferralNotFound' }));

  for (const prepared of promotions.campaigns) {
    const { campaign } = prepared;
    const ownReferral = referral?.campaignId === campaign.id ? referral : undefined;
    const ownCoupons = coupons.filter((found) => found.campaign.id === campaign.id).map((found) => found.coupon);
    for (const coupon of ownCoupons.length > 0 ? ownCoupons : [undefined]) {
      const pass: Pass = { subject, moment, draft, campaign, coupon, referral: ownReferral, places };
      const couponReason = coupon && couponFault(pass, coupon);
      const referralReason = ownReferral && referralFault(pass, ownReferral, campaign);
      const run = isRunning(campaign, moment.now)
        ? runRules(
            prepared,
            pass,
            { coupon: coupon !== undefined && !couponReason, referral: ownReferral !== undefined && !referralReason },
            variables,
          )
        : NOT_RUN;
      if (run.fired) triggered.add(campaign.id);
      failures.push(...run.faults.map((fault) => failureReason(pass, fault)));
      if (coupon) {
        const fault = couponReason ? undefined : bestKnown(run.faults);
        const reason =
          couponReason ?? (fault?.kind === 'effect' ? 'EffectCouldNotBeApplied' : 'CouponRejectedByCondition');
        couponRejections.set(coupon.value, { reason, campaign, couponId: coupon.id, fault });
      }
      if (ownReferral) {
        const fault = referralReason ? undefined : bestKnown(run.faults);
        const reason =
          referralReason ?? (fault?.kind === 'effect' ? 'EffectCouldNotBeApplied' : 'ReferralRejectedByCondition');
        referralRejection ??= { reason, campaign, fault };
      }
    }
  }

  for (const { coupon } of coupons) {
    const rejection = couponRejections.get(coupon.value);
    if (rejection && !draft.accepts('acceptCoupon', coupon.value))
      draft.effects.push(rejectCoupon(coupon.value, rejection));
  }
  if (referral && referralRejection && !draft.accepts('acceptReferral', referral.code)) {
    draft.effects.push(rejectReferral(referral.code, referralRejection));
  }
  return { effects: draft.effects, draft, failures, triggered };
};

const NOT_RUN = { fired: false, faults: [] };

/** An effect that failed says more than a condition that was false: the rule would have fired. */
const bestKnown = (faults: readonly RuleFault[]): RuleFault | undefined =>
  faults.find(({ kind }) => kind === 'effect') ?? faults[0];
