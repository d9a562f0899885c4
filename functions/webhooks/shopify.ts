import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';

export const handler = webhookHandler(shopify);
