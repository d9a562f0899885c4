import type { Activity, CommerceEvent } from './event.ts';
import { BEFORE_ALL } from './fields.ts';
import type { ProfileHistory } from './history.ts';
import { profileBody } from './mapping.ts';
import { profileIdOf } from './naming.ts';
import { compareVersions } from './picture.ts';
import type { Shop } from './shops.ts';
import type { Decision, Step } from './step.ts';

type CustomerEvent = Extract<CommerceEvent, { type: 'customer' }>;

/** Decides what a picture of a customer's record changes in their profile. Links count in a picture of any age. */
export const decideCustomer = (event: CustomerEvent, before: ProfileHistory | undefined, shop: Shop): Decision => {
  const linked = withLinks(before, event.customer.links);
  const order = before ? compareVersions(event.version, before.newest) : 1;
  const kept = { steps: [], ...(linked.links !== before?.links && { history: linked }) };
  if (order === 0) return { outcome: 'duplicate', reason: 'same picture', ...kept };
  if (order < 0) return { outcome: 'stale', reason: 'older picture', ...kept };
  return {
    outcome: 'applied',
    reason: 'profile updated',
    steps: [
      {
        operation: 'updateCustomerProfileV2',
        input: {
          params: { integrationId: profileIdOf({ customer: event.customer.id }, shop) },
          query: { runRuleEngine: false, dry: false },
          body: profileBody(event.customer, shop),
        },
        history: { ...linked, newest: event.version },
      },
    ],
  };
};

/** What happens to a customer's record. */
export type CustomerActivity = Exclude<Activity, { name: 'cart_deleted' }>;

/** Decides what to report of a customer, each thing once. Nothing is merged: profiles are linked only. */
export const decideCustomerActivity = (
  event: Pick<CommerceEvent, 'id' | 'shop'>,
  activity: CustomerActivity,
  before: ProfileHistory | undefined,
  shop: Shop,
): Decision => {
  if (activity.name === 'customer_deleted') {
    if (before?.deleted) return { outcome: 'duplicate', reason: 'reported before', steps: [] };
    const history: ProfileHistory = { ...withLinks(before, []), deleted: true };
    return { outcome: 'applied', reason: 'event reported', steps: [customerEvent(event, activity, shop, history)] };
  }
  const history = withLinks(before, activity.links);
  if (history.links === before?.links) return { outcome: 'duplicate', reason: 'linked before', steps: [] };
  return activity.name === 'customer_linked'
    ? { outcome: 'applied', reason: 'profile linked', steps: [], history }
    : { outcome: 'applied', reason: 'event reported', steps: [customerEvent(event, activity, shop, history)] };
};

/**
 * A customer's event needs a session, and has one that holds nothing else: no seed has events without one. The session is
 * called by the delivery, never by the customer: its id outlives their data.
 */
const customerEvent = (
  { id, shop: name }: Pick<CommerceEvent, 'id' | 'shop'>,
  activity: CustomerActivity,
  shop: Shop,
  history: ProfileHistory,
): Step => ({
  operation: 'trackEvent',
  input: {
    params: {},
    query: { dry: false },
    body: {
      type: activity.name,
      profileId: profileIdOf({ customer: activity.customer }, shop),
      attributes: {},
      sessionId: `${shop.platform}:${name}:customer:${id}`,
    },
  },
  history,
});

const NOTHING_SENT: ProfileHistory = { kind: 'profile', newest: { updatedAt: BEFORE_ALL, digest: '' } };

/** The history with these links too; with the very same `links` when it has them already. */
const withLinks = (before: ProfileHistory = NOTHING_SENT, links: readonly string[] = []): ProfileHistory => {
  const known = new Set(before.links);
  if (links.every((link) => known.has(link))) return before;
  return { ...before, links: [...known.union(new Set(links))].toSorted() };
};
