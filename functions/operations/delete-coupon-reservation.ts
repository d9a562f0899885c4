import { deleteCouponReservation as row } from '../../lib/contract/operations/coupons.ts';
import { deleteCouponReservation } from '../../lib/engine/reservations.ts';
import { operationHandler } from '../../lib/lambda/operation-handler.ts';

export const handler = operationHandler(row, deleteCouponReservation);
