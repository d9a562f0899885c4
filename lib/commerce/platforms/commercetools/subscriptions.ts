import * as z from 'zod';
import { reader } from '../../fields.ts';
import type { CompleteContext, Subscription } from '../../platform.ts';
import type { ReadProject } from './read-project.ts';

const readList = reader(
  z.object({
    results: z.array(
      z.object({ id: z.string(), key: z.string().nullish(), status: z.string().max(50).default('Healthy') }),
    ),
  }),
);

/**
 * Makes what reads the project's subscriptions; anything but `Healthy` delivers nothing now, and some of it nothing ever
 * (commerce-platforms.md §2). Needs the scope `manage_subscriptions`.
 *
 * @throws as `readApi` does.
 */
export const subscriptionsIn =
  (read: ReadProject) =>
  async (context: CompleteContext): Promise<Subscription[]> => {
    const request = { path: '/subscriptions', params: {}, query: { limit: '100' }, read: readList } as const;
    const { content } = await read(request, context);
    return content.results.map(({ id, key, status }) => ({ name: key ?? id, healthy: status === 'Healthy', status }));
  };
