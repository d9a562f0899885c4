import * as z from 'zod';
import type { CommerceEvent } from '../../event.ts';
import { Id, reader } from '../../fields.ts';
import { changeList, listBehind, PAGE_SIZE, readLists, understood } from '../../listing.ts';
import { pictured } from '../../pictured.ts';
import type { Changed, InterpretContext, ListContext, Place } from '../../platform.ts';
import { customerOf, readCustomer } from './customer.ts';
import { orderOf, readOrder } from './order.ts';
import { type Condition, readRest, searchFor } from './read-rest.ts';
import { returnsFor } from './returns-for.ts';

/** An order of the REST API. Of its refunds it says nothing. @throws InvalidRequestError */
export const orderEvent = (body: unknown, context: InterpretContext): CommerceEvent => {
  const read = readOrder(body);
  return pictured({ type: 'order', order: orderOf(read, [], context) }, context.name, { updatedAt: read.updated_at });
};

const wholeEvent = async (body: unknown, context: ListContext): Promise<CommerceEvent> => {
  const read = readOrder(body);
  const order = orderOf(read, await returnsFor(read, context), context);
  return pictured({ type: 'order', order }, context.name, { updatedAt: read.updated_at });
};

const customerEvent = (body: unknown, context: InterpretContext): CommerceEvent => {
  const read = readCustomer(body);
  return pictured({ type: 'customer', customer: customerOf(read, context) }, context.name, {
    updatedAt: read.updated_at,
  });
};

const listOf = <T extends z.ZodType>(item: T) => {
  const read = reader(z.object({ items: z.array(item).nullable() }));
  return (body: unknown) => read(body).items ?? [];
};

const readOrders = listOf(z.looseObject({ entity_id: Id }).transform((body) => ({ id: body.entity_id, body })));
const readCustomers = listOf(z.looseObject({ id: Id }).transform((body) => ({ id: body.id, body })));

/**
 * Orders, then customers.
 *
 * @throws as `readApi` does.
 */
export const changedSince = (since: Date, context: ListContext, from?: Place): AsyncIterable<Changed> => {
  // The database's own text, in UTC.
  const changed: Condition = ['updated_at', 'gteq', since.toISOString().slice(0, 19).replace('T', ' ')];
  const queryBehind = (after: string | undefined) => {
    const conditions: Condition[] = after === undefined ? [changed] : [changed, ['entity_id', 'gt', after]];
    return searchFor(conditions, PAGE_SIZE, 'entity_id');
  };
  const ordersBehind = async (after: string | undefined) => {
    const request = { path: '/orders', params: {}, query: queryBehind(after), read: readOrders } as const;
    return (await readRest(request, context)).content;
  };
  const customersBehind = async (after: string | undefined) => {
    const request = { path: '/customers/search', params: {}, query: queryBehind(after), read: readCustomers } as const;
    return (await readRest(request, context)).content;
  };
  const orders = changeList(
    'orders',
    (after) => listBehind(ordersBehind, after),
    ({ id, body }) => understood(`order/${id}`, async () => [await wholeEvent(body, context)], context),
  );
  const customers = changeList(
    'customers',
    (after) => listBehind(customersBehind, after),
    ({ id, body }) => understood(`customer/${id}`, () => [customerEvent(body, context)], context),
  );
  return readLists([orders, customers], from);
};
