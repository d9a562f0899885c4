import * as z from 'zod';
import { operation } from '../operation.ts';
import { IntegrationStateV2 } from '../schemas/state.ts';
import { attributes, flag, integrationId, optional } from '../wire.ts';

/** The parts that a profile call may ask for beside its effects. */
export const ProfileContent = z.enum([
  'customerProfile',
  'triggeredCampaigns',
  'loyalty',
  'event',
  'awardedGiveaways',
  'ruleFailureReasons',
]);
export type ProfileContent = z.output<typeof ProfileContent>;

/** Creates or updates a profile; rules run only when asked (semantics.md §2.11). */
export const updateCustomerProfileV2 = operation({
  id: 'updateCustomerProfileV2',
  summary: 'Create or update a customer profile; runRuleEngine=true evaluates the promotions',
  method: 'PUT',
  path: '/v2/customer_profiles/{integrationId}',
  auth: ['apiKey'],
  seeds: ['2021-php'],
  params: z.object({ integrationId }),
  query: z.object({ runRuleEngine: flag(false), dry: flag(false) }),
  body: z.object({
    attributes,
    audiencesChanges: optional(z.object({ adds: z.array(z.int()).max(1000), deletes: z.array(z.int()).max(1000) })),
    responseContent: optional(z.array(ProfileContent).max(100)),
  }),
  success: { status: 200, body: IntegrationStateV2 },
  errors: [400, 401, 409, 413],
  statusCodeOn400: true,
  repeat: 'safe',
  names: ({ params }) => ({ profiles: [params.integrationId] }),
});
