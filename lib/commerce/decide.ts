import { decideSession } from './decide-session.ts';
import type { CommerceEvent, Version } from './event.ts';
import type { History, ProfileHistory } from './history.ts';
import { profileBody, profileIdOf } from './mapping.ts';
import { compareVersions } from './picture.ts';
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
    case 'customer':
      return decideCustomer(event, history?.kind === 'profile' ? history : undefined, shop);
    default:
      return decideSession(event, history?.kind === 'profile' ? undefined : history, shop);
  }
};

type CustomerEvent = Extract<CommerceEvent, { type: 'customer' }>;

const decideCustomer = (event: CustomerEvent, before: ProfileHistory | undefined, shop: Shop): Decision => {
  const newest: Version = event.version;
  const order = before ? compareVersions(newest, before.newest) : 1;
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
        history: { kind: 'profile', newest },
      },
    ],
  };
};

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
    case 'thin':
      return event.session === undefined
        ? ['thin', event.shop, event.resource]
        : ['session', event.shop, event.session];
  }
};

/** Names what must happen in order: everything about one session, everything about one profile. */
export const groupOf = historyOf;
