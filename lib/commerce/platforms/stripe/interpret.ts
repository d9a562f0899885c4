import { hash } from 'node:crypto';
import * as z from 'zod';
import { UnauthorizedError } from '../../../contract/errors.ts';
import { customerDeleted } from '../../customer-deleted.ts';
import type { CommerceEvent, Delivery } from '../../event.ts';
import { Instant, reader, UnixInstant } from '../../fields.ts';
import { readJson } from '../../json.ts';
import { guestLinks } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import type { Shop } from '../../shops.ts';
import { customerOf, readCustomer } from './customer.ts';
import { resourceOf } from './resource.ts';

const readKind = reader(z.object({ object: z.enum(['event', 'v2.core.event']) }));

const readEvent = reader(
  z.object({
    type: z.string(),
    created: UnixInstant,
    livemode: z.boolean(),
    account: z.string().nullish(),
    data: z.object({
      object: z.looseObject({ object: z.string().nullish() }),
      previous_attributes: z.object({ email: z.string().nullish() }).nullish(),
    }),
  }),
);

const readThinEvent = reader(
  z.object({
    created: Instant,
    livemode: z.boolean(),
    context: z.string().nullish(),
    related_object: z.object({ id: z.string(), type: z.string() }).nullish(),
  }),
);

/** The types that are followed, and the object that each of them is about. */
export const TYPES: ReadonlyMap<string, string> = new Map([
  ['checkout.session.completed', 'checkout.session'],
  ['checkout.session.async_payment_succeeded', 'checkout.session'],
  ['checkout.session.async_payment_failed', 'checkout.session'],
  ['payment_intent.succeeded', 'payment_intent'],
  ['payment_intent.payment_failed', 'payment_intent'],
  ['payment_intent.canceled', 'payment_intent'],
  ['charge.refunded', 'charge'],
  ['charge.refund.updated', 'refund'],
  ['refund.created', 'refund'],
  ['refund.updated', 'refund'],
  ['refund.failed', 'refund'],
  ['charge.dispute.closed', 'dispute'],
  ['invoice.paid', 'invoice'],
  ['invoice.payment_failed', 'invoice'],
  ['invoice.voided', 'invoice'],
  ['customer.created', 'customer'],
  ['customer.updated', 'customer'],
  ['customer.deleted', 'deleted customer'],
]);

/**
 * Says what an event tells (commerce-platforms.md §6): a customer's record, or which checkout, payment or invoice is to
 * be read. Empty for what is not followed. Among it are an expired checkout, which sold nothing and whose cart may yet be
 * bought; a subscription, whose invoices tell what it sells; and what
 * happens in a sandbox, unless the shop applies it.
 *
 * @throws InvalidRequestError naming every fault; UnauthorizedError when it is of another account.
 */
export const interpret = ({ body: bytes }: Pick<Delivery, 'body'>, context: InterpretContext): CommerceEvent[] => {
  const body = readJson(bytes);
  const digest = hash('sha256', bytes);
  const base = { id: digest, shop: context.name };
  if (readKind(body).object === 'v2.core.event') {
    const { created, livemode, context: account, related_object: related } = readThinEvent(body);
    assertOwn(account, context.shop);
    const resource = related && follows(livemode, context.shop) && resourceOf(related.type, related);
    return resource ? [{ ...base, version: { updatedAt: created, digest }, type: 'thin', resource }] : [];
  }
  const { type, created, livemode, account, data } = readEvent(body);
  assertOwn(account, context.shop);
  const about = TYPES.get(type);
  if (about === undefined || !follows(livemode, context.shop)) return [];
  const version = { updatedAt: created, digest };
  if (about === 'deleted customer') {
    return customerDeleted({ ...base, version }, readCustomer(data.object).id, context);
  }
  if (about === 'customer') {
    const customer = customerOf(readCustomer(data.object), context);
    const former = guestLinks([data.previous_attributes?.email], context).links ?? [];
    const links = [...(customer.links ?? []), ...former];
    return [{ ...base, version, type: 'customer', customer: { ...customer, ...(links.length > 0 && { links }) } }];
  }
  const resource = resourceOf(about, data.object);
  return resource === undefined ? [] : [{ ...base, version, type: 'thin', resource }];
};

/** A platform's endpoint is told of all the accounts that are connected to it. */
const assertOwn = (account: string | null | undefined, { shopId }: Shop): void => {
  if (account && account !== shopId) throw new UnauthorizedError();
};

/** A sandbox has other objects than the live account: they can be read with its own key only. */
const follows = (livemode: boolean, { testOrders }: Shop): boolean => livemode || testOrders === 'apply';
