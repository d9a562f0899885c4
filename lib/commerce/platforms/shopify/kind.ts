import { InvalidRequestError } from '../../../contract/errors.ts';

/**
 * What a body is; a `stub` names a thing and says nothing else of it, a `gone customer` is a deleted record. A `wish` is a
 * person's own, to be erased or shown what is held of them; `everybody` are all of a shop that has left.
 */
export type Kind =
  | 'order'
  | 'checkout'
  | 'customer'
  | 'gone customer'
  | 'merge'
  | 'refund'
  | 'dispute'
  | 'wish'
  | 'everybody'
  | 'stub';

const GLOBAL_ID = /^gid:\/\/shopify\/(Order|Customer|Refund)\//;
const KINDS: Record<string, Kind> = { Order: 'order', Customer: 'customer', Refund: 'refund' };

const SHOP = new Set(['shop_id', 'shop_domain']);

/**
 * What kind of thing a body is, by what it holds (commerce-platforms.md §1): topics are not signed.
 *
 * @throws InvalidRequestError for anything but the kinds that are followed.
 */
export const kindOf = (body: unknown): Kind => {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const has = (name: string): boolean => Object.hasOwn(fields, name);
  // Over the size limit a body shrinks to its id (commerce-platforms.md §1).
  if (has('id') && Object.keys(fields).length === 1) return 'stub';
  const { admin_graphql_api_id: globalId } = fields;
  const kind = typeof globalId === 'string' && KINDS[GLOBAL_ID.exec(globalId)?.[1] ?? ''];
  if (kind === 'customer') return has('updated_at') ? 'customer' : 'gone customer';
  if (kind) return kind;
  if (has('data_request') || has('orders_to_redact')) return 'wish';
  // Nothing but the shop: what says more is about somebody.
  if (has('shop_id') && Object.keys(fields).every((name) => SHOP.has(name))) return 'everybody';
  if (has('admin_graphql_api_customer_kept_id')) return 'merge';
  if (has('order_id') && has('evidence_due_by')) return 'dispute';
  if (has('order_id') && has('refund_line_items')) return 'refund';
  if (has('token') && has('abandoned_checkout_url') && !has('financial_status')) return 'checkout';
  throw new InvalidRequestError([
    {
      title: 'Invalid type',
      details: 'expected a thing or a privacy request that is followed, as Shopify documents it',
      source: { pointer: '' },
    },
  ]);
};
