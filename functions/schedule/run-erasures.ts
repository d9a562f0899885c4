import { runErasuresHandler } from '../../lib/lambda/erasure-handler.ts';

export const handler = runErasuresHandler();
