import { InvalidRequestError } from '../../../contract/errors.ts';

/** What a body is; a `stub` names a thing and says nothing else of it. */
export type Kind = 'order' | 'checkout' | 'customer' | 'refund' | 'stub';

const GLOBAL_ID = /^gid:\/\/shopify\/(Order|Customer|Refund)\//;
const KINDS: Record<string, Kind> = { Order: 'order', Customer: 'customer', Refund: 'refund' };

/**
 * What kind of thing a body is, by what it holds (commerce-platforms.md §1): topics are not signed.
 *
 * @throws InvalidRequestError for anything but the kinds that are followed.
 */
export const kindOf = (body: unknown): Kind => {
  const fields = new Map(typeof body === 'object' && body !== null ? Object.entries(body) : []);
  const globalId = fields.get('admin_graphql_api_id');
  // Over the size limit a body shrinks to its id (commerce-platforms.md §1).
  if (fields.has('id') && fields.size === (globalId === undefined ? 1 : 2)) return 'stub';
  const kind = typeof globalId === 'string' && KINDS[GLOBAL_ID.exec(globalId)?.[1] ?? ''];
  if (kind) return kind;
  if (fields.has('order_id') && fields.has('refund_line_items')) return 'refund';
  if (fields.has('token') && fields.has('abandoned_checkout_url') && !fields.has('financial_status')) return 'checkout';
  throw new InvalidRequestError([
    {
      title: 'Invalid type',
      details: 'expected an order, a checkout, a customer or a refund as Shopify documents them',
      source: { pointer: '' },
    },
  ]);
};
