import { decimal, toNumber } from '../../contract/decimal.ts';
import type { EffectOf } from '../../contract/effects.ts';
import type { Input } from '../../contract/operation.ts';
import type { updateCustomerProfile } from '../../contract/operations/profiles.ts';
import type { updateCustomerSession } from '../../contract/operations/sessions.ts';
import type { CustomerSession } from '../../contract/schemas/session.ts';
import type { IntegrationState } from '../../contract/schemas/state.ts';
import type { Attributes } from '../../contract/wire.ts';
import { emptySession, totalsOf } from '../evaluate/subject.ts';
import type { Moment } from '../moment.ts';
import type { ProfileOutcome, ProfileUpdate } from '../profiles.ts';
import type { ProfileRecord, SessionContent, SessionRecord } from '../records.ts';
import type { SessionUpdate } from '../session-content.ts';
import type { WorkingSet } from '../working-set.ts';
import { cartItems } from './cart-items.ts';
import { type Counting, countedCoupon, referralOf } from './codes.ts';
import { eventV1, type Happening } from './event.ts';
import { anonymousProfile, customerProfile } from './profile.ts';

/** v1 ignores an attribute that is null, where v2 removes it (semantics.md AT5). */
const withoutNulls = (attributes: Attributes | undefined): Attributes | undefined =>
  attributes && Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));

/** The v1 session body as a command: its one coupon takes the place of all that the session has (semantics.md §1.6). */
export const sessionUpdateV1 = ({ params, query, body }: Input<typeof updateCustomerSession>): SessionUpdate => {
  const { coupon, referral, attributes, cartItems: items, ...content } = body;
  return {
    ...content,
    sessionId: params.customerSessionId,
    couponCodes: coupon === undefined ? undefined : [coupon],
    referralCode: referral,
    cartItems: items?.map((item) => ({ ...item, attributes: withoutNulls(item.attributes) })),
    additionalCosts: undefined,
    attributes: withoutNulls(attributes),
    dry: query.dry,
    path: [],
  };
};

/** The v1 profile body as a command: the rules always run (semantics.md §2.9). */
export const profileUpdateV1 = ({ params, query, body }: Input<typeof updateCustomerProfile>): ProfileUpdate => ({
  profileId: params.integrationId,
  attributes: withoutNulls(body.attributes),
  audiencesChanges: undefined,
  runsRules: true,
  dry: query.dry,
});

type Session = SessionContent & Pick<SessionRecord, 'created' | 'updated' | 'state' | 'firstSession'>;

/**
 * A session as v1 answers it: one coupon, one referral, discounts by label, the last of a label winning (§2.13). Without
 * a total of the caller's, that of the items: v1 knows no costs beside them (S3).
 */
const customerSession = (session: Session, effects: readonly EffectOf[], moment: Moment): CustomerSession => ({
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
  total: session.total ?? toNumber(totalsOf(session).cartItems),
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

/** What a v1 answer tells of: what happened, in which session, whose it is, and what came of it. */
export interface Occurrence extends Counting {
  readonly session: SessionRecord;
  /** Undefined: anonymous. */
  readonly profile: ProfileRecord | undefined;
  readonly event: Omit<Happening, 'referralId'>;
  readonly effects: readonly EffectOf[];
}

/** The v1 answer to what happens in a session (semantics.md §2.13): `coupon` where its code is a published one. */
export const sessionStateV1 = (occurrence: Occurrence, set: WorkingSet, moment: Moment): IntegrationState => {
  const { session, profile, event, effects } = occurrence;
  const referral = referralOf(session, set, moment);
  const coupon = moment.promotions.couponByCode(session.couponCodes[0] ?? '');
  return {
    session: customerSession(session, effects, moment),
    profile: profile ? customerProfile(profile, moment) : anonymousProfile(moment),
    event: eventV1({ ...event, ...(referral && { referralId: referral.id }) }, session, effects, moment),
    loyalty: { programs: {} },
    ...(coupon && { coupon: countedCoupon(coupon, occurrence, moment) }),
  };
};

/** The v1 answer to a profile call: there is no session, and v1 clients need one, so it is an empty one (§2.9). */
export const profileStateV1 = ({ profile, event, effects }: ProfileOutcome, moment: Moment): IntegrationState => {
  const now = moment.now.toISOString();
  const session = { ...emptySession(profile.integrationId), created: now, updated: now };
  return {
    session: customerSession(session, [], moment),
    profile: customerProfile(profile, moment),
    event: eventV1(event, session, effects, moment),
    loyalty: { programs: {} },
  };
};
