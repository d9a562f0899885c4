import * as z from 'zod';
import { inBody } from '../named.ts';
import { operation } from '../operation.ts';
import { IntegrationState } from '../schemas/state.ts';
import { attributes, flag, integrationId, optional, profileReference } from '../wire.ts';

/** Records a custom event in a session and evaluates the promotions (semantics.md §2.8). */
export const trackEvent = operation({
  id: 'trackEvent',
  summary: 'Record an event in a session; a missing session or profile is created',
  method: 'POST',
  path: '/v1/events',
  auth: ['apiKey', 'signature'],
  seeds: ['2018-php', '2019-java', '2019-go', '2020-php', '2021-php'],
  params: z.object({}),
  query: z.object({ dry: flag(false) }),
  body: z.object({
    profileId: optional(profileReference),
    type: z
      .string()
      .min(1)
      .max(1000)
      .refine((type) => !type.startsWith('talon_'), 'names that start with talon_ are reserved'),
    attributes: attributes.transform((sent) => sent ?? {}),
    sessionId: integrationId,
  }),
  success: { status: 201, body: IntegrationState },
  errors: [400, 401, 409, 413, 415],
  statusCodeOn400: false,
  repeat: 'unsafe',
  names: ({ body }) => ({ profiles: inBody(['profileId'], body.profileId), session: body.sessionId }),
  whenSuppressed: (input) => ({ ...input, body: { ...input.body, profileId: '', attributes: {} } }),
});
