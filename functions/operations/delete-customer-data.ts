import { deleteCustomerData as row } from '../../lib/contract/operations/customer-data.ts';
import { deleteCustomerData } from '../../lib/engine/deletion.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, deleteCustomerData);
