import * as z from 'zod';
import { readJson } from '../commerce/json.ts';
import type { Brought, Unwrap } from './intake-handler.ts';

const Event = z.object({ source: z.string(), detail: z.record(z.string(), z.unknown()) });

/**
 * Takes deliveries out of the events of a partner's event source in Amazon EventBridge, whose rule sends them to a queue:
 * as text, so that ids keep their digits, and with tries and dead letters that a direct call would not have. EventBridge
 * keeps no order; the inbox makes it.
 *
 * @param partner as the source names it: `shopify.com` in `aws.partner/shopify.com/…`.
 * @param read takes the delivery out of the event's text. Default: its detail is the body.
 */
export const eventBridge =
  (partner: string, read: (event: Uint8Array) => Brought = detailOf): Unwrap =>
  (body) => {
    const event = Event.safeParse(readJson(body));
    return event.success && event.data.source.startsWith(`aws.partner/${partner}/`) ? read(body) : undefined;
  };

const detailOf = (event: Uint8Array): Brought => {
  // Written anew: two events of one detail are then the same delivery.
  const body = Buffer.from(JSON.stringify(Event.parse(readJson(event)).detail));
  return { delivery: { method: 'POST', query: {}, headers: {}, body } };
};
