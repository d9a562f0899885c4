import type { CommerceEvent } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { customerOf, readCustomer } from './customer.ts';
import { orderOf, readOrder } from './order.ts';
import { readRest } from './read-rest.ts';
import { returnsFor } from './returns-for.ts';

/**
 * Reads the order, with its credit memos, or the customer that a thin event names, as it is now.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does.
 */
export const complete = async (
  { id, shop, resource }: Extract<CommerceEvent, { type: 'thin' }>,
  context: CompleteContext,
): Promise<CommerceEvent[]> => {
  const [kind, key = ''] = resource.split('/');
  const params = { id: key };
  switch (kind) {
    case 'order': {
      const { content, digest } = await readRest({ path: '/orders/{id}', params, read: readOrder }, context);
      const returns = await returnsFor(content, context);
      const version = { updatedAt: content.updated_at, digest };
      return [{ id, shop, type: 'order', version, order: orderOf(content, returns, context) }];
    }
    case 'customer': {
      const { content, digest } = await readRest({ path: '/customers/{id}', params, read: readCustomer }, context);
      const version = { updatedAt: content.updated_at, digest };
      return [{ id, shop, type: 'customer', version, customer: customerOf(content, context) }];
    }
    default:
      return [];
  }
};
