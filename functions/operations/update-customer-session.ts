import { updateCustomerSession as row } from '../../lib/contract/operations/sessions.ts';
import { updateCustomerSession } from '../../lib/engine/sessions.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, updateCustomerSession);
