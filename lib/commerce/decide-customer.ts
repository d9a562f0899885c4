import type { Activity, CommerceEvent } from './event.ts';
import { BEFORE_ALL } from './fields.ts';
import type { ProfileHistory } from './history.ts';
import { profileBody } from './mapping.ts';
import { profileIdOf } from './naming.ts';
import { compareVersions } from './picture.ts';
import type { Shop } from './shops.ts';
import type { Decision, Step } from './step.ts';

type CustomerEvent = Extract<CommerceEvent, { type: 'customer' }>;

/** Decides what a picture of a customer's record changes in their profile. */
export const decideCustomer = (event: CustomerEvent, before: ProfileHistory | undefined, shop: Shop): Decision => {
  const order = before ? compareVersions(event.version, before.newest) : 1;
  if (order === 0) return { outcome: 'duplicate', reason: 'same picture', steps: [] };
  if (order < 0) return { outcome: 'stale', reason: 'older picture', steps: [] };
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
        history: { ...NOTHING_SENT, ...before, newest: event.version },
      },
    ],
  };
};

/** What happens to a customer's record. */
export type CustomerActivity = Exclude<Activity, { name: 'cart_deleted' }>;

/**
 * Decides what to report of a customer, each thing once. Nothing is merged; by which other ids they may be known is kept
 * elsewhere, whatever is decided here (lib/inbox/note-links.ts).
 */
export const decideCustomerActivity = (
  event: Pick<CommerceEvent, 'id' | 'shop'>,
  activity: CustomerActivity,
  before: ProfileHistory = NOTHING_SENT,
  shop: Shop,
): Decision => {
  const reported = (history: ProfileHistory): Decision => ({
    outcome: 'applied',
    reason: 'event reported',
    steps: [customerEvent(event, activity, shop, history)],
  });
  switch (activity.name) {
    case 'customer_linked':
      return { outcome: 'applied', reason: 'profile linked', steps: [] };
    case 'customer_deleted':
      return before.deleted ? REPORTED : reported({ ...before, deleted: true });
    case 'customer_merged': {
      const known = new Set(before.merged);
      const merged = known.union(new Set(activity.links));
      return merged.size === known.size ? REPORTED : reported({ ...before, merged: [...merged].toSorted() });
    }
  }
};

const REPORTED: Decision = { outcome: 'duplicate', reason: 'reported before', steps: [] };

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
