import * as z from 'zod';
import type { CommerceEvent } from '../../event.ts';
import { reader } from '../../fields.ts';
import type { CompleteContext } from '../../platform.ts';
import { readApi } from '../../platform-api.ts';
import { customerOf, readCustomer } from './customer.ts';
import { orderOf, readOrder } from './order.ts';
import { assertOwn } from './own.ts';

/** Shopify answers as an older version would, once it no longer has this one. */
const API_VERSION = '2026-07';

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
  const request = { params: { id: number }, headers: { 'x-shopify-access-token': context.apiSecret } };
  if (kind === 'customer') {
    const { content, digest } = await readApi(
      {
        ...request,
        path: `/admin/api/${API_VERSION}/customers/{id}.json`,
        read: (body) => readCustomer(readEnvelope.customer(body).customer),
      },
      context,
    );
    const version = { updatedAt: content.updated_at, digest };
    return [{ id, shop, type: 'customer', version, customer: customerOf(content) }];
  }
  const { content, digest } = await readApi(
    {
      ...request,
      path: `/admin/api/${API_VERSION}/orders/{id}.json`,
      read: (body) => readOrder(readEnvelope.order(body).order),
    },
    context,
  );
  assertOwn(content.order_status_url, context.shop);
  const version = { updatedAt: content.updated_at, digest };
  return [{ id, shop, type: 'order', version, order: orderOf(content, context) }];
};
