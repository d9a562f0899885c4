import { deleteCustomerData } from '../../lib/engine/deletion.ts';
import { trackEvent } from '../../lib/engine/events.ts';
import { updateCustomerProfileV2 } from '../../lib/engine/profiles.ts';
import { createReferral } from '../../lib/engine/referrals.ts';
import { updateCustomerSessionV2 } from '../../lib/engine/sessions.ts';
import { inboxHandler } from '../../lib/lambda/inbox-handler.ts';

export const handler = inboxHandler({
  updateCustomerSessionV2,
  updateCustomerProfileV2,
  trackEvent,
  createReferral,
  deleteCustomerData,
});
