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
export const linksIn = (event: CommerceEvent): readonly string[] =>
  event.type === 'customer' ? (event.customer.links ?? []) : [];

/** The same event, saying less of that: the very same where it says nothing of these ids. */
export const withoutLinks = (event: CommerceEvent, ids: ReadonlySet<string>): CommerceEvent => {
  const links = linksIn(event);
  if (event.type !== 'customer' || !links.some((link) => ids.has(link))) return event;
  return { ...event, customer: { ...event.customer, links: links.filter((link) => !ids.has(link)) } };
};

const anonymous = <C extends Cart>({ buyer: _, ...cart }: C): Omit<C, 'buyer'> => ({ ...cart, facts: {} });
