import * as z from 'zod';
import { reader } from '../../fields.ts';
import type { CompleteContext, Subscription } from '../../platform.ts';
import { listOf } from './fields.ts';
import { readAccount } from './read-account.ts';

const readEndpoints = reader(listOf(z.object({ id: z.string(), url: z.string(), status: z.string().max(50) })));

/** The account's endpoints; Stripe disables one that fails for days. @throws as `readApi` does. */
export const subscriptions = async (context: CompleteContext): Promise<Subscription[]> => {
  const request = { path: '/v1/webhook_endpoints', params: {}, query: { limit: '100' }, read: readEndpoints } as const;
  const { data } = await readAccount(request, context);
  return data.map(({ id, url, status }) => ({ name: id, address: url, healthy: status === 'enabled', status }));
};
