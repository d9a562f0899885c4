import type { CommerceEvent } from '../commerce/event.ts';
import type { Subject } from './trace.ts';

/** What a trace tells of an event; undefined when the event concerns no session. */
export const subjectOfEvent = (
  event: CommerceEvent,
  received: string,
  application: number | undefined,
): Subject | undefined => {
  const session = sessionOfEvent(event);
  if (session === undefined) return undefined;
  return {
    session,
    delivery: event.id,
    shop: event.shop,
    type: event.type,
    received,
    ...(application !== undefined && { application }),
    ...(event.type === 'order' && { order: event.order.id }),
  };
};

/** The session that an event is about, where it says so itself. */
export const sessionOfEvent = (event: CommerceEvent): string | undefined => {
  switch (event.type) {
    case 'cart':
      return event.cart.session;
    case 'order':
      return event.order.session;
    case 'activity':
      return 'session' in event.activity ? event.activity.session : undefined;
    default:
      return undefined;
  }
};

/** What a trace tells of a call that waited in a queue; undefined when it concerns no session. */
export const subjectOfCall = (call: {
  readonly application: number;
  readonly operation: string;
  readonly requestId: string;
  readonly session: string | undefined;
  readonly received?: string;
}): Subject | undefined => {
  const { application, operation: type, requestId: delivery, session, received } = call;
  return session === undefined
    ? undefined
    : { session, delivery, application, type, ...(received !== undefined && { received }) };
};
