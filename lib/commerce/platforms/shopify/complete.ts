import * as z from 'zod';
import { digestOf } from '../../digest.ts';
import type { CommerceEvent } from '../../event.ts';
import { reader } from '../../fields.ts';
import type { CompleteContext } from '../../platform.ts';
import { customerOf, readCustomer } from './customer.ts';
import { readDispute, returnOf } from './dispute.ts';
import { orderOf, readOrder } from './order.ts';
import { assertOwn } from './own.ts';
import { readAdmin } from './read-admin.ts';

/** A resource that can be read by its id alone. A refund cannot, and its order tells of it; a checkout becomes an order. */
const RESOURCE = /^(order|customer|dispute)\/(\d{1,20})$/;

const readEnvelope = {
  order: reader(z.object({ order: z.unknown() })),
  customer: reader(z.object({ customer: z.unknown() })),
  dispute: reader(z.object({ dispute: z.unknown() })),
};

type ThinEvent = Extract<CommerceEvent, { type: 'thin' }>;

/**
 * Reads the order or customer that a thin event names, as it is now: a refund's order, and what was too large to be
 * delivered; of a dispute that was lost, its order and what it took back. Empty for what cannot be read; what comes later
 * tells of it.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does;
 * UnauthorizedError when the API is another shop's.
 */
export const complete = async (event: ThinEvent, context: CompleteContext): Promise<CommerceEvent[]> => {
  const { id, shop, resource } = event;
  const [, kind, number] = RESOURCE.exec(resource) ?? [];
  if (number === undefined) return [];
  const params = { id: number };
  switch (kind) {
    case 'customer': {
      const { content, digest } = await readAdmin(
        { path: '/customers/{id}.json', params, read: (body) => readCustomer(readEnvelope.customer(body).customer) },
        context,
      );
      const version = { updatedAt: content.updated_at, digest };
      return [{ id, shop, type: 'customer', version, customer: customerOf(content, context) }];
    }
    case 'dispute': {
      const { content } = await readAdmin(
        {
          path: '/shopify_payments/disputes/{id}.json',
          params,
          read: (body) => readDispute(readEnvelope.dispute(body).dispute),
        },
        context,
      );
      return content.order_id ? [await readOrderBy(content.order_id, event, context, content)] : [];
    }
    default:
      return [await readOrderBy(number, event, context)];
  }
};

const readOrderBy = async (
  number: string,
  { id, shop }: ThinEvent,
  context: CompleteContext,
  dispute?: ReturnType<typeof readDispute>,
): Promise<CommerceEvent> => {
  const { content, digest } = await readAdmin(
    { path: '/orders/{id}.json', params: { id: number }, read: (body) => readOrder(readEnvelope.order(body).order) },
    context,
  );
  assertOwn(content.order_status_url, context.shop);
  const order = orderOf(content, context);
  const lost = dispute && returnOf(dispute, order);
  return {
    id,
    shop,
    type: 'order',
    version: { updatedAt: content.updated_at, digest: lost ? digestOf([digest, lost]) : digest },
    order: lost ? { ...order, returns: [...order.returns, lost] } : order,
  };
};
