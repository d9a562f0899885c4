import { updateCustomerProfileV2 as row } from '../../lib/contract/operations/profiles.ts';
import { updateCustomerProfileV2 } from '../../lib/engine/profiles.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, updateCustomerProfileV2);
