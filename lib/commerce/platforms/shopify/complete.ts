import * as z from 'zod';
import type { CommerceEvent } from '../../event.ts';
import { reader } from '../../fields.ts';
import type { CompleteContext } from '../../platform.ts';
import { customerOf, readCustomer } from './customer.ts';
import { orderOf, readOrder } from './order.ts';
import { assertOwn } from './own.ts';
import { readAdmin } from './read-admin.ts';

/** A resource that can be read by its id alone. A refund cannot, and its order tells of it; a checkout becomes an order. */
const RESOURCE = /^(order|customer)\/(\d{1,20})$/;

const readEnvelope = {
  order: reader(z.object({ order: z.unknown() })),
  customer: reader(z.object({ customer: z.unknown() })),
};

/**
 * Reads the order or customer that a thin event names, as it is now: a refund's order, and what was too large to be
 * delivered. Empty for what cannot be read; what comes later tells of it.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does;
 * UnauthorizedError when the API is another shop's.
 */
export const complete = async (
  { id, shop, resource }: Extract<CommerceEvent, { type: 'thin' }>,
  context: CompleteContext,
): Promise<CommerceEvent[]> => {
  const [, kind, number] = RESOURCE.exec(resource) ?? [];
  if (number === undefined) return [];
  const params = { id: number };
  if (kind === 'customer') {
    const { content, digest } = await readAdmin(
      { path: '/customers/{id}.json', params, read: (body) => readCustomer(readEnvelope.customer(body).customer) },
      context,
    );
    const version = { updatedAt: content.updated_at, digest };
    return [{ id, shop, type: 'customer', version, customer: customerOf(content, context) }];
  }
  const { content, digest } = await readAdmin(
    { path: '/orders/{id}.json', params, read: (body) => readOrder(readEnvelope.order(body).order) },
    context,
  );
  assertOwn(content.order_status_url, context.shop);
  const version = { updatedAt: content.updated_at, digest };
  return [{ id, shop, type: 'order', version, order: orderOf(content, context) }];
};
