import { hash } from 'node:crypto';
import * as z from 'zod';
import { InvalidRequestError } from '../../../contract/errors.ts';
import { customerDeleted } from '../../customer-deleted.ts';
import type { CommerceEvent, Delivery, Version } from '../../event.ts';
import { BEFORE_ALL, Id, Instant, reader } from '../../fields.ts';
import { readJson } from '../../json.ts';
import { profileIdOf } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { cartOf, isForeign, readCheckout } from './checkout.ts';
import { customerOf, readCustomer } from './customer.ts';
import { readDispute } from './dispute.ts';
import { globalId } from './fields.ts';
import { kindOf } from './kind.ts';
import { orderOf, readOrder } from './order.ts';
import { assertOwn } from './own.ts';
import { everybodyOf, wishOf } from './privacy.ts';

/**
 * The topics that are followed, and what each is about. `checkouts/delete` is not: its body has no token, so it does not
 * say which checkout it was.
 */
const TOPICS = new Map([
  ['checkouts/create', 'checkout'],
  ['checkouts/update', 'checkout'],
  ['orders/create', 'order'],
  ['orders/paid', 'order'],
  ['orders/updated', 'order'],
  ['orders/cancelled', 'order'],
  ['orders/fulfilled', 'order'],
  ['refunds/create', 'refund'],
  ['disputes/create', 'dispute'],
  ['disputes/update', 'dispute'],
  ['customers/create', 'customer'],
  ['customers/update', 'customer'],
  ['customers/redact', 'wish'],
  ['customers/data_request', 'wish'],
  ['shop/redact', 'everybody'],
  ['customers/merge', 'customer'],
  ['customers/delete', 'customer'],
]);

/**
 * Says what a delivery tells (commerce-platforms.md §1). The topic is not signed: it decides whether the delivery is
 * read at all, and the body decides as what. Empty for topics that are not followed.
 *
 * @throws InvalidRequestError naming every fault; UnauthorizedError when the body names another shop.
 */
export const interpret = ({ headers, body: bytes }: Delivery, context: InterpretContext): CommerceEvent[] => {
  const about = TOPICS.get(headers['x-shopify-topic'] ?? '');
  if (about === undefined) return [];
  const body = readJson(bytes);
  const digest = hash('sha256', bytes);
  const base = { id: digest, shop: context.name };
  const version = (updatedAt = BEFORE_ALL): Version => ({ updatedAt, digest });
  switch (kindOf(body)) {
    case 'order': {
      const read = readOrder(body);
      assertOwn(read.order_status_url, context.shop);
      return [{ ...base, type: 'order', version: version(read.updated_at), order: orderOf(read, context) }];
    }
    case 'checkout': {
      const read = readCheckout(body);
      assertOwn(read.abandoned_checkout_url, context.shop);
      return isForeign(read)
        ? [{ ...base, type: 'thin', version: version(read.updated_at), resource: `checkout/${read.token}` }]
        : [{ ...base, type: 'cart', version: version(read.updated_at), cart: cartOf(read, context) }];
    }
    case 'customer': {
      const read = readCustomer(body);
      return [{ ...base, type: 'customer', version: version(read.updated_at), customer: customerOf(read, context) }];
    }
    case 'gone customer':
      return customerDeleted({ ...base, version: version() }, readGone(body).admin_graphql_api_id, context);
    case 'merge': {
      const {
        admin_graphql_api_customer_kept_id: kept,
        admin_graphql_api_customer_deleted_id: other,
        status,
      } = readMerge(body);
      if (status !== 'completed') return [];
      const links = [profileIdOf({ customer: other }, context.shop)];
      return [
        { ...base, type: 'activity', version: version(), activity: { name: 'customer_merged', customer: kept, links } },
        { ...base, type: 'thin', version: version(), resource: `customer/${kept}` },
      ];
    }
    case 'dispute': {
      // How much it is and what it is about is read, once it is lost.
      const { id, order_id, status } = readDispute(body);
      return status === 'lost' && order_id
        ? [{ ...base, type: 'thin', version: version(), resource: `dispute/${id}` }]
        : [];
    }
    case 'refund': {
      // The order, read anew or in its own next picture, has the refund in it, with everything that is to be known of it.
      const { order_id, created_at } = readRefund(body);
      return [{ ...base, type: 'thin', version: version(created_at ?? BEFORE_ALL), resource: `order/${order_id}` }];
    }
    case 'wish':
      assertTopic('wish', about);
      return [{ ...base, type: 'erasure', version: version(), intake: wishOf(body, digest, context) }];
    case 'everybody':
      assertTopic('everybody', about);
      return [{ ...base, type: 'erasure', version: version(), intake: everybodyOf(body, digest, context) }];
    case 'stub':
      if (about === 'wish' || about === 'everybody') throw mismatch();
      return [{ ...base, type: 'thin', version: version(), resource: `${about}/${readStub(body).id}` }];
  }
};

/** Nobody is erased whom header and body do not both mean: a body that lacks its person must not mean everybody. */
const assertTopic = (kind: string, about: string): void => {
  if (kind !== about) throw mismatch();
};

const mismatch = (): InvalidRequestError =>
  new InvalidRequestError([
    {
      title: 'Mismatch',
      details: 'X-Shopify-Topic and the body do not tell of the same thing',
      source: { pointer: '' },
    },
  ]);

const readGone = reader(z.object({ admin_graphql_api_id: globalId('Customer') }));
const readMerge = reader(
  z.object({
    admin_graphql_api_customer_kept_id: globalId('Customer'),
    admin_graphql_api_customer_deleted_id: globalId('Customer'),
    status: z.string(),
  }),
);
const readRefund = reader(z.object({ order_id: Id, created_at: Instant.nullish() }));
const readStub = reader(z.object({ id: Id }));
