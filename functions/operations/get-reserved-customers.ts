import { getReservedCustomers as row } from '../../lib/contract/operations/coupons.ts';
import { getReservedCustomers } from '../../lib/engine/reserved.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, getReservedCustomers);
