import * as z from 'zod';
import { reader } from '../../fields.ts';
import type { CompleteContext, Subscription } from '../../platform.ts';
import { readStore } from './read-store.ts';

const readHooks = reader(
  z.object({ data: z.array(z.object({ scope: z.string(), destination: z.string(), is_active: z.boolean() })) }),
);

/**
 * The hooks of this app. BigCommerce deactivates one that fails for two days or delivers nothing for ninety
 * (commerce-platforms.md §4).
 *
 * @throws as `readApi` does.
 */
export const subscriptions = async (context: CompleteContext): Promise<Subscription[]> => {
  const request = { path: '/v3/hooks', params: {}, query: { limit: '250' }, read: readHooks } as const;
  const { data } = await readStore(request, context);
  return data.map(({ scope, destination: address, is_active: healthy }) => ({
    name: scope,
    address,
    healthy,
    status: healthy ? 'active' : 'inactive',
  }));
};
