import type { Campaign } from '../../promotions/snapshot.ts';
import type { RulePass } from '../evaluate/pass.ts';
import type { RuleFault } from '../evaluate/run-rules.ts';

/** What an effect made by a rule carries beside its type and properties. */
export const byRule = ({ campaign, coupon, ruleIndex, ruleName }: RulePass) => ({
  campaignId: campaign.id,
  rulesetId: campaign.rulesetId,
  ruleIndex,
  ruleName,
  ...(coupon && { triggeredByCoupon: coupon.id }),
});

/** What an effect carries that no rule made: campaign -1 when it belongs to none (semantics.md §4.1). */
export const outsideRules = (campaign: Campaign | undefined, fault: RuleFault | undefined) => ({
  campaignId: campaign?.id ?? -1,
  rulesetId: campaign?.rulesetId ?? 0,
  ruleIndex: fault?.ruleIndex ?? 0,
  ruleName: fault?.ruleName ?? '',
});
