import { stripe } from '../../lib/commerce/platforms/stripe/stripe.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';

export const handler = webhookHandler(stripe);
