import * as z from 'zod';
import { inPath } from '../named.ts';
import { operation } from '../operation.ts';
import { integrationId, noBody } from '../wire.ts';

/** Deletes a person's data in every Application of the environment, at once (semantics.md §2.5, §11). */
export const deleteCustomerData = operation({
  id: 'deleteCustomerData',
  summary: 'Delete the attributes of a profile and of everything that refers to it',
  method: 'DELETE',
  path: '/v1/customer_data/{integrationId}',
  auth: ['apiKey', 'signature'],
  seeds: ['2019-java', '2019-go', '2020-php', '2021-php'],
  params: z.object({ integrationId }),
  query: z.object({}),
  body: noBody,
  success: { status: 204, body: z.undefined() },
  errors: [400, 401, 404, 409, 413],
  statusCodeOn400: true,
  repeat: 'safe',
  names: ({ params }) => ({ profiles: [inPath('integrationId', params.integrationId)] }),
  whenSuppressed: 'allow',
});
