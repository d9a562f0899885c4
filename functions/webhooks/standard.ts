import { standard } from '../../lib/commerce/platforms/standard/standard.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';

export const handler = webhookHandler(standard);
