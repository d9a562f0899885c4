import { healthHandler } from '../../lib/lambda/health-handler.ts';

export const handler = healthHandler();
