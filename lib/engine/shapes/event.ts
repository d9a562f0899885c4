import { type EffectOf, type EffectType, effectProps } from '../../contract/effects.ts';
import type { Event } from '../../contract/schemas/event.ts';
import type { Moment } from '../moment.ts';
import type { SessionRecord, StoredAttributes } from '../records.ts';

/** What v1 clients know of these calls is less than their properties; the reason stands in `meta` (semantics.md §4.3). */
const V1_ARGUMENTS: Partial<Record<EffectType, readonly string[]>> = {
  rejectCoupon: ['value'],
  rejectReferral: ['value'],
};

/** An effect as v1 states it: campaign, ruleset, rule, and the call with its properties in the table's order (§4.1, §4.3). */
export const effectTuple = ({ campaignId, rulesetId, ruleIndex, effectType, props }: EffectOf): unknown[] => {
  const names = V1_ARGUMENTS[effectType] ?? Object.keys(effectProps[effectType].shape);
  const values = names.map((name) => (props as Record<string, unknown>)[name]);
  while (values.length > 0 && values.at(-1) === undefined) values.pop();
  return [campaignId, rulesetId, ruleIndex, [effectType, ...values.map((value) => value ?? null)]];
};

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
