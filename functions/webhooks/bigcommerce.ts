import { bigcommerce } from '../../lib/commerce/platforms/bigcommerce/bigcommerce.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';

export const handler = webhookHandler(bigcommerce);
