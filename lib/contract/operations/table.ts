import type { AnyOperation } from '../operation.ts';
import { updateCustomerProfileAudiences } from './audiences.ts';
import {
  createCouponReservation,
  deleteCouponReservation,
  getReservedCoupons,
  getReservedCustomers,
} from './coupons.ts';
import { deleteCustomerData } from './customer-data.ts';
import { trackEvent } from './events.ts';
import {
  getCustomerInventory,
  getCustomerProfilesByAttributes,
  updateCustomerProfile,
  updateCustomerProfilesV2,
  updateCustomerProfileV2,
} from './profiles.ts';
import { createReferral, createReferralsForMultipleAdvocates } from './referrals.ts';
import { updateCustomerSession, updateCustomerSessionV2 } from './sessions.ts';

/** Every operation of the API that this collection knows, by id: the one place where they are listed. */
export const operations = {
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
} as const satisfies Record<string, AnyOperation>;

/** The id of an operation: the same word for the row, the client's method and the API document. */
export type OperationId = keyof typeof operations;
