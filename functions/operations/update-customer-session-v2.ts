import { updateCustomerSessionV2 as row } from '../../lib/contract/operations/sessions.ts';
import { updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, updateCustomerSessionV2);
