import { updateCustomerProfileAudiences as row } from '../../lib/contract/operations/audiences.ts';
import { updateCustomerProfileAudiences } from '../../lib/engine/audiences.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, updateCustomerProfileAudiences);
