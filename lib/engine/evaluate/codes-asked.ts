import type { Expression, Rule } from '../../promotions/snapshot.ts';

/** Which codes a rule is about. */
export interface CodesAsked {
  readonly coupon: boolean;
  readonly referral: boolean;
}

const KNOWN = new WeakMap<Rule, CodesAsked>();

/** Which codes a rule's condition asks for, whether or not an evaluation comes that far. */
export const codesAsked = (rule: Rule): CodesAsked => {
  let asked = KNOWN.get(rule);
  if (!asked) {
    asked = { coupon: calls(rule.condition, 'couponvalid'), referral: calls(rule.condition, 'referralvalid') };
    KNOWN.set(rule, asked);
  }
  return asked;
};

/** Names of functions ignore case (talang.md §1). */
const calls = (expression: Expression, name: string): boolean => {
  if (!Array.isArray(expression)) return false;
  const [head, ...rest] = expression;
  return (typeof head === 'string' && head.toLowerCase() === name) || [head, ...rest].some((part) => calls(part, name));
};
