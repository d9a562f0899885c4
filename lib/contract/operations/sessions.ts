import * as z from 'zod';
import { operation } from '../operation.ts';
import { NewCustomerSessionV2 } from '../schemas/session.ts';
import { IntegrationStateV2 } from '../schemas/state.ts';
import { flag, integrationId, optional } from '../wire.ts';

/** The parts that a session call may ask for beside its effects. */
export const SessionContent = z.enum([
  'customerSession',
  'customerProfile',
  'coupons',
  'triggeredCampaigns',
  'referral',
  'loyalty',
  'event',
  'awardedGiveaways',
  'ruleFailureReasons',
]);
export type SessionContent = z.output<typeof SessionContent>;

/** Creates or updates a session and evaluates the promotions (semantics.md §2.14). */
export const updateCustomerSessionV2 = operation({
  id: 'updateCustomerSessionV2',
  summary: 'Create, update, close or cancel a customer session and evaluate the promotions',
  method: 'PUT',
  path: '/v2/customer_sessions/{customerSessionId}',
  auth: ['apiKey'],
  seeds: ['2020-php', '2021-php'],
  params: z.object({ customerSessionId: integrationId }),
  query: z.object({ dry: flag(false) }),
  body: z.object({
    customerSession: NewCustomerSessionV2,
    responseContent: optional(z.array(SessionContent).max(100)),
  }),
  success: { status: 200, body: IntegrationStateV2 },
  errors: [400, 401, 409, 413],
  statusCodeOn400: false,
  repeat: 'safe',
  names: ({ params, body }) => ({
    profiles: body.customerSession.profileId ? [body.customerSession.profileId] : [],
    session: params.customerSessionId,
  }),
});
