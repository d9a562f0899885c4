import { groupOf } from '../commerce/decide.ts';
import type { CommerceEvent } from '../commerce/event.ts';
import type { Shop } from '../commerce/shops.ts';
import { TooLargeError } from '../contract/errors.ts';
import type { Segment } from '../store/segment.ts';
import { eventName } from './mark.ts';
import { commerceMessage } from './message.ts';
import { MAX_MESSAGE_BYTES, type Queue } from './queue.ts';

/** What enqueueing needs. */
export interface EnqueueDeps {
  readonly inbox: Queue;
  readonly segment: Segment;
  now(): Date;
  /** `none`: nothing that the events bring about is published. */
  readonly effects?: 'none';
  /** The events were asked for: nobody delivered them. */
  readonly listed?: true;
}

/**
 * Puts an event into the inbox, in the group of everything that must happen in order with it.
 *
 * @throws TooLargeError when no queue message can hold it; whatever the queue throws when it cannot be reached.
 */
export const enqueueEvent = async (event: CommerceEvent, shop: Shop, deps: EnqueueDeps): Promise<void> => {
  const body = commerceMessage(event, deps.now(), deps);
  if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES) throw new TooLargeError('What this delivery says is too large');
  // A crash after this leaves the event queued and the sender without an answer: it sends again, and one is dropped.
  await deps.inbox.send({
    body,
    group: deps.segment(...groupOf(event, shop)),
    deduplicationId: deduplicationOf(event, deps.now()),
  });
};

/**
 * A thin event says no more than: look. Said again in the same bytes it may tell of another change, since BigCommerce's
 * hooks name a second and nothing else; only what was received at the same moment is surely not looked at yet. Looked at in
 * vain it does no harm.
 */
const deduplicationOf = (event: CommerceEvent, received: Date): string =>
  event.type === 'thin' ? `${eventName(event)}/${received.getTime()}` : eventName(event);
