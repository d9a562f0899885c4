import type { Platform } from '../commerce/platform.ts';
import { adobeCommerce } from '../commerce/platforms/adobe-commerce/adobe-commerce.ts';
import { bigcommerce } from '../commerce/platforms/bigcommerce/bigcommerce.ts';
import { commercetools } from '../commerce/platforms/commercetools/commercetools.ts';
import { shopify } from '../commerce/platforms/shopify/shopify.ts';
import { standard } from '../commerce/platforms/standard/standard.ts';
import { stripe } from '../commerce/platforms/stripe/stripe.ts';
import { woocommerce } from '../commerce/platforms/woocommerce/woocommerce.ts';
import { Shop } from '../commerce/shops.ts';

/** Every platform, by its name. */
export const PLATFORMS: Readonly<Record<Shop['platform'], Platform>> = {
  shopify,
  commercetools,
  woocommerce,
  bigcommerce,
  'adobe-commerce': adobeCommerce,
  stripe,
  standard,
};

/** The names, as shops.yaml has them. */
export const PLATFORM_NAMES = Shop.shape.platform.options;
