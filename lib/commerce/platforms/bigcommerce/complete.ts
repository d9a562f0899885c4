import { digestOf } from '../../digest.ts';
import { UnusableEventError } from '../../errors.ts';
import type { CommerceEvent } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { cartOf, readCart } from './cart.ts';
import { customerOf, readCustomers } from './customer.ts';
import { orderOf } from './order.ts';
import { readStore } from './read-store.ts';
import { isPlaced, wholeOrder } from './whole-order.ts';

/**
 * Reads the order, cart or customer that a thin event names, as it is now. Empty for an order that is not placed (it is
 * made when the buyer reaches the payment page, and their cart tells of it) and for a cart that is gone (it became an
 * order, or nothing).
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does.
 */
export const complete = async (
  { id, shop, resource }: Extract<CommerceEvent, { type: 'thin' }>,
  context: CompleteContext,
): Promise<CommerceEvent[]> => {
  const [kind, key = ''] = resource.split('/');
  const base = { id, shop };
  switch (kind) {
    case 'order': {
      const whole = await wholeOrder(key, context);
      if (!isPlaced(whole.order)) return [];
      const order = orderOf(whole, context);
      const version = { updatedAt: whole.order.date_modified, digest: digestOf(order) };
      return [{ ...base, type: 'order', version, order }];
    }
    case 'abandoned':
    case 'cart': {
      const body = await cartThatIs(key, context);
      if (!body) return [];
      const cart = cartOf(body, context);
      const version = { updatedAt: body.updated_time, digest: digestOf(cart) };
      return [{ ...base, type: 'cart', version, cart, ...(kind === 'abandoned' && { abandoned: true as const }) }];
    }
    case 'customer': {
      const body = await customerBy(key, context);
      const customer = customerOf(body, context);
      const version = { updatedAt: body.date_modified, digest: digestOf(customer) };
      return [{ ...base, type: 'customer', version, customer }];
    }
    default:
      return [];
  }
};

const cartThatIs = async (id: string, context: CompleteContext) => {
  try {
    return await readStore({ path: '/v3/carts/{id}', params: { id }, read: readCart }, context);
  } catch (error) {
    if (error instanceof UnusableEventError) return undefined;
    throw error;
  }
};

const customerBy = async (id: string, context: CompleteContext) => {
  const request = { path: '/v3/customers', params: {}, query: { 'id:in': id }, read: readCustomers } as const;
  const customer = (await readStore(request, context)).find((each) => each.id === id);
  if (customer) return customer;
  throw new UnusableEventError('The store no longer has the customer that this event is about; discard it');
};
