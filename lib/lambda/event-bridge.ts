import * as z from 'zod';
import type { Delivery } from '../commerce/event.ts';
import { readJson } from '../commerce/json.ts';
import { confusedAmong } from '../commerce/partner-sources.ts';
import type { Shop, Shops } from '../commerce/shops.ts';
import { ConfigurationError } from '../contract/errors.ts';
import type { Unwrap } from './intake-handler.ts';

const Event = z.object({ source: z.string(), detail: z.record(z.string(), z.unknown()) });

/** A delivery as an event brings it. */
export interface Bridged {
  readonly delivery: Delivery;
  /** Whether it is from this shop, where the event says so beside the body. */
  isFrom?(shop: Shop): boolean;
}

/**
 * Takes deliveries out of the events of a partner's event source in Amazon EventBridge, whose rule sends them to a queue:
 * as text, so that ids keep their digits, and with tries and dead letters that a direct call would not have. EventBridge
 * keeps no order; the inbox makes it.
 *
 * A delivery is from a shop that names the event's source, or, where none does, from one that names no source. Where several
 * do and their deliveries cannot be told apart, nothing is taken: `among` throws ConfigurationError, and all of it waits
 * until shops.yaml says which is whose.
 *
 * @param partner as the source names it: `shopify.com` in `aws.partner/shopify.com/…`.
 * @param read takes the delivery out of the event's text. Default: its detail is the body.
 */
export const eventBridge =
  (partner: string, read: (event: Uint8Array) => Bridged = detailOf): Unwrap =>
  (body) => {
    const event = Event.safeParse(readJson(body));
    if (!event.success || !event.data.source.startsWith(`aws.partner/${partner}/`)) return undefined;
    const { source } = event.data;
    const { delivery, isFrom = () => true } = read(body);
    return {
      delivery,
      among: (shops) => new Map([...fedBy(source, shops)].filter(([, shop]) => isFrom(shop))),
    };
  };

const fedBy = (source: string, shops: Shops): Shops => {
  const naming = (name: string | undefined) =>
    new Map([...shops].filter(([, { eventSource }]) => eventSource === name));
  const own = naming(source);
  const fed = own.size > 0 ? own : naming(undefined);
  const confused = confusedAmong(fed);
  if (!confused) return fed;
  const { one, other, remedy } = confused;
  throw new ConfigurationError(`shops.yaml: what ${source} delivers may be from ${one} or from ${other}: ${remedy}`);
};

const detailOf = (event: Uint8Array): Bridged => {
  // Written anew: two events of one detail are then the same delivery.
  const body = Buffer.from(JSON.stringify(Event.parse(readJson(event)).detail));
  return { delivery: { method: 'POST', query: {}, headers: {}, body } };
};
