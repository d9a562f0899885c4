import { toNumber } from '../../contract/decimal.ts';
import type { Effect } from '../../contract/effects.ts';
import type { Input } from '../../contract/operation.ts';
import type { SessionContent, updateCustomerSessionV2 } from '../../contract/operations/sessions.ts';
import type { Campaign } from '../../contract/schemas/campaign.ts';
import type { Coupon } from '../../contract/schemas/codes.ts';
import type { CustomerSessionV2 } from '../../contract/schemas/session.ts';
import type { IntegrationStateV2 } from '../../contract/schemas/state.ts';
import { totalsOf } from '../evaluate/subject.ts';
import type { Moment } from '../moment.ts';
import type { SessionRecord } from '../records.ts';
import type { SessionUpdate } from '../session-content.ts';
import type { SessionOutcome } from '../sessions.ts';
import type { WorkingSet } from '../working-set.ts';
import * as codes from './codes.ts';
import { customerProfile } from './profile.ts';
import { cartItems, eventV1 } from './v1.ts';

/** The v2 session body as a command. */
export const sessionUpdateV2 = ({ params, query, body }: Input<typeof updateCustomerSessionV2>): SessionUpdate => ({
  ...body.customerSession,
  sessionId: params.customerSessionId,
  dry: query.dry,
  path: ['customerSession'],
});

/** A session as v2 answers it. */
export const customerSessionV2 = (session: SessionRecord, { promotions }: Moment): CustomerSessionV2 => {
  const totals = totalsOf(session);
  return {
    integrationId: session.integrationId,
    created: session.created,
    updated: session.updated,
    applicationId: promotions.application.id,
    profileId: session.profileId,
    state: session.state,
    couponCodes: [...session.couponCodes],
    referralCode: session.referralCode,
    cartItems: cartItems(session.cartItems),
    additionalCosts: session.additionalCosts,
    identifiers: [...session.identifiers],
    attributes: session.attributes,
    firstSession: session.firstSession,
    total: toNumber(totals.total),
    cartItemTotal: toNumber(totals.cartItems),
    additionalCostTotal: toNumber(totals.additionalCosts),
  };
};

/** The v2 answer to a session call: effects always, the rest as asked (semantics.md §2.14). */
export const sessionStateV2 = (
  outcome: SessionOutcome,
  content: readonly SessionContent[],
  set: WorkingSet,
  moment: Moment,
): IntegrationStateV2 => {
  const { session, profile, event } = outcome;
  const asked = new Set(content);
  // Sandboxes always explain (semantics.md §2.14).
  if (moment.promotions.application.environment === 'sandbox') asked.add('ruleFailureReasons');
  const referral = session.referralCode === '' ? undefined : set.get(moment.records.referral(session.referralCode));
  const happening = { ...event, attributes: {}, ...(referral && { referralId: referral.id }) };
  return {
    effects: session.effects as readonly Effect[] as Effect[],
    createdCoupons: [],
    createdReferrals: [],
    ...(asked.has('customerSession') && { customerSession: customerSessionV2(session, moment) }),
    ...(asked.has('customerProfile') && profile && { customerProfile: customerProfile(profile, moment) }),
    ...(asked.has('coupons') && { coupons: sessionCoupons(outcome, set, moment) }),
    ...(asked.has('referral') &&
      referral && { referral: codes.referral(referral, referralUses(outcome, set, moment)) }),
    ...(asked.has('event') && { event: eventV1(happening, session, session.effects, moment) }),
    ...(asked.has('loyalty') && { loyalty: { programs: {} } }),
    ...(asked.has('triggeredCampaigns') && { triggeredCampaigns: triggeredCampaigns(outcome.triggered, moment) }),
    ...(asked.has('awardedGiveaways') && { awardedGiveaways: [] }),
    ...(asked.has('ruleFailureReasons') && { ruleFailureReasons: [...outcome.failures] }),
  };
};

const sessionCoupons = ({ session, draft, counts }: SessionOutcome, set: WorkingSet, moment: Moment): Coupon[] =>
  session.couponCodes.flatMap((code) => {
    const found = moment.promotions.couponByCode(code);
    if (!found) return [];
    const use = moment.records.couponUse(found.coupon.value);
    const count = (name: string) => (counts === 0 ? set.count(use, name) : draft.used(use, name));
    return [codes.coupon(found.coupon, found.campaign, count('usage'), count('discount'), moment)];
  });

const referralUses = ({ session, draft, counts }: SessionOutcome, set: WorkingSet, { records }: Moment): number => {
  const use = records.referralUse(session.referralCode);
  return counts === 0 ? set.count(use, 'usage') : draft.used(use, 'usage');
};

/** The campaigns of which a rule fired, as answered. */
export const triggeredCampaigns = (triggered: ReadonlySet<number>, { promotions }: Moment): Campaign[] =>
  promotions.campaigns
    .filter(({ campaign }) => triggered.has(campaign.id))
    .map(({ campaign }) => ({
      id: campaign.id,
      created: promotions.published,
      applicationId: campaign.applicationId,
      userId: 0,
      name: campaign.name,
      description: campaign.description,
      ...(campaign.startTime !== undefined && { startTime: campaign.startTime }),
      ...(campaign.endTime !== undefined && { endTime: campaign.endTime }),
      attributes: {},
      state: campaign.state,
      activeRulesetId: campaign.rulesetId,
      tags: [...campaign.tags],
      features: [...campaign.features],
      ...(campaign.referralSettings && {
        referralSettings: {
          validCharacters: [...campaign.referralSettings.validCharacters],
          couponPattern: campaign.referralSettings.couponPattern,
        },
      }),
      limits: campaign.limits.map(({ action, limit, entities }) => ({ action, limit, entities: [...entities] })),
    }));
