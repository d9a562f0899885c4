import * as z from 'zod';
import { inBody } from '../named.ts';
import { operation } from '../operation.ts';
import { NewCustomerSession, NewCustomerSessionV2 } from '../schemas/session.ts';
import { IntegrationState, IntegrationStateV2 } from '../schemas/state.ts';
import { anonymousContent } from '../suppressed-input.ts';
import { flag, integrationId, optional, optionalBody } from '../wire.ts';

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
  errors: [400, 401, 409, 413, 415],
  statusCodeOn400: false,
  repeat: 'safe',
  names: ({ params, body }) => ({
    profiles: inBody(['customerSession', 'profileId'], body.customerSession.profileId),
    session: params.customerSessionId,
  }),
  whenSuppressed: (input) => ({
    ...input,
    body: { ...input.body, customerSession: anonymousContent(input.body.customerSession) },
  }),
});

/** Creates or updates a session as the clients of 2018 and 2019 do (semantics.md §2.13): one coupon, one referral. */
export const updateCustomerSession = operation({
  id: 'updateCustomerSession',
  summary: 'Create, update, close or cancel a customer session, in the first version of the API',
  method: 'PUT',
  path: '/v1/customer_sessions/{customerSessionId}',
  auth: ['apiKey', 'signature'],
  seeds: ['2018-php', '2019-java', '2019-go', '2020-php', '2021-php'],
  replacedBy: 'updateCustomerSessionV2',
  params: z.object({ customerSessionId: integrationId }),
  query: z.object({ dry: flag(false) }),
  body: optionalBody(NewCustomerSession),
  success: { status: 200, body: IntegrationState },
  errors: [400, 401, 409, 413, 415],
  statusCodeOn400: false,
  repeat: 'safe',
  names: ({ params, body }) => ({
    profiles: inBody(['profileId'], body.profileId),
    session: params.customerSessionId,
  }),
  whenSuppressed: (input) => ({ ...input, body: anonymousContent(input.body) }),
});
