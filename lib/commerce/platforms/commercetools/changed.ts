import * as z from 'zod';
import type { CommerceEvent } from '../../event.ts';
import { reader } from '../../fields.ts';
import { changeList, listBehind, PAGE_SIZE, readLists, understood } from '../../listing.ts';
import { pictured } from '../../pictured.ts';
import type { Changed, InterpretContext, ListContext, Place } from '../../platform.ts';
import { Id } from './cart.ts';
import { customerOf, readCustomer } from './customer.ts';
import { orderOf, readOrder } from './order.ts';
import { type ReadProject, WITH_CODES } from './read-project.ts';

interface Versioned {
  readonly version: number;
  readonly lastModifiedAt: string;
}

const versionOf = ({ version, lastModifiedAt }: Versioned) => ({ revision: version, updatedAt: lastModifiedAt });

/** An order of the HTTP API, its discount codes expanded. @throws InvalidRequestError */
export const orderEvent = (body: unknown, context: InterpretContext): CommerceEvent => {
  const read = readOrder(body);
  return pictured({ type: 'order', order: orderOf(read, context) }, context.name, versionOf(read));
};

const customerEvent = (body: unknown, context: InterpretContext): CommerceEvent => {
  const read = readCustomer(body);
  return pictured({ type: 'customer', customer: customerOf(read, context) }, context.name, versionOf(read));
};

const readPage = reader(z.object({ results: z.array(z.looseObject({ id: Id })) }));

/** Makes what lists orders and then customers. @throws as `readApi` does. */
export const changesIn =
  (read: ReadProject) =>
  (since: Date, context: ListContext, from?: Place): AsyncIterable<Changed> => {
    const readBehind =
      (path: `/${string}`, more: Readonly<Record<string, string>> = {}) =>
      async (after: string | undefined) => {
        const changed = `lastModifiedAt >= "${since.toISOString()}"`;
        const query = {
          where: after === undefined ? changed : `${changed} and id > "${after}"`,
          sort: 'id asc',
          limit: String(PAGE_SIZE),
          withTotal: 'false',
          ...more,
        };
        return (await read({ path, params: {}, query, read: readPage }, context)).content.results;
      };
    const orders = changeList(
      'orders',
      (after) => listBehind(readBehind('/orders', WITH_CODES), after),
      (body) => understood(`order/${body.id}`, () => [orderEvent(body, context)], context),
    );
    const customers = changeList(
      'customers',
      (after) => listBehind(readBehind('/customers'), after),
      (body) => understood(`customer/${body.id}`, () => [customerEvent(body, context)], context),
    );
    return readLists([orders, customers], from);
  };
