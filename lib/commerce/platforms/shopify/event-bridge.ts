import * as z from 'zod';
import type { Delivery } from '../../event.ts';
import { reader } from '../../fields.ts';
import { readJson } from '../../json.ts';

/** A delivery that came over EventBridge, and the shop that it is from. */
export interface BridgedDelivery {
  /** The shop's domain: `demo.myshopify.com`. */
  readonly domain: string;
  /** What `interpret` reads. */
  readonly delivery: Delivery;
}

const readEvent = reader(
  z.object({
    detail: z.object({
      payload: z.record(z.string(), z.unknown()),
      metadata: z.record(z.string(), z.unknown()),
    }),
  }),
);

/** The only header that `interpret` goes by. */
const TOPIC = 'x-shopify-topic';
const DOMAIN = 'x-shopify-shop-domain';

/**
 * Takes the delivery out of an event of Shopify's partner event source (commerce-platforms.md §1). Nothing in it is
 * signed: that the event is Shopify's must be made sure by the rule that passes it on, which names the source.
 *
 * @param event its text, so that ids keep their digits: let the rule send it to a queue.
 * @throws InvalidRequestError naming every fault.
 */
export const deliveryOf = (event: Uint8Array): BridgedDelivery => {
  const { payload, metadata } = readEvent(readJson(event)).detail;
  const headers = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
  const { [TOPIC]: topic, [DOMAIN]: domain } = readMetadata({ detail: { metadata: headers } }).detail.metadata;
  return {
    domain,
    // Written anew: two events of one payload are then the same delivery.
    delivery: { method: 'POST', query: {}, headers: { [TOPIC]: topic }, body: Buffer.from(JSON.stringify(payload)) },
  };
};

const readMetadata = reader(
  z.object({ detail: z.object({ metadata: z.object({ [TOPIC]: z.string(), [DOMAIN]: z.string().min(1) }) }) }),
);
