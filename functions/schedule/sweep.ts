import { updateCustomerProfileAudiences } from '../../lib/engine/audiences.ts';
import { updateCustomerProfilesV2 } from '../../lib/engine/profiles-bulk.ts';
import { createReferralsForMultipleAdvocates } from '../../lib/engine/referral-batch.ts';
import { createCouponReservation, deleteCouponReservation } from '../../lib/engine/reservations.ts';
import { sweepHandler } from '../../lib/lambda/sweep-handler.ts';

export const handler = sweepHandler([
  updateCustomerProfilesV2,
  updateCustomerProfileAudiences,
  createCouponReservation,
  deleteCouponReservation,
  createReferralsForMultipleAdvocates,
]);
