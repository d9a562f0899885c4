import type { AnyOperation } from '../operation.ts';
import { deleteCustomerData } from './customer-data.ts';
import { trackEvent } from './events.ts';
import { updateCustomerProfileV2 } from './profiles.ts';
import { createReferral } from './referrals.ts';
import { updateCustomerSessionV2 } from './sessions.ts';

/** Every operation of the API that this collection knows, by id: the one place where they are listed. */
export const operations = {
  updateCustomerSessionV2,
  updateCustomerProfileV2,
  trackEvent,
  createReferral,
  deleteCustomerData,
} as const satisfies Record<string, AnyOperation>;

/** The id of an operation: the same word for the row, the client's method and the API document. */
export type OperationId = keyof typeof operations;
