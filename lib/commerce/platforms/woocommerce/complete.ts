import { digestOf } from '../../digest.ts';
import type { CommerceEvent } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { cartOf, isDraft, linesOf, orderOf, readOrder } from './order.ts';
import { assertLinks } from './own.ts';
import { readShop, refundsFor } from './read-shop.ts';
import { returnsOf } from './refunds.ts';

/** What can be read. A customer comes thin only when their account was deleted: there is nothing left to read. */
const RESOURCE = /^order\/(\d{1,20})$/;

/**
 * Reads the order that a thin event names, as it is now, with the lines of its refunds: one with refunds, and one that was
 * put into the trash.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does;
 * UnauthorizedError when the API is another shop's.
 */
export const complete = async (
  { id, shop, resource }: Extract<CommerceEvent, { type: 'thin' }>,
  context: CompleteContext,
): Promise<CommerceEvent[]> => {
  const [, order] = RESOURCE.exec(resource) ?? [];
  if (order === undefined) return [];
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
