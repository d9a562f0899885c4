import * as z from 'zod';
import type { CommerceEvent } from '../../event.ts';
import { Id, reader } from '../../fields.ts';
import { listBehind, PAGE_SIZE, understood } from '../../listing.ts';
import { pictured } from '../../pictured.ts';
import type { InterpretContext, ListContext } from '../../platform.ts';
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
export async function* changedSince(since: Date, context: ListContext): AsyncGenerator<CommerceEvent> {
  // The database's own text, in UTC.
  const changed: Condition = ['updated_at', 'gteq', since.toISOString().slice(0, 19).replace('T', ' ')];
  const behind = (after: string | undefined): Condition[] =>
    after === undefined ? [changed] : [changed, ['entity_id', 'gt', after]];
  const orders = listBehind(async (after) => {
    const query = searchFor(behind(after), PAGE_SIZE, 'entity_id');
    return (await readRest({ path: '/orders', params: {}, query, read: readOrders }, context)).content;
  });
  for await (const { id, body } of orders) {
    yield* await understood(`order/${id}`, async () => [await wholeEvent(body, context)], context);
  }
  const customers = listBehind(async (after) => {
    const query = searchFor(behind(after), PAGE_SIZE, 'entity_id');
    return (await readRest({ path: '/customers/search', params: {}, query, read: readCustomers }, context)).content;
  });
  for await (const { id, body } of customers) {
    yield* await understood(`customer/${id}`, () => [customerEvent(body, context)], context);
  }
}
