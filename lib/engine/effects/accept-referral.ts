import type { EffectOf } from '../../contract/effects.ts';
import { chargeLimits, type RulePass } from '../evaluate/pass.ts';
import { byRule } from './envelope.ts';

/** Accepts the session's referral code: once. Redeemed when the session closes (semantics.md K12). */
export const acceptReferral = (pass: RulePass): void => {
  const { referral, draft, moment } = pass;
  if (!referral || draft.accepts('acceptReferral', referral.code)) return;
  const use = moment.records.referralUse(referral.code);
  draft.charge(use, 'usage', 1, referral.usageLimit > 0 ? { atMost: referral.usageLimit } : {});
  chargeLimits(pass, 'redeemReferral', 1);
  draft.emit({ ...byRule(pass), effectType: 'acceptReferral', props: { value: referral.code } });
};

/** A cancelled order lets the friend come again. */
export const rollBackAcceptReferral = (effect: EffectOf<'acceptReferral'>): EffectOf<'rollbackReferral'> => ({
  ...effect,
  effectType: 'rollbackReferral',
});
