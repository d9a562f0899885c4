import { UnusableEventError } from '../../errors.ts';
import type { Return } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { readCreditMemos, returnsOf } from './credit-memos.ts';
import { isRefunded, linesOf, type OrderBody } from './order.ts';
import { pricingOf } from './pricing.ts';
import { readRest, searchFor } from './read-rest.ts';

/** What one search for credit memos answers at the most. */
const PAGE_SIZE = 100;

/** What was given back of an order. @throws as `readApi` does; UnusableEventError when that is too much. */
export const returnsFor = async (order: OrderBody, context: CompleteContext): Promise<Return[]> => {
  if (!isRefunded(order)) return [];
  const query = searchFor([['order_id', 'eq', order.entity_id]], PAGE_SIZE);
  const { content } = await readRest({ path: '/creditmemos', params: {}, query, read: readCreditMemos }, context);
  if (content.total_count > PAGE_SIZE) {
    throw new UnusableEventError(`An order has more than ${PAGE_SIZE} credit memos: settle its promotions by hand`);
  }
  const pricing = pricingOf(order, context.shop);
  return returnsOf(content.items ?? [], linesOf(order, pricing), pricing);
};
