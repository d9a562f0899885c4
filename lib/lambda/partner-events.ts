import { domainOf, PARTNERS } from '../commerce/partner-sources.ts';
import { bigcommerce } from '../commerce/platforms/bigcommerce/bigcommerce.ts';
import { deliveryOf } from '../commerce/platforms/shopify/event-bridge.ts';
import { shopify } from '../commerce/platforms/shopify/shopify.ts';
import { stripe } from '../commerce/platforms/stripe/stripe.ts';
import { type Bridged, eventBridge } from './event-bridge.ts';
import type { Source } from './intake-handler.ts';

/** Shopify's events name the shop by its domain only; a shop that does not say its own may be any of them. */
const shopifyDelivery = (event: Uint8Array): Bridged => {
  const { domain, delivery } = deliveryOf(event);
  return { delivery, isFrom: (shop) => (domainOf(shop) ?? domain) === domain };
};

/** The platforms that deliver over Amazon EventBridge, as partner event sources (commerce-platforms.md §1, §4, §6). */
export const partnerSources: readonly Source[] = [
  { platform: shopify, unwrap: eventBridge(PARTNERS.shopify, shopifyDelivery) },
  { platform: bigcommerce, unwrap: eventBridge(PARTNERS.bigcommerce) },
  { platform: stripe, unwrap: eventBridge(PARTNERS.stripe) },
];
