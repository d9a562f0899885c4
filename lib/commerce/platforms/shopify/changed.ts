import * as z from 'zod';
import type { CommerceEvent } from '../../event.ts';
import { Id, reader } from '../../fields.ts';
import { changeList, listBehind, PAGE_SIZE, readLists, understood } from '../../listing.ts';
import { pictured } from '../../pictured.ts';
import type { Changed, InterpretContext, ListContext, Place } from '../../platform.ts';
import { customerOf, readCustomer } from './customer.ts';
import { orderOf, readOrder } from './order.ts';
import { assertOwn } from './own.ts';
import { readAdmin } from './read-admin.ts';

/** An order of the Admin API. @throws InvalidRequestError; UnauthorizedError when it is another shop's. */
export const orderEvent = (body: unknown, context: InterpretContext): CommerceEvent => {
  const read = readOrder(body);
  assertOwn(read.order_status_url, context.shop);
  return pictured({ type: 'order', order: orderOf(read, context) }, context.name, { updatedAt: read.updated_at });
};

const customerEvent = (body: unknown, context: InterpretContext): CommerceEvent => {
  const read = readCustomer(body);
  return pictured({ type: 'customer', customer: customerOf(read, context) }, context.name, {
    updatedAt: read.updated_at,
  });
};

const Listed = z.looseObject({ id: Id });

const readPage = {
  orders: reader(z.object({ orders: z.array(Listed) })),
  customers: reader(z.object({ customers: z.array(Listed) })),
};

/**
 * Orders in any state, then customers. An app without `read_all_orders` is told of the last 60 days only.
 *
 * @throws as `readApi` does.
 */
export const changedSince = (since: Date, context: ListContext, from?: Place): AsyncIterable<Changed> => {
  const query = { updated_at_min: since.toISOString(), limit: String(PAGE_SIZE) };
  const readOrders = async (after = '0') => {
    const request = { path: '/orders.json', params: {}, query: { ...query, status: 'any', since_id: after } } as const;
    return (await readAdmin({ ...request, read: readPage.orders }, context)).content.orders;
  };
  const readCustomers = async (after = '0') => {
    const request = { path: '/customers.json', params: {}, query: { ...query, since_id: after } } as const;
    return (await readAdmin({ ...request, read: readPage.customers }, context)).content.customers;
  };
  const orders = changeList(
    'orders',
    (after) => listBehind(readOrders, after),
    (body) => understood(`order/${body.id}`, () => [orderEvent(body, context)], context),
  );
  const customers = changeList(
    'customers',
    (after) => listBehind(readCustomers, after),
    (body) => understood(`customer/${body.id}`, () => [customerEvent(body, context)], context),
  );
  return readLists([orders, customers], from);
};
