import { UnusableEventError } from '../../errors.ts';
import type { CommerceEvent, Return } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { readApi } from '../../platform-api.ts';
import { readCreditMemos, returnsOf } from './credit-memos.ts';
import { customerOf, readCustomer } from './customer.ts';
import { isRefunded, linesOf, type OrderBody, orderOf, readOrder } from './order.ts';
import { pricingOf } from './pricing.ts';

/** What one search for credit memos answers at the most. */
const PAGE_SIZE = 100;

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
  const request = { params: { id: key }, headers: bearer(context) };
  switch (kind) {
    case 'order': {
      const { content, digest } = await readApi({ ...request, path: '/rest/V1/orders/{id}', read: readOrder }, context);
      const returns = isRefunded(content) ? await returnsFor(content, context) : [];
      const version = { updatedAt: content.updated_at, digest };
      return [{ id, shop, type: 'order', version, order: orderOf(content, returns, context) }];
    }
    case 'customer': {
      const { content, digest } = await readApi(
        { ...request, path: '/rest/V1/customers/{id}', read: readCustomer },
        context,
      );
      const version = { updatedAt: content.updated_at, digest };
      return [{ id, shop, type: 'customer', version, customer: customerOf(content) }];
    }
    default:
      return [];
  }
};

const bearer = ({ apiSecret }: CompleteContext) => ({ authorization: `Bearer ${apiSecret}` });

const returnsFor = async (order: OrderBody, context: CompleteContext): Promise<Return[]> => {
  const { content } = await readApi(
    {
      path: '/rest/V1/creditmemos',
      params: {},
      query: {
        'searchCriteria[filter_groups][0][filters][0][field]': 'order_id',
        'searchCriteria[filter_groups][0][filters][0][value]': order.entity_id,
        'searchCriteria[pageSize]': String(PAGE_SIZE),
      },
      headers: bearer(context),
      read: readCreditMemos,
    },
    context,
  );
  if (content.total_count > PAGE_SIZE) {
    throw new UnusableEventError(`An order has more than ${PAGE_SIZE} credit memos: settle its promotions by hand`);
  }
  const pricing = pricingOf(order, context.shop);
  return returnsOf(content.items ?? [], linesOf(order, pricing), pricing);
};
