import { createReferralsForMultipleAdvocates as row } from '../../lib/contract/operations/referrals.ts';
import { createReferralsForMultipleAdvocates } from '../../lib/engine/referral-batch.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, createReferralsForMultipleAdvocates);
