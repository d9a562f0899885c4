import { decimal, toNumber } from '../../contract/decimal.ts';
import { type EffectOf, type EffectType, effectProps } from '../../contract/effects.ts';
import type { Event } from '../../contract/schemas/event.ts';
import type { CartItem, CustomerSession } from '../../contract/schemas/session.ts';
import { totalsOf } from '../evaluate/subject.ts';
import type { Moment } from '../moment.ts';
import type { ItemRecord, SessionRecord, StoredAttributes } from '../records.ts';

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

/** Cart lines as answered: with their position. */
export const cartItems = (items: readonly ItemRecord[]): CartItem[] =>
  items.map((item, position) => ({ ...item, position }));

/** A session as v1 answers it: one coupon, one referral, discounts by label, the last of a label winning (§2.13). */
export const customerSessionV1 = (
  session: SessionRecord,
  effects: readonly EffectOf[],
  moment: Moment,
): CustomerSession => ({
  integrationId: session.integrationId,
  created: session.created,
  updated: session.updated,
  applicationId: moment.promotions.application.id,
  profileId: session.profileId,
  coupon: session.couponCodes[0] ?? '',
  referral: session.referralCode,
  state: session.state,
  cartItems: cartItems(session.cartItems),
  identifiers: [...session.identifiers],
  total: toNumber(totalsOf(session).cartItems),
  attributes: session.attributes,
  firstSession: session.firstSession,
  discounts: Object.fromEntries(
    effects.flatMap((effect) =>
      effect.effectType === 'setDiscount' || effect.effectType === 'setDiscountPerItem'
        ? [[effect.props.name, toNumber(decimal(effect.props.value))]]
        : [],
    ),
  ),
});

/** What happened, as an event. */
export interface Happening {
  readonly id: number;
  readonly type: string;
  readonly attributes: StoredAttributes;
  /** The session's referral, where there is one. */
  readonly referralId?: number;
}

/** An event as answered, with the codes' rejections of a v1 call (§2.13: ids are 0 where no campaign or code is known). */
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
