import { updateCustomerProfileAudiences } from '../../lib/engine/audiences.ts';
import { deleteCustomerData } from '../../lib/engine/deletion.ts';
import { trackEvent } from '../../lib/engine/events.ts';
import { getCustomerInventory } from '../../lib/engine/inventory.ts';
import { getCustomerProfilesByAttributes } from '../../lib/engine/profile-search.ts';
import { updateCustomerProfile, updateCustomerProfileV2 } from '../../lib/engine/profiles.ts';
import { updateCustomerProfilesV2 } from '../../lib/engine/profiles-bulk.ts';
import { createReferralsForMultipleAdvocates } from '../../lib/engine/referral-batch.ts';
import { createReferral } from '../../lib/engine/referrals.ts';
import { createCouponReservation, deleteCouponReservation } from '../../lib/engine/reservations.ts';
import { getReservedCoupons, getReservedCustomers } from '../../lib/engine/reserved.ts';
import { updateCustomerSession, updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { inboxHandler } from '../../lib/lambda/inbox-handler.ts';
import { platforms } from '../../lib/lambda/platforms.ts';

export const handler = inboxHandler(
  {
    updateCustomerSessionV2,
    updateCustomerSession,
    updateCustomerProfileV2,
    updateCustomerProfile,
    updateCustomerProfilesV2,
    getCustomerProfilesByAttributes,
    getCustomerInventory,
    updateCustomerProfileAudiences,
    trackEvent,
    createCouponReservation,
    deleteCouponReservation,
    getReservedCustomers,
    getReservedCoupons,
    createReferral,
    createReferralsForMultipleAdvocates,
    deleteCustomerData,
  },
  platforms,
);
