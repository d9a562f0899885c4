import * as z from 'zod';
import type { CommerceEvent, Return } from '../../event.ts';
import { Id, reader } from '../../fields.ts';
import { changeList, listNumbered, PAGE_SIZE, readLists, understood } from '../../listing.ts';
import { pictured } from '../../pictured.ts';
import type { Changed, InterpretContext, ListContext, Place } from '../../platform.ts';
import { cartOf, isDraft, linesOf, type OrderBody, orderOf, readOrder } from './order.ts';
import { assertLinks } from './own.ts';
import { readShop, refundsFor } from './read-shop.ts';
import { amountsOf, returnsOf } from './refunds.ts';

const eventOf = (body: OrderBody, returns: readonly Return[], context: InterpretContext): CommerceEvent => {
  const version = { updatedAt: body.date_modified_gmt };
  return isDraft(body)
    ? pictured({ type: 'cart', cart: cartOf(body, context) }, context.name, version)
    : pictured({ type: 'order', order: orderOf(body, returns, context) }, context.name, version);
};

const ownOrder = (body: unknown, { shop }: InterpretContext): OrderBody => {
  const order = readOrder(body);
  assertLinks(order, shop);
  return order;
};

/**
 * An order of the REST API. Of its refunds it says the amounts only.
 *
 * @throws InvalidRequestError; UnauthorizedError when it is another shop's.
 */
export const orderEvent = (body: unknown, context: InterpretContext): CommerceEvent => {
  const order = ownOrder(body, context);
  return eventOf(order, amountsOf(order.refunds), context);
};

const wholeEvent = async (body: unknown, context: ListContext): Promise<CommerceEvent> => {
  const order = ownOrder(body, context);
  if (amountsOf(order.refunds).length === 0) return eventOf(order, [], context);
  const { content } = await refundsFor(order.id, context);
  return eventOf(order, returnsOf(content, linesOf(order, context.shop)), context);
};

const readPage = reader(z.array(z.looseObject({ id: Id })));

/** `any` leaves out what is in the trash. */
const STATUSES = ['any', 'trash'];

/**
 * Orders; the REST API does not list customers by when they were changed. Needs WooCommerce 5.8, whose pages are counted:
 * an order that is deleted for good while they are read may hide another, which the next reading finds.
 *
 * @throws as `readApi` does.
 */
export const changedSince = (since: Date, context: ListContext, from?: Place): AsyncIterable<Changed> => {
  const query = {
    modified_after: since.toISOString().slice(0, 19),
    dates_are_gmt: 'true',
    orderby: 'id',
    order: 'asc',
    per_page: String(PAGE_SIZE),
  };
  const lists = STATUSES.map((status) => {
    const readOrders = async (page: number) => {
      const request = { path: '/orders', params: {}, query: { ...query, status, page: String(page) } } as const;
      return (await readShop({ ...request, read: readPage }, context)).content;
    };
    return changeList(
      status,
      (after) => listNumbered(readOrders, after),
      (body) => understood(`order/${body.id}`, async () => [await wholeEvent(body, context)], context),
    );
  });
  return readLists(lists, from);
};
