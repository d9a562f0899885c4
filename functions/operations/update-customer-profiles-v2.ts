import { updateCustomerProfilesV2 as row } from '../../lib/contract/operations/profiles.ts';
import { updateCustomerProfilesV2 } from '../../lib/engine/profiles-bulk.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, updateCustomerProfilesV2);
