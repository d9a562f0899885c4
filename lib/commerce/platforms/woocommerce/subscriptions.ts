import * as z from 'zod';
import { reader } from '../../fields.ts';
import type { CompleteContext, Subscription } from '../../platform.ts';
import { readShop } from './read-shop.ts';

const readWebhooks = reader(
  z.array(z.object({ topic: z.string(), status: z.string().max(50), delivery_url: z.string() })),
);

/**
 * The shop's webhooks. WooCommerce disables one after more than five failures, until a person enables it
 * (commerce-platforms.md §3).
 *
 * @throws as `readApi` does.
 */
export const subscriptions = async (context: CompleteContext): Promise<Subscription[]> => {
  const request = { path: '/webhooks', params: {}, query: { per_page: '100' }, read: readWebhooks } as const;
  const { content } = await readShop(request, context);
  return content.map(({ topic, status, delivery_url: address }) => ({
    name: topic,
    address,
    healthy: status === 'active',
    status,
  }));
};
