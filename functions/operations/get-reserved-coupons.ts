import { getReservedCoupons as row } from '../../lib/contract/operations/coupons.ts';
import { getReservedCoupons } from '../../lib/engine/reserved.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, getReservedCoupons);
