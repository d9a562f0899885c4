import { verifyErasuresHandler } from '../../lib/lambda/erasure-handler.ts';

export const handler = verifyErasuresHandler();
