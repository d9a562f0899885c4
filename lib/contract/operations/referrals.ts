import * as z from 'zod';
import { operation } from '../operation.ts';
import { Referral } from '../schemas/codes.ts';
import { attributes, integrationId, optional, profileReference, time } from '../wire.ts';

/** Makes a new referral code for one advocate; every call makes another (semantics.md §2.2). */
export const createReferral = operation({
  id: 'createReferral',
  summary: 'Create a referral code for one advocate',
  method: 'POST',
  path: '/v1/referrals',
  auth: ['apiKey', 'signature'],
  seeds: ['2018-php', '2019-java', '2019-go', '2020-php', '2021-php'],
  params: z.object({}),
  query: z.object({}),
  body: z.object({
    campaignId: z.int(),
    advocateProfileIntegrationId: integrationId,
    friendProfileIntegrationId: optional(profileReference),
    startDate: time,
    expiryDate: time,
    usageLimit: optional(z.int().min(0).max(999_999)),
    attributes,
  }),
  success: { status: 201, body: Referral },
  errors: [400, 401, 404, 409, 413],
  statusCodeOn400: false,
  repeat: 'unsafe',
  names: ({ body }) => ({
    profiles: [body.advocateProfileIntegrationId, body.friendProfileIntegrationId ?? ''].filter((id) => id !== ''),
  }),
});
