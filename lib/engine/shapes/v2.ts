import { toNumber } from '../../contract/decimal.ts';
import type { Effect } from '../../contract/effects.ts';
import type { Input } from '../../contract/operation.ts';
import type { ProfileContent, updateCustomerProfileV2 } from '../../contract/operations/profiles.ts';
import type { SessionContent, updateCustomerSessionV2 } from '../../contract/operations/sessions.ts';
import type { CustomerSessionV2 } from '../../contract/schemas/session.ts';
import type { IntegrationStateV2 } from '../../contract/schemas/state.ts';
import { totalsOf } from '../evaluate/subject.ts';
import type { Moment } from '../moment.ts';
import type { ProfileOutcome, ProfileUpdate } from '../profiles.ts';
import type { SessionRecord } from '../records.ts';
import type { SessionUpdate } from '../session-content.ts';
import type { SessionOutcome } from '../session-decision.ts';
import type { WorkingSet } from '../working-set.ts';
import { triggeredCampaigns } from './campaigns.ts';
import { cartItems } from './cart-items.ts';
import * as codes from './codes.ts';
import { eventV1 } from './event.ts';
import { customerProfile } from './profile.ts';

/** The v2 session body as a command; v2 knows no total but the computed one (semantics.md S3). */
export const sessionUpdateV2 = ({ params, query, body }: Input<typeof updateCustomerSessionV2>): SessionUpdate => ({
  ...body.customerSession,
  sessionId: params.customerSessionId,
  total: 'computed',
  dry: query.dry,
  path: ['customerSession'],
});

/** The v2 profile body as a command; `dry` means nothing without the rules (semantics.md §2.11). */
export const profileUpdateV2 = ({ params, query, body }: Input<typeof updateCustomerProfileV2>): ProfileUpdate => ({
  profileId: params.integrationId,
  attributes: body.attributes,
  audiencesChanges: body.audiencesChanges,
  runsRules: query.runRuleEngine,
  dry: query.dry && query.runRuleEngine,
});

/** A session as v2 answers it. A total that a v1 caller gave is the total, whatever items and costs come to (S3). */
const customerSession = (session: SessionRecord, { promotions }: Moment): CustomerSessionV2 => {
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
  const { session, profile, event, effects, failures, triggered } = outcome;
  const { records, promotions } = moment;
  const asked = new Set(content);
  // Sandboxes always explain (semantics.md §2.14).
  if (promotions.application.environment === 'sandbox') asked.add('ruleFailureReasons');
  const referral = codes.referralOf(session, set, moment);
  const coupons = () =>
    session.couponCodes
      .flatMap((code) => promotions.couponByCode(code) ?? [])
      .map((found) => codes.countedCoupon(found, outcome, moment));
  const referralUses = () => outcome.count(records.referralUse(session.referralCode), 'usage');
  const happening = { ...event, ...(referral && { referralId: referral.id }) };
  return {
    effects: effects as readonly Effect[] as Effect[],
    createdCoupons: [],
    createdReferrals: [],
    ...(asked.has('customerSession') && { customerSession: customerSession(session, moment) }),
    ...(asked.has('customerProfile') && profile && { customerProfile: customerProfile(profile, moment) }),
    ...(asked.has('coupons') && { coupons: coupons() }),
    ...(asked.has('referral') && referral && { referral: codes.referral(referral, referralUses()) }),
    ...(asked.has('event') && { event: eventV1(happening, session, effects, moment) }),
    ...(asked.has('loyalty') && { loyalty: { programs: {} } }),
    ...(asked.has('triggeredCampaigns') && { triggeredCampaigns: triggeredCampaigns(triggered, moment) }),
    ...(asked.has('awardedGiveaways') && { awardedGiveaways: [] }),
    ...(asked.has('ruleFailureReasons') && { ruleFailureReasons: [...failures] }),
  };
};

/** What can be asked of a profile call that runs no rules; the rest is ignored then (semantics.md §2.11). */
const WITHOUT_RULES: ReadonlySet<ProfileContent> = new Set<ProfileContent>(['customerProfile', 'loyalty']);

/** The v2 answer to a profile call: effects always, the rest as asked (semantics.md §2.11). */
export const profileStateV2 = (
  { profile, event, effects, failures, triggered }: ProfileOutcome,
  { query, body }: Input<typeof updateCustomerProfileV2>,
  moment: Moment,
): IntegrationStateV2 => {
  const content = new Set(body.responseContent);
  const asked = query.runRuleEngine ? content : content.intersection(WITHOUT_RULES);
  const place = { integrationId: '', profileId: profile.integrationId };
  return {
    effects: effects as readonly Effect[] as Effect[],
    createdCoupons: [],
    createdReferrals: [],
    ...(asked.has('customerProfile') && { customerProfile: customerProfile(profile, moment) }),
    ...(asked.has('loyalty') && { loyalty: { programs: {} } }),
    ...(asked.has('event') && { event: eventV1(event, place, effects, moment) }),
    ...(asked.has('triggeredCampaigns') && { triggeredCampaigns: triggeredCampaigns(triggered, moment) }),
    ...(asked.has('awardedGiveaways') && { awardedGiveaways: [] }),
    ...(asked.has('ruleFailureReasons') && { ruleFailureReasons: [...failures] }),
  };
};
