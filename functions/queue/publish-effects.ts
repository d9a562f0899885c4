import { outboxHandler } from '../../lib/lambda/outbox-handler.ts';

export const handler = outboxHandler();
