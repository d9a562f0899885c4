import { unservedHandler } from '../../lib/lambda/unserved-handler.ts';

export const handler = unservedHandler();
