import * as z from 'zod';
import { customerDeleted } from '../../customer-deleted.ts';
import { digestOf } from '../../digest.ts';
import type { CommerceEvent, Order } from '../../event.ts';
import { reader } from '../../fields.ts';
import type { CompleteContext } from '../../platform.ts';
import { readCheckoutOrder } from './checkout.ts';
import { customerOf, readCustomer } from './customer.ts';
import { idOf, listOf, referenceTo } from './fields.ts';
import { readInvoiceBy, renewalOf } from './invoice.ts';
import { readAccount } from './read-account.ts';

/**
 * Reads what a thin event names, as it is now: a checkout or a renewal's invoice is an order; a payment belongs to one of
 * them. Empty for a payment that does not: it says what was paid and not what was bought. Stripe's objects do not say when
 * they were changed, so a picture keeps the time of its event; what they sold never changes, and payment goes one way.
 *
 * @throws UnusableEventError, UpstreamError, UpstreamTimeoutError, ConfigurationError (rejects) as `readApi` does.
 */
export const complete = async (
  { id, shop, version, resource }: Extract<CommerceEvent, { type: 'thin' }>,
  context: CompleteContext,
): Promise<CommerceEvent[]> => {
  const { updatedAt } = version;
  const [kind = '', key = ''] = resource.split('/');
  if (kind === 'customer') {
    const body = await readAccount({ path: '/v1/customers/{id}', params: { id: key }, read: readCustomer }, context);
    if (body.deleted) return customerDeleted({ id, shop, version }, key, context);
    const customer = customerOf(body, context);
    return [{ id, shop, version: { updatedAt, digest: digestOf(customer) }, type: 'customer', customer }];
  }
  const order = await ORDERS.get(kind)?.(key, context);
  return order ? [{ id, shop, version: { updatedAt, digest: digestOf(order) }, type: 'order', order }] : [];
};

type FindOrder = (id: string, context: CompleteContext) => Promise<Order | undefined>;

const checkoutOf = async (
  owner: { readonly payment_intent: string } | { readonly subscription: string },
  context: CompleteContext,
): Promise<Order | undefined> => {
  const query = { ...owner, limit: '1' };
  const found = await readAccount({ path: '/v1/checkout/sessions', params: {}, query, read: readFound }, context);
  const [checkout] = found.data;
  return checkout && readCheckoutOrder(checkout.id, context);
};
const readFound = reader(listOf(z.object({ id: idOf('cs') })));

/** A subscription's first invoice is part of its checkout; later ones stand alone. */
const orderOfInvoice: FindOrder = async (id, context) => {
  const invoice = await readInvoiceBy(id, context);
  return invoice.billing_reason === 'subscription_create' && invoice.subscription
    ? checkoutOf({ subscription: invoice.subscription }, context)
    : renewalOf(invoice, context);
};

const orderOfPayment: FindOrder = async (id, context) => {
  const order = await checkoutOf({ payment_intent: id }, context);
  if (order) return order;
  const request = { path: '/v1/payment_intents/{id}', params: { id }, read: readPayment } as const;
  const { invoice } = await readAccount(request, context);
  return invoice ? orderOfInvoice(invoice, context) : undefined;
};
const readPayment = reader(z.object({ invoice: referenceTo('in').nullish() }));

const ORDERS = new Map<string, FindOrder>([
  ['checkout', readCheckoutOrder],
  ['payment', orderOfPayment],
  ['invoice', orderOfInvoice],
]);
