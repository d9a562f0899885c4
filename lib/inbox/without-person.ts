import type { Cart, CommerceEvent } from '../commerce/event.ts';

/**
 * What an event says without its person: an order or a cart of nobody, so that a paid order still closes. Undefined where
 * nothing is left, as of a customer's record.
 */
export const withoutPerson = (event: CommerceEvent): CommerceEvent | undefined => {
  switch (event.type) {
    case 'cart':
      return { ...event, cart: anonymous(event.cart) };
    case 'order':
      return { ...event, order: anonymous(event.order) };
    case 'customer':
      return undefined;
    case 'activity':
      return 'customer' in event.activity ? undefined : event;
    case 'erasure':
    case 'thin':
      return event;
  }
};

/** The other ids by which an event says that its customer may be known. */
export const linksIn = (event: CommerceEvent): readonly string[] => {
  if (event.type === 'customer') return event.customer.links ?? [];
  return event.type === 'activity' && 'links' in event.activity ? event.activity.links : [];
};

/** The same event, saying less of that: the very same where it says nothing of these ids. */
export const withoutLinks = (event: CommerceEvent, ids: ReadonlySet<string>): CommerceEvent => {
  if (!linksIn(event).some((link) => ids.has(link))) return event;
  const links = linksIn(event).filter((link) => !ids.has(link));
  if (event.type === 'customer') return { ...event, customer: { ...event.customer, links } };
  return event.type === 'activity' && 'links' in event.activity
    ? { ...event, activity: { ...event.activity, links } }
    : event;
};

const anonymous = <C extends Cart>({ buyer: _, ...cart }: C): Omit<C, 'buyer'> => ({ ...cart, facts: {} });
