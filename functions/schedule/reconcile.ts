import { adobeCommerce } from '../../lib/commerce/platforms/adobe-commerce/adobe-commerce.ts';
import { bigcommerce } from '../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { commercetools } from '../../lib/commerce/platforms/commercetools/commercetools.ts';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import { stripe } from '../../lib/commerce/platforms/stripe/stripe.ts';
import { woocommerce } from '../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { reconcileHandler } from '../../lib/lambda/reconcile-handler.ts';

export const handler = reconcileHandler([shopify, woocommerce, bigcommerce, commercetools, adobeCommerce, stripe]);
