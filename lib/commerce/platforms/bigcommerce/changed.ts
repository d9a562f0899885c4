import * as z from 'zod';
import type { CommerceEvent } from '../../event.ts';
import { Id, reader } from '../../fields.ts';
import { changeList, listBehind, listNumbered, PAGE_SIZE, readLists, understood } from '../../listing.ts';
import { pictured } from '../../pictured.ts';
import type { Changed, ListContext, Place } from '../../platform.ts';
import { customerOf, readCustomers } from './customer.ts';
import { orderOf } from './order.ts';
import { readStore } from './read-store.ts';
import { isPlaced, wholeOrder } from './whole-order.ts';

// An empty page is answered without a body.
const readPage = reader(z.array(z.object({ id: Id })).default([]));

/** Whatever its place in the list says, the order is read whole: lines, codes and refunds stand beside it. */
const orderEvents = async (id: string, context: ListContext): Promise<CommerceEvent[]> => {
  const whole = await wholeOrder(id, context);
  if (!isPlaced(whole.order)) return [];
  const version = { updatedAt: whole.order.date_modified };
  return [pictured({ type: 'order', order: orderOf(whole, context) }, context.name, version)];
};

/**
 * Orders, each with four reads of its own, then customers.
 *
 * @throws as `readApi` does.
 */
export const changedSince = (since: Date, context: ListContext, from?: Place): AsyncIterable<Changed> => {
  const limit = String(PAGE_SIZE);
  const readOrders = (after = '0') => {
    const query = {
      min_date_modified: since.toISOString(),
      min_id: String(Number(after) + 1),
      sort: 'id:asc',
      limit,
    };
    return readStore({ path: '/v2/orders', params: {}, query, read: readPage }, context);
  };
  const readPeople = (page: number) => {
    const query = { 'date_modified:min': since.toISOString(), sort: 'date_created:asc', limit, page: String(page) };
    return readStore({ path: '/v3/customers', params: {}, query, read: readCustomers }, context);
  };
  const orders = changeList(
    'orders',
    (after) => listBehind(readOrders, after),
    ({ id }) => understood(`order/${id}`, () => orderEvents(id, context), context),
  );
  const customers = changeList(
    'customers',
    (after) => listNumbered(readPeople, after),
    async (body) => [
      pictured({ type: 'customer', customer: customerOf(body, context) }, context.name, {
        updatedAt: body.date_modified,
      }),
    ],
  );
  return readLists([orders, customers], from);
};
