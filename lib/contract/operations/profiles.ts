import * as z from 'zod';
import { inBody, inPath } from '../named.ts';
import { operation } from '../operation.ts';
import { CustomerInventory } from '../schemas/inventory.ts';
import { CustomerProfileList } from '../schemas/profile.ts';
import {
  IntegrationState,
  IntegrationStateV2,
  MultipleCustomerProfileIntegrationResponseV2,
} from '../schemas/state.ts';
import {
  attributes,
  flag,
  integrationId,
  MAX_ROWS,
  noBody,
  optional,
  optionalBody,
  silent,
  someAttributes,
} from '../wire.ts';

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
  errors: [400, 401, 409, 413, 415],
  statusCodeOn400: true,
  repeat: 'safe',
  names: ({ params }) => ({ profiles: [inPath('integrationId', params.integrationId)] }),
  whenSuppressed: 'refuse',
});

/** Creates or updates a profile as the clients of 2018 and 2019 do: the rules always run (semantics.md §2.9). */
export const updateCustomerProfile = operation({
  id: 'updateCustomerProfile',
  summary: 'Create or update a customer profile and evaluate the promotions, in the first version of the API',
  method: 'PUT',
  path: '/v1/customer_profiles/{integrationId}',
  auth: ['apiKey', 'signature'],
  seeds: ['2018-php', '2019-java', '2019-go', '2020-php', '2021-php'],
  replacedBy: 'updateCustomerProfileV2',
  params: z.object({ integrationId }),
  query: z.object({ dry: flag(false) }),
  body: optionalBody(z.object({ attributes })),
  success: { status: 200, body: IntegrationState },
  errors: [400, 401, 409, 413, 415],
  statusCodeOn400: true,
  repeat: 'safe',
  names: ({ params }) => ({ profiles: [inPath('integrationId', params.integrationId)] }),
  whenSuppressed: 'refuse',
});

/** Creates or updates up to 1000 profiles, all or none; rules never run (semantics.md §2.12). */
export const updateCustomerProfilesV2 = operation({
  id: 'updateCustomerProfilesV2',
  summary: 'Create or update up to 1000 customer profiles; silent=yes answers nothing',
  method: 'PUT',
  path: '/v2/customer_profiles',
  auth: ['apiKey'],
  seeds: ['2021-php'],
  params: z.object({}),
  query: z.object({ silent }),
  body: z.object({
    customerProfiles: z.array(z.object({ integrationId, attributes })).min(1).max(MAX_ROWS),
  }),
  success: { status: 200, body: MultipleCustomerProfileIntegrationResponseV2.optional() },
  errors: [400, 401, 409, 413, 415],
  statusCodeOn400: true,
  repeat: 'safe',
  rows: 'customerProfiles',
  names: ({ body }) => ({
    profiles: body.customerProfiles.flatMap(({ integrationId }, index) =>
      inBody(['customerProfiles', index, 'integrationId'], integrationId),
    ),
  }),
  whenSuppressed: 'refuse',
});

/** Finds the profiles that have all the given attributes (semantics.md §2.7). */
export const getCustomerProfilesByAttributes = operation({
  id: 'getCustomerProfilesByAttributes',
  summary: 'Find the customer profiles that have all of the given attributes',
  method: 'POST',
  path: '/v1/customer_profiles_search',
  auth: ['apiKey', 'signature'],
  seeds: ['2018-php'],
  params: z.object({}),
  query: z.object({}),
  // Without any, every profile would match.
  body: z.object({ attributes: someAttributes }),
  success: { status: 200, body: CustomerProfileList },
  errors: [400, 401, 413, 415],
  statusCodeOn400: true,
  repeat: 'safe',
  names: () => ({ profiles: [] }),
  whenSuppressed: 'allow',
});

/** Reads what belongs to a profile; each part only when its flag asks for it (semantics.md §2.6). */
export const getCustomerInventory = operation({
  id: 'getCustomerInventory',
  summary: 'Read what belongs to a customer: profile, referrals, coupons, loyalty, giveaways',
  method: 'GET',
  path: '/v1/customer_profiles/{integrationId}/inventory',
  auth: ['apiKey', 'signature'],
  seeds: ['2020-php', '2021-php'],
  params: z.object({ integrationId }),
  query: z.object({
    profile: flag(false),
    referrals: flag(false),
    coupons: flag(false),
    loyalty: flag(false),
    giveaways: flag(false),
  }),
  body: noBody,
  success: { status: 200, body: CustomerInventory },
  errors: [400, 401, 404],
  statusCodeOn400: true,
  repeat: 'safe',
  names: ({ params }) => ({ profiles: [inPath('integrationId', params.integrationId)] }),
  whenSuppressed: 'allow',
});
