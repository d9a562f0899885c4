import { hash } from 'node:crypto';
import * as z from 'zod';
import { UnauthorizedError } from '../../../contract/errors.ts';
import { customerDeleted } from '../../customer-deleted.ts';
import type { CommerceEvent, Delivery } from '../../event.ts';
import { BEFORE_ALL, Id, reader, UnixInstant } from '../../fields.ts';
import { readJson } from '../../json.ts';
import { sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { CartId } from './fields.ts';

interface Named {
  readonly kind: 'order' | 'cart' | 'abandoned' | 'customer';
  /** Where `data` has the thing's id. */
  readonly by: 'id' | 'order_id' | 'orderId' | 'cartId';
}

const order: Named = { kind: 'order', by: 'id' };
const cart: Named = { kind: 'cart', by: 'id' };
const customer: Named = { kind: 'customer', by: 'id' };
const cartOfLine: Named = { kind: 'cart', by: 'cartId' };
const orderOfTransaction: Named = { kind: 'order', by: 'order_id' };

/** The scopes that are followed, and what is to be read for each. */
const SCOPES = new Map<string, Named>([
  ['store/order/created', order],
  ['store/order/updated', order],
  ['store/order/statusUpdated', order],
  ['store/order/refund/created', order],
  ['store/order/transaction/created', orderOfTransaction],
  ['store/order/transaction/updated', orderOfTransaction],
  ['store/cart/created', cart],
  ['store/cart/updated', cart],
  ['store/cart/couponApplied', cart],
  ['store/cart/abandoned', { kind: 'abandoned', by: 'id' }],
  ['store/cart/lineItem/created', cartOfLine],
  ['store/cart/lineItem/updated', cartOfLine],
  ['store/cart/lineItem/deleted', cartOfLine],
  // The order knows its cart, so both have the same session.
  ['store/cart/converted', { kind: 'order', by: 'orderId' }],
  ['store/customer/created', customer],
  ['store/customer/updated', customer],
]);

/**
 * Says which order, cart or customer a hook is about, or that a cart or customer was deleted: it holds nothing more
 * (commerce-platforms.md §4). Empty for scopes that are not followed; a deleted order is one, it cancels nothing.
 *
 * @throws InvalidRequestError naming every fault; UnauthorizedError when it is of another store.
 */
export const interpret = ({ body: bytes }: Pick<Delivery, 'body'>, context: InterpretContext): CommerceEvent[] => {
  const { scope, producer, data, created_at } = readHook(readJson(bytes));
  // One app's client secret signs for all of its stores.
  if (producer !== `stores/${context.shop.shopId}`) throw new UnauthorizedError();
  const digest = hash('sha256', bytes);
  const base = { id: digest, shop: context.name, version: { updatedAt: created_at ?? BEFORE_ALL, digest } };
  if (scope === 'store/cart/deleted') {
    const session = sessionNamed(undefined, [idOf(data, cart).toLowerCase()], context);
    return [{ ...base, type: 'activity', activity: { name: 'cart_deleted', session } }];
  }
  if (scope === 'store/customer/deleted') return customerDeleted(base, idOf(data, customer), context);
  const named = SCOPES.get(scope);
  if (named === undefined) return [];
  return [{ ...base, type: 'thin', resource: `${named.kind}/${idOf(data, named)}` }];
};

const readHook = reader(
  z.object({
    scope: z.string(),
    producer: z.string(),
    data: z.record(z.string(), z.unknown()).nullish(),
    created_at: UnixInstant.nullish(),
  }),
);

const idOf = (data: unknown, { kind, by }: Named): string => {
  const read = reader(z.object({ data: z.object({ [by]: kind === 'cart' || kind === 'abandoned' ? CartId : Id }) }));
  return String(read({ data }).data[by]);
};
