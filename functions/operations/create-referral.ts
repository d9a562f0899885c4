import { createReferral as row } from '../../lib/contract/operations/referrals.ts';
import { createReferral } from '../../lib/engine/referrals.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, createReferral);
