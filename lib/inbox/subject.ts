import type { CommerceEvent } from '../commerce/event.ts';
import type { Subject } from './trace.ts';

/** What a trace tells of an event; undefined when the event concerns no session. */
export const subjectOfEvent = (
  event: CommerceEvent,
  received: string,
  application: number | undefined,
): Subject | undefined => {
  if (event.type !== 'cart' && event.type !== 'order') return undefined;
  const { session } = event.type === 'cart' ? event.cart : event.order;
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
