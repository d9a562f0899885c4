import type { RuleFailureReason } from '../../contract/schemas/state.ts';
import type { RuleHost } from '../../promotions/functions.ts';
import type { PreparedCampaign, PreparedRule } from '../../promotions/promotions.ts';
import { EvaluationError, type ValueMap } from '../../promotions/talang/value.ts';
import { acceptCoupon } from '../effects/accept-coupon.ts';
import { acceptReferral } from '../effects/accept-referral.ts';
import { setDiscount } from '../effects/set-discount.ts';
import { setDiscountPerItem } from '../effects/set-discount-per-item.ts';
import { type CodesAsked, codesAsked } from './codes-asked.ts';
import { EffectRefused, type Pass, type RulePass } from './pass.ts';

/** Where and why a rule did not fire. */
export interface RuleFault {
  readonly ruleIndex: number;
  readonly ruleName: string;
  /** A condition that is false, or an effect that cannot be applied. */
  readonly kind: 'condition' | 'effect';
  readonly where: { readonly conditionIndex?: number; readonly effectIndex?: number; readonly details: string };
  /** The codes that this fault keeps from being accepted. */
  readonly codes: CodesAsked;
}

/** Which codes of the pass may be redeemed as far as they themselves go. */
export interface ValidCodes {
  readonly coupon: boolean;
  readonly referral: boolean;
}

/** What a pass through a campaign's rules came to; the draft holds its effects. */
export interface Run {
  readonly fired: boolean;
  readonly faults: readonly RuleFault[];
}

/**
 * Runs a campaign's rules from top to bottom. A rule is atomic: when one of its effects is refused, none of them stays
 * (semantics.md §3.5c–e).
 */
export const runRules = (prepared: PreparedCampaign, pass: Pass, valid: ValidCodes, variables: ValueMap): Run => {
  const faults: RuleFault[] = [];
  prepared.rules.forEach((rule, ruleIndex) => {
    const before = pass.draft.savepoint();
    const fault = runRule(rule, { ...pass, ruleIndex, ruleName: rule.title }, valid, variables);
    if (!fault) return;
    pass.draft.restore(before);
    const written = prepared.campaign.rules[ruleIndex];
    const asked = written ? codesAsked(written) : NO_CODES;
    faults.push({ codes: asked, ...fault, ruleIndex, ruleName: rule.title });
  });
  return { fired: faults.length < prepared.rules.length, faults };
};

const NO_CODES: CodesAsked = { coupon: false, referral: false };

type Fault = Pick<RuleFault, 'kind' | 'where'> & Partial<Pick<RuleFault, 'codes'>>;

const runRule = (rule: PreparedRule, pass: RulePass, valid: ValidCodes, root: ValueMap): Fault | undefined => {
  const used = { coupon: false, referral: false };
  const host: RuleHost = {
    couponValid: () => {
      used.coupon ||= valid.coupon;
      return valid.coupon;
    },
    referralValid: () => {
      used.referral ||= valid.referral;
      return valid.referral;
    },
    setDiscount: (name, value) => setDiscount(pass, name, value),
    setDiscountPerItem: (name, items) => {
      for (const { position, value } of items) setDiscountPerItem(pass, name, position, value);
    },
  };
  const scope = { root, host };
  for (const [conditionIndex, condition] of rule.conditions.entries()) {
    const details = whyFalse(
      () => condition.holds(scope),
      () => condition.explain(scope, pass.places),
    );
    if (details !== undefined) return { kind: 'condition', where: { conditionIndex, details } };
  }
  // Codes are accepted before the rule's own effects, as consumers are used to (semantics.md R22).
  if (used.coupon) acceptCoupon(pass);
  if (used.referral) acceptReferral(pass);
  for (const [effectIndex, effect] of rule.effects.entries()) {
    const details = whyRefused(() => effect(scope));
    if (details !== undefined) return { kind: 'effect', where: { effectIndex, details }, codes: used };
  }
  if (pass.draft.isOverfull()) return { kind: 'effect', where: { details: OVERFULL }, codes: used };
  return undefined;
};

const OVERFULL = 'the session would redeem more codes and touch more limits than can be written at once';

const whyFalse = (holds: () => boolean, explain: () => string): string | undefined => {
  try {
    return holds() ? undefined : explain();
  } catch (error) {
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
};

const whyRefused = (apply: () => unknown): string | undefined => {
  try {
    apply();
    return undefined;
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof EffectRefused) return error.message;
    throw error;
  }
};

/** A fault as the v2 answer states it; mind the capital `ID`. */
export const failureReason = (
  { campaign, coupon, referral }: Pass,
  { ruleIndex, ruleName, where }: RuleFault,
): RuleFailureReason => ({
  campaignID: campaign.id,
  campaignName: campaign.name,
  rulesetID: campaign.rulesetId,
  ...(coupon && { couponID: coupon.id, couponValue: coupon.value }),
  ...(referral && { referralID: referral.id, referralValue: referral.code }),
  ruleIndex,
  ruleName,
  ...where,
});
