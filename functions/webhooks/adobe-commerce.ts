import { adobeCommerce } from '../../lib/commerce/platforms/adobe-commerce/adobe-commerce.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';

export const handler = webhookHandler(adobeCommerce);
