import { updateCustomerProfile as row } from '../../lib/contract/operations/profiles.ts';
import { updateCustomerProfile } from '../../lib/engine/profiles.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, updateCustomerProfile);
