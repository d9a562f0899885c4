import { minorUnits } from '../../contract/decimal.ts';
import type { EffectOf } from '../../contract/effects.ts';
import type { ReferralRejectionReason } from '../../contract/schemas/event.ts';
import type { RuleFailureReason } from '../../contract/schemas/state.ts';
import { isRunning } from '../../promotions/promotions.ts';
import type { CouponDefinition } from '../../promotions/snapshot.ts';
import { type CouponRejection, rejectCoupon } from '../effects/reject-coupon.ts';
import { rejectReferral } from '../effects/reject-referral.ts';
import type { Moment } from '../moment.ts';
import type { ReferralRecord, SessionRecord } from '../records.ts';
import type { WorkingSet } from '../working-set.ts';
import { couponFault, referralFault } from './check-codes.ts';
import { Draft } from './draft.ts';
import { passOf } from './pass.ts';
import { failureReason, type RuleFault, runRules } from './run-rules.ts';
import { variablesOf } from './scope.ts';
import type { Subject } from './subject.ts';

/** What an evaluation comes to. */
export interface Evaluation {
  readonly effects: readonly EffectOf[];
  /** What the effects charge when the session closes. */
  readonly draft: Draft;
  /** Why rules did not fire, in order of evaluation. */
  readonly failures: readonly RuleFailureReason[];
  /** Ids of the campaigns of which a rule fired. */
  readonly triggered: ReadonlySet<number>;
}

/**
 * Evaluates all running campaigns (semantics.md §3.5): each runs once for every one of its coupons, or once without;
 * then what no rule accepted is rejected. Effects come in the order of §3.6. Pure: charges are planned in the draft, not
 * made.
 *
 * @param charged what the session itself has charged already: it does not stand in its own way.
 */
export const evaluate = (
  subject: Subject,
  set: WorkingSet,
  moment: Moment,
  charged: SessionRecord['charges'] = [],
): Evaluation => {
  const { promotions, now } = moment;
  const { couponCodes } = subject.session;
  const draft = new Draft(set);
  for (const { key, count, by } of charged) draft.charge({ key }, count, -by);
  const failures: RuleFailureReason[] = [];
  const triggered = new Set<number>();
  const variables = variablesOf(subject, moment);
  const places = minorUnits(promotions.application.currency);

  for (const code of couponCodes) {
    const rejection = couponRejectedAtOnce(code, moment);
    if (rejection) draft.emit(rejectCoupon(code, rejection));
  }
  const referral = referralToCheck(subject, draft, set, moment);
  const coupons = couponCodes
    .flatMap((code) => promotions.couponByCode(code) ?? [])
    .filter(({ campaign }) => isRunning(campaign, now));
  const couponRejections = new Map<string, CouponRejection>();
  let referralReason: ReferralRejectionReason | undefined;
  const referralFaults: RuleFault[] = [];

  for (const prepared of promotions.campaigns) {
    const { campaign } = prepared;
    if (!isRunning(campaign, now)) continue;
    const ownReferral = referral?.campaignId === campaign.id ? referral : undefined;
    const ownCoupons = coupons.filter((found) => found.campaign.id === campaign.id).map((found) => found.coupon);
    for (const coupon of ownCoupons.length > 0 ? ownCoupons : [undefined]) {
      const reserved = holdsReservation(coupon, subject.session.profileId, set, moment);
      const pass = passOf({ subject, moment, draft, campaign, coupon, reserved, referral: ownReferral, places });
      const couponReason = coupon && couponFault(pass, coupon);
      // Accepted in an earlier pass, it is valid in this one too, though it may have no use left beside that.
      if (ownReferral && !draft.accepts('acceptReferral', ownReferral.code)) {
        referralReason = referralFault(pass, ownReferral);
      }
      const run = runRules(
        prepared,
        pass,
        {
          coupon: coupon !== undefined && !couponReason && campaign.features.includes('coupons'),
          referral: ownReferral !== undefined && !referralReason && campaign.features.includes('referrals'),
        },
        variables,
      );
      if (run.fired) triggered.add(campaign.id);
      failures.push(...run.faults.map((fault) => failureReason(pass, fault)));
      referralFaults.push(...run.faults.filter(({ codes }) => ownReferral && codes.referral));
      if (coupon) {
        const fault = couponReason ? undefined : bestKnown(run.faults.filter(({ codes }) => codes.coupon));
        const reason =
          couponReason ?? (fault?.kind === 'effect' ? 'EffectCouldNotBeApplied' : 'CouponRejectedByCondition');
        couponRejections.set(coupon.value, { reason, campaign, couponId: coupon.id, fault });
      }
    }
  }

  for (const { coupon } of coupons) {
    const rejection = couponRejections.get(coupon.value);
    if (rejection && !draft.accepts('acceptCoupon', coupon.value)) draft.emit(rejectCoupon(coupon.value, rejection));
  }
  if (referral && !draft.accepts('acceptReferral', referral.code)) {
    const campaign = promotions.campaignById(referral.campaignId)?.campaign;
    const fault = referralReason ? undefined : bestKnown(referralFaults);
    const reason =
      referralReason ?? (fault?.kind === 'effect' ? 'EffectCouldNotBeApplied' : 'ReferralRejectedByCondition');
    draft.emit(rejectReferral(referral.code, { reason, ...(campaign && { campaign }), fault }));
  }
  return { effects: draft.effects, draft, failures, triggered };
};

/** What is known to be refused before any rule is looked at (semantics.md §3.5, step 2). */
const couponRejectedAtOnce = (code: string, { promotions, now }: Moment): CouponRejection | undefined => {
  const found = promotions.couponByCode(code);
  if (!found) return { reason: 'CouponNotFound' };
  const { campaign, coupon } = found;
  return isRunning(campaign, now)
    ? undefined
    : { reason: 'CouponPartOfNotRunningCampaign', campaign, couponId: coupon.id };
};

/** Whether the profile holds the reservation that a coupon demands; not looked up where none is demanded. */
const holdsReservation = (
  coupon: CouponDefinition | undefined,
  profileId: string,
  set: WorkingSet,
  { records }: Moment,
): boolean =>
  coupon?.reservation === 'mandatory' &&
  profileId !== '' &&
  set.get(records.couponHolder(coupon.value, profileId))?.reserved !== undefined;

/** The session's referral, if there is one to check; what is known to be refused before any rule is refused here. */
const referralToCheck = (
  { session: { referralCode } }: Subject,
  draft: Draft,
  set: WorkingSet,
  { promotions, records, now }: Moment,
): ReferralRecord | undefined => {
  if (referralCode === '') return undefined;
  const referral = set.get(records.referral(referralCode));
  // The advocate's data was deleted: 2021 has no reason of its own for that.
  if (!referral || referral.advocateProfileIntegrationId === '') {
    draft.emit(rejectReferral(referralCode, { reason: 'ReferralNotFound' }));
    return undefined;
  }
  // A code outlives its campaign when the campaign is taken out of the published promotions.
  const campaign = promotions.campaignById(referral.campaignId)?.campaign;
  if (campaign && isRunning(campaign, now)) return referral;
  const reason = 'ReferralPartOfNotRunningCampaign';
  draft.emit(rejectReferral(referralCode, { reason, ...(campaign && { campaign }) }));
  return undefined;
};

/** An effect that failed says more than a condition that was false: the rule would have fired. */
const bestKnown = (faults: readonly RuleFault[]): RuleFault | undefined =>
  faults.find(({ kind }) => kind === 'effect') ?? faults[0];
