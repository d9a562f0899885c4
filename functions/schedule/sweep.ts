import { sweepHandler } from '../../lib/lambda/sweep-handler.ts';

export const handler = sweepHandler();
