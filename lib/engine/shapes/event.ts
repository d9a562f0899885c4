import { effectTuple } from '../../contract/effect-tuples.ts';
import type { EffectOf } from '../../contract/effects.ts';
import type { Event } from '../../contract/schemas/event.ts';
import type { Moment } from '../moment.ts';
import type { SessionRecord, StoredAttributes } from '../records.ts';

/** What happened, as an event. */
export interface Happening {
  readonly id: number;
  readonly type: string;
  readonly attributes: StoredAttributes;
  /** The session's referral, where there is one. */
  readonly referralId?: number;
}

/** An event as both ages answer it, with the codes' rejections (§2.13: ids are 0 where no campaign or code is known). */
export const eventV1 = (
  { id, type, attributes, referralId = 0 }: Happening,
  session: Pick<SessionRecord, 'integrationId' | 'profileId'>,
  effects: readonly EffectOf[],
  moment: Moment,
): Event => ({
  id,
  created: moment.now.toISOString(),
  applicationId: moment.promotions.application.id,
  profileId: session.profileId,
  type,
  attributes,
  sessionId: session.integrationId,
  effects: effects.map(effectTuple),
  ledgerEntries: [],
  meta: metaOf(effects, referralId),
});

const metaOf = (effects: readonly EffectOf[], referralId: number): NonNullable<Event['meta']> => {
  const meta: NonNullable<Event['meta']> = {};
  for (const effect of effects) {
    const campaignId = Math.max(0, effect.campaignId);
    if (effect.effectType === 'rejectCoupon') {
      meta.couponRejectionReason ??= {
        campaignId,
        couponId: effect.triggeredByCoupon ?? 0,
        reason: effect.props.rejectionReason,
      };
    }
    if (effect.effectType === 'rejectReferral') {
      meta.referralRejectionReason ??= { campaignId, referralId, reason: effect.props.rejectionReason };
    }
  }
  return meta;
};
