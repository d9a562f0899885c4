import { hash } from 'node:crypto';
import * as z from 'zod';
import type { CommerceEvent, Delivery } from '../../event.ts';
import { BEFORE_ALL, Id, reader } from '../../fields.ts';
import { readJson } from '../../json.ts';
import type { InterpretContext } from '../../platform.ts';
import { customerChangedAt, customerOf, isErasedCustomer, readCustomer } from './customer.ts';
import { kindOf } from './kind.ts';
import { cartOf, isDraft, orderOf, readOrder } from './order.ts';
import { assertLinks, assertSource } from './own.ts';
import { amountsOf } from './refunds.ts';

/** The topics that are followed, and what each is about. */
const TOPICS = new Map([
  ['order.created', 'order'],
  ['order.updated', 'order'],
  ['order.restored', 'order'],
  ['order.deleted', 'order'],
  ['customer.created', 'customer'],
  ['customer.updated', 'customer'],
  ['customer.deleted', 'customer'],
]);

/**
 * Says what a delivery tells (commerce-platforms.md §3). The topic is not signed: it decides whether the delivery is read
 * at all, and the body decides as what. Empty for topics that are not followed, and for customers that were erased.
 *
 * An order with refunds is thin where the shop's API can be read: a delivery does not say which lines were given back.
 *
 * @throws InvalidRequestError naming every fault; UnauthorizedError when it is another shop's.
 */
export const interpret = ({ headers, body: bytes }: Delivery, context: InterpretContext): CommerceEvent[] => {
  const about = TOPICS.get(headers['x-wc-webhook-topic'] ?? '');
  if (about === undefined) return [];
  assertSource(headers['x-wc-webhook-source'], context.shop);
  const body = readJson(bytes);
  const digest = hash('sha256', bytes);
  const base = { id: digest, shop: context.name };
  switch (kindOf(body)) {
    case 'order': {
      const read = readOrder(body);
      assertLinks(read, context.shop);
      const version = { updatedAt: read.date_modified_gmt, digest };
      if (isDraft(read)) return [{ ...base, type: 'cart', version, cart: cartOf(read, context) }];
      const returns = amountsOf(read.refunds);
      return returns.length > 0 && context.shop.api
        ? [{ ...base, type: 'thin', version, resource: `order/${read.id}` }]
        : [{ ...base, type: 'order', version, order: orderOf(read, returns, context) }];
    }
    case 'customer': {
      const read = readCustomer(body);
      assertLinks(read, context.shop);
      if (isErasedCustomer(read)) return [];
      const version = { updatedAt: customerChangedAt(read), digest };
      return [{ ...base, type: 'customer', version, customer: customerOf(read, context) }];
    }
    case 'stub': {
      const version = { updatedAt: BEFORE_ALL, digest };
      return [{ ...base, type: 'thin', version, resource: `${about}/${readStub(body).id}` }];
    }
  }
};

const readStub = reader(z.object({ id: Id }));
