import * as z from 'zod';
import type { CommerceEvent } from '../../event.ts';
import { reader } from '../../fields.ts';
import { listBehind, PAGE_SIZE, understood } from '../../listing.ts';
import { pictured } from '../../pictured.ts';
import type { InterpretContext, ListContext } from '../../platform.ts';
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
export const changesIn = (read: ReadProject) =>
  async function* changedSince(since: Date, context: ListContext): AsyncGenerator<CommerceEvent> {
    const listed = (path: `/${string}`, more: Readonly<Record<string, string>>) =>
      listBehind(async (after) => {
        const changed = `lastModifiedAt >= "${since.toISOString()}"`;
        const query = {
          where: after === undefined ? changed : `${changed} and id > "${after}"`,
          sort: 'id asc',
          limit: String(PAGE_SIZE),
          withTotal: 'false',
          ...more,
        };
        return (await read({ path, params: {}, query, read: readPage }, context)).content.results;
      });
    for await (const body of listed('/orders', WITH_CODES)) {
      yield* await understood(`order/${body.id}`, () => [orderEvent(body, context)], context);
    }
    for await (const body of listed('/customers', {})) {
      yield* await understood(`customer/${body.id}`, () => [customerEvent(body, context)], context);
    }
  };
