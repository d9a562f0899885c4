import { woocommerce } from '../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';

export const handler = webhookHandler(woocommerce);
