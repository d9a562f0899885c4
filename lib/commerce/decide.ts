import { decideCartDeleted } from './decide-cart-deleted.ts';
import { decideCustomer, decideCustomerActivity } from './decide-customer.ts';
import { decideSession } from './decide-session.ts';
import type { CommerceEvent } from './event.ts';
import type { History } from './history.ts';
import { profilesOf } from './mapping.ts';
import { profileIdOf } from './naming.ts';
import type { Shop } from './shops.ts';
import type { Decision } from './step.ts';

export type { History } from './history.ts';
export { profileOf } from './mapping.ts';
export type { Decision, Step } from './step.ts';

/**
 * Decides which calls an event comes to, from what is known of its session or customer. Pure: decided again with the
 * history that a step left behind, it goes on from there.
 *
 * @throws UnusableEventError when no call can say what the event says.
 */
export const decide = (event: CommerceEvent, history: History | undefined, shop: Shop): Decision => {
  switch (event.type) {
    case 'thin':
      return { outcome: 'waiting', reason: 'says too little', steps: [] };
    case 'erasure':
      // No call deletes anybody: a request does, in its own time.
      return { outcome: 'ignored', reason: 'opens a privacy request', steps: [] };
    case 'customer':
      return decideCustomer(event, profileIn(history), shop);
    case 'activity':
      return decideActivity(event, history, shop);
    default:
      return decideSession(event, sessionIn(history), shop);
  }
};

const decideActivity = (
  event: Extract<CommerceEvent, { type: 'activity' }>,
  history: History | undefined,
  shop: Shop,
): Decision => {
  const { activity } = event;
  return activity.name === 'cart_deleted'
    ? decideCartDeleted(activity.session, sessionIn(history))
    : decideCustomerActivity(event, activity, profileIn(history), shop);
};

const profileIn = (history: History | undefined) => (history?.kind === 'profile' ? history : undefined);
const sessionIn = (history: History | undefined) => (history?.kind === 'profile' ? undefined : history);

/** Names the history of a profile. */
export const historyOfProfile = (profile: string): readonly string[] => ['profile', profile];

/**
 * Names the history that an event is decided by: one for each session of a shop, and one for each profile, whichever
 * shop tells of it. What another shop's path is sent of a customer is so compared with everything known of them.
 */
export const historyOf = (event: CommerceEvent, shop: Shop): readonly string[] => {
  switch (event.type) {
    case 'cart':
      return ['session', event.shop, event.cart.session];
    case 'order':
      return ['session', event.shop, event.order.session];
    case 'customer':
      return historyOfProfile(profileIdOf({ customer: event.customer.id }, shop));
    case 'erasure': {
      const [profile] = profilesOf(event.intake, shop);
      return profile === undefined ? ['erasure', event.shop, event.intake.requestId] : historyOfProfile(profile);
    }
    case 'activity':
      return event.activity.name === 'cart_deleted'
        ? ['session', event.shop, event.activity.session]
        : historyOfProfile(profileIdOf({ customer: event.activity.customer }, shop));
    case 'thin':
      return event.session === undefined
        ? ['thin', event.shop, event.resource]
        : ['session', event.shop, event.session];
  }
};

/** Names what must happen in order: everything about one session, everything about one profile. */
export const groupOf = historyOf;
