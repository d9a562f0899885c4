import { createCouponReservation as row } from '../../lib/contract/operations/coupons.ts';
import { createCouponReservation } from '../../lib/engine/reservations.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, createCouponReservation);
