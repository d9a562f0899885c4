import { bigcommerce } from '../commerce/platforms/bigcommerce/bigcommerce.ts';
import { deliveryOf } from '../commerce/platforms/shopify/event-bridge.ts';
import { shopify } from '../commerce/platforms/shopify/shopify.ts';
import { stripe } from '../commerce/platforms/stripe/stripe.ts';
import type { Shop } from '../commerce/shops.ts';
import { eventBridge } from './event-bridge.ts';
import type { Brought, Source } from './intake-handler.ts';

/** Shopify's events name the shop by its domain only; a shop that does not say its own may be any of them. */
const shopifyDelivery = (event: Uint8Array): Brought => {
  const { domain, delivery } = deliveryOf(event);
  return { delivery, isFrom: ({ api }: Shop) => api === undefined || new URL(api.url).hostname === domain };
};

/** The platforms that deliver over Amazon EventBridge, as partner event sources (commerce-platforms.md §1, §4, §6). */
export const partnerSources: readonly Source[] = [
  { platform: shopify, unwrap: eventBridge('shopify.com', shopifyDelivery) },
  { platform: bigcommerce, unwrap: eventBridge('bigcommerce.com') },
  { platform: stripe, unwrap: eventBridge('stripe.com') },
];
