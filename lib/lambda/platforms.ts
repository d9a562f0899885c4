import type { Platform } from '../commerce/platform.ts';
import type { Shop } from '../commerce/shops.ts';

/**
 * The platforms that shops are on, each loaded when it is first asked for: who needs one by its shop's name, now and then,
 * starts without any.
 */
export const platforms: ReadonlyMap<string, () => Promise<Platform>> = new Map(
  Object.entries({
    'adobe-commerce': async () =>
      (await import('../commerce/platforms/adobe-commerce/adobe-commerce.ts')).adobeCommerce,
    bigcommerce: async () => (await import('../commerce/platforms/bigcommerce/bigcommerce.ts')).bigcommerce,
    commercetools: async () => (await import('../commerce/platforms/commercetools/commercetools.ts')).commercetools,
    shopify: async () => (await import('../commerce/platforms/shopify/shopify.ts')).shopify,
    standard: async () => (await import('../commerce/platforms/standard/standard.ts')).standard,
    stripe: async () => (await import('../commerce/platforms/stripe/stripe.ts')).stripe,
    woocommerce: async () => (await import('../commerce/platforms/woocommerce/woocommerce.ts')).woocommerce,
  } satisfies Record<Shop['platform'], () => Promise<Platform>>),
);
