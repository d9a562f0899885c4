import type { EffectOf } from '../../contract/effects.ts';
import type { ReferralRejectionReason } from '../../contract/schemas/event.ts';
import type { Campaign } from '../../promotions/snapshot.ts';
import type { RuleFault } from '../evaluate/run-rules.ts';
import { outsideRules } from './envelope.ts';

/** Why a referral code is refused: by itself, or by a rule. */
export interface ReferralRejection {
  readonly reason: ReferralRejectionReason;
  readonly campaign?: Campaign;
  readonly fault?: RuleFault | undefined;
}

/** A refused referral code is an effect, never an error (semantics.md X1). */
export const rejectReferral = (value: string, rejection: ReferralRejection): EffectOf<'rejectReferral'> => ({
  ...outsideRules(rejection.campaign, rejection.fault),
  effectType: 'rejectReferral',
  props: { value, rejectionReason: rejection.reason, ...rejection.fault?.where },
});
