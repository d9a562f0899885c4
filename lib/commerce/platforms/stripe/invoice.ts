import * as z from 'zod';
import type { Order } from '../../event.ts';
import { reader } from '../../fields.ts';
import { guestOf, sessionNamed } from '../../naming.ts';
import type { CompleteContext } from '../../platform.ts';
import { idOf, listOf, referenceTo } from './fields.ts';
import { linesOf, Price } from './lines.ts';
import { Currency, MinorAmount, moneyOf } from './money.ts';
import { expanded, readAccount, wholeList } from './read-account.ts';
import { PaymentIntent, returnsOf } from './returns.ts';

const InvoiceLine = z.object({
  id: z.string().min(1),
  description: z.string().nullish(),
  quantity: z.int().min(0).nullish(),
  amount: MinorAmount,
  price: Price.nullish(),
});

const readInvoice = reader(
  z.object({
    object: z.literal('invoice'),
    id: idOf('in'),
    livemode: z.boolean(),
    status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).nullish(),
    billing_reason: z.string().nullish(),
    subscription: referenceTo('sub').nullish(),
    currency: Currency,
    number: z.string().nullish(),
    customer: referenceTo('cus').nullish(),
    customer_email: z.string().nullish(),
    shipping_cost: z.object({ amount_subtotal: MinorAmount }).nullish(),
    lines: listOf(InvoiceLine),
    payment_intent: PaymentIntent.nullish(),
  }),
);
export type InvoiceBody = ReturnType<typeof readInvoice>;

const path = '/v1/invoices/{id}';

/** Reads an invoice. @throws as `readApi` does. */
export const readInvoiceBy = (id: string, context: CompleteContext): Promise<InvoiceBody> =>
  readAccount({ path, params: { id }, query: expanded('payment_intent.latest_charge'), read: readInvoice }, context);

/**
 * The order that a subscription's renewal is: each has a session of its own (commerce-platforms.md §10). Undefined for
 * other invoices, and for one that may still change.
 *
 * @throws as `readApi` does.
 */
export const renewalOf = async (body: InvoiceBody, context: CompleteContext): Promise<Order | undefined> => {
  const { id, currency, customer } = body;
  if (body.billing_reason !== 'subscription_cycle' || !body.status || body.status === 'draft') return undefined;
  const lines = await wholeList({ path: `${path}/lines`, params: { id }, item: InvoiceLine }, context, body.lines);
  const shipping = body.shipping_cost?.amount_subtotal ?? 0;
  const test = !body.livemode;
  return {
    id,
    session: sessionNamed(undefined, [`invoice:${id}`], context),
    ...(customer ? { buyer: { customer } } : guestOf([body.customer_email], context)),
    currency,
    lines: linesOf(lines, ({ amount }) => amount, currency),
    costs: shipping > 0 ? { shipping: moneyOf(shipping, currency) } : {},
    // A code was used once, at the checkout.
    codes: [],
    facts: { ...(body.number && { orderNumber: body.number }), currency, test, renewal: true },
    payment: body.status === 'paid' ? 'paid' : body.status === 'void' ? 'voided' : 'unpaid',
    cancelled: false,
    test,
    returns: await returnsOf(body.payment_intent, currency, context),
  };
};
