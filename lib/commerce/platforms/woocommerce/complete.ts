import { customerDeleted } from '../../customer-deleted.ts';
import { digestOf } from '../../digest.ts';
import { UnusableEventError } from '../../errors.ts';
import type { CommerceEvent } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { readCustomer } from './customer.ts';
import { cartOf, isDraft, linesOf, orderOf, readOrder } from './order.ts';
import { assertLinks } from './own.ts';
import { readShop, refundsFor } from './read-shop.ts';
import { returnsOf } from './refunds.ts';

const RESOURCE = /^(order|customer)\/(\d{1,20})$/;

/**
 * Reads the order that a thin event names, as it is now, with the lines of its refunds: one with refunds, and one that was
 * put into the trash. A customer comes thin when their account was deleted, by a topic that is not signed: they were if
 * they can be read no more.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does;
 * UnauthorizedError when the API is another shop's.
 */
export const complete = async (
  event: Extract<CommerceEvent, { type: 'thin' }>,
  context: CompleteContext,
): Promise<CommerceEvent[]> => {
  const { id, shop, resource } = event;
  const [, kind, order] = RESOURCE.exec(resource) ?? [];
  if (order === undefined) return [];
  if (kind === 'customer') {
    if (context.shop.customerDeleted === 'ignore' || (await isThere(order, context))) return [];
    return customerDeleted({ id, shop, version: event.version }, order, context);
  }
  const request = { path: '/orders/{id}', params: { id: order }, read: readOrder } as const;
  const { content, digest } = await readShop(request, context);
  assertLinks(content, context.shop);
  const updatedAt = content.date_modified_gmt;
  if (isDraft(content)) {
    return [{ id, shop, type: 'cart', version: { updatedAt, digest }, cart: cartOf(content, context) }];
  }
  const refunds = await refundsFor(order, context);
  const returns = returnsOf(refunds.content, linesOf(content, context.shop));
  const version = { updatedAt, digest: digestOf([digest, refunds.digest]) };
  return [{ id, shop, type: 'order', version, order: orderOf(content, returns, context) }];
};

const isThere = async (id: string, context: CompleteContext): Promise<boolean> => {
  try {
    await readShop({ path: '/customers/{id}', params: { id }, read: readCustomer }, context);
    return true;
  } catch (error) {
    if (error instanceof UnusableEventError) return false;
    throw error;
  }
};
