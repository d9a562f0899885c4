import { trackEvent as row } from '../../lib/contract/operations/events.ts';
import { trackEvent } from '../../lib/engine/events.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, trackEvent);
