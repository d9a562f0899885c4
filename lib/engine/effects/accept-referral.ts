import type { EffectOf } from '../../contract/effects.ts';
import { chargeLimits, type RulePass } from '../evaluate/pass.ts';
import { byRule } from './envelope.ts';

/** Accepts the session's referral code: once. Redeemed when the session closes (semantics.md K12). */
export const acceptReferral = (pass: RulePass): void => {
  const { referral, draft, moment } = pass;
  if (!referral || draft.accepts('acceptReferral', referral.code)) return;
  draft.charge(moment.records.referralUse(referral.code), 'usage', 1, referral.usageLimit || undefined);
  chargeLimits(pass, 'redeemReferral', 1);
  draft.effects.push({ ...byRule(pass), effectType: 'acceptReferral', props: { value: referral.code } });
};

export const rollBackAcceptReferral = (effect: EffectOf<'acceptReferral'>): EffectOf<'rollbackReferral'> => ({
  ...effect,
  effectType: 'rollbackReferral',
});
