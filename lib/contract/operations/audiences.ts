import * as z from 'zod';
import { inBody } from '../named.ts';
import { operation } from '../operation.ts';
import { integrationId, MAX_ROWS } from '../wire.ts';

const Action = z.object({
  action: z.enum(['add', 'delete']),
  profileIntegrationId: integrationId,
  audienceId: z.int(),
});

/** Adds profiles to audiences and takes them out, up to 1000 actions in their order, all or none (semantics.md §2.10). */
export const updateCustomerProfileAudiences = operation({
  id: 'updateCustomerProfileAudiences',
  summary: 'Add customers to audiences and take them out, up to 1000 actions',
  method: 'POST',
  path: '/v2/customer_audiences',
  auth: ['apiKey', 'bearer'],
  seeds: ['2021-php'],
  params: z.object({}),
  query: z.object({}),
  body: z.object({ data: z.array(Action).max(MAX_ROWS) }),
  success: { status: 204, body: z.undefined() },
  errors: [400, 401, 404, 409, 413, 415],
  statusCodeOn400: true,
  repeat: 'safe',
  rows: 'data',
  names: ({ body }) => ({
    profiles: body.data.flatMap(({ profileIntegrationId }, index) =>
      inBody(['data', index, 'profileIntegrationId'], profileIntegrationId),
    ),
  }),
  whenSuppressed: 'refuse',
});
