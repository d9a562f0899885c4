import * as z from 'zod';
import { reader } from '../../fields.ts';
import type { CompleteContext, Subscription } from '../../platform.ts';
import { readAdmin } from './read-admin.ts';

const readWebhooks = reader(z.object({ webhooks: z.array(z.object({ topic: z.string(), address: z.string() })) }));

/**
 * The webhooks that this app made: Shopify removes one after eight failures in a row, so what is listed is well
 * (commerce-platforms.md §1). Those of the app's TOML file are not listed.
 *
 * @throws as `readApi` does.
 */
export const subscriptions = async (context: CompleteContext): Promise<Subscription[]> => {
  const request = { path: '/webhooks.json', params: {}, query: { limit: '250' }, read: readWebhooks } as const;
  const { content } = await readAdmin(request, context);
  return content.webhooks.map(({ topic, address }) => ({ name: topic, address, healthy: true, status: 'active' }));
};
