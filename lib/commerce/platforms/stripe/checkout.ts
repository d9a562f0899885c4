import * as z from 'zod';
import type { Order } from '../../event.ts';
import { reader } from '../../fields.ts';
import { guestOf, sessionNamed } from '../../naming.ts';
import type { CompleteContext, InterpretContext } from '../../platform.ts';
import type { Shop } from '../../shops.ts';
import { idOf, listOf, referenceTo } from './fields.ts';
import { linesOf, Price } from './lines.ts';
import { Currency, MinorAmount, moneyOf } from './money.ts';
import { expanded, readAccount, wholeList } from './read-account.ts';
import { PaymentIntent, returnsOf } from './returns.ts';

const LineItem = z.object({
  id: z.string().min(1).max(255),
  description: z.string().nullish(),
  quantity: z.int().min(0).nullish(),
  amount_subtotal: MinorAmount,
  price: Price.nullish(),
});

const readCheckout = reader(
  z.object({
    object: z.literal('checkout.session'),
    id: idOf('cs'),
    livemode: z.boolean(),
    status: z.enum(['open', 'complete', 'expired']),
    mode: z.enum(['payment', 'setup', 'subscription']),
    payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']),
    currency: Currency.nullish(),
    client_reference_id: z.string().nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    customer: referenceTo('cus').nullish(),
    customer_details: z.object({ email: z.string().nullish() }).nullish(),
    customer_email: z.string().nullish(),
    discounts: z.array(z.object({ promotion_code: z.object({ code: z.string() }).nullish() })).nullish(),
    shipping_cost: z.object({ amount_subtotal: MinorAmount }).nullish(),
    line_items: listOf(LineItem),
    payment_intent: PaymentIntent.nullish(),
    invoice: z.object({ payment_intent: PaymentIntent.nullish() }).nullish(),
  }),
);
type CheckoutBody = ReturnType<typeof readCheckout>;

const WHOLE = expanded(
  'line_items',
  'discounts.promotion_code',
  'payment_intent.latest_charge',
  'invoice.payment_intent.latest_charge',
);

/**
 * Reads a completed checkout as the order that it is, with everything that was given back of it. Undefined for one that
 * sold nothing: it is not completed yet, it expired, or it only stores a means of payment.
 *
 * @throws as `readApi` does.
 */
export const readCheckoutOrder = async (id: string, context: CompleteContext): Promise<Order | undefined> => {
  const path = '/v1/checkout/sessions/{id}';
  const params = { id };
  const body = await readAccount({ path, params, query: WHOLE, read: readCheckout }, context);
  const { currency, status, mode } = body;
  if (status !== 'complete' || mode === 'setup' || !currency) return undefined;
  const items = await wholeList({ path: `${path}/line_items`, params, item: LineItem }, context, body.line_items);
  const shipping = body.shipping_cost?.amount_subtotal ?? 0;
  const test = !body.livemode;
  return {
    id,
    session: sessionOf(body, context),
    ...buyerOf(body, context),
    currency,
    lines: linesOf(items, ({ amount_subtotal }) => amount_subtotal, currency),
    costs: shipping > 0 ? { shipping: moneyOf(shipping, currency) } : {},
    codes: codesOf(body),
    facts: { currency, test },
    payment: paymentOf(body),
    cancelled: false,
    test,
    returns: await returnsOf(paymentIn(body), currency, context),
  };
};

/** The cart may be named in the metadata, or in the one field that Stripe has for it. */
const sessionOf = ({ id, metadata, client_reference_id }: CheckoutBody, context: InterpretContext): string =>
  sessionNamed(namedIn(context.shop, metadata, client_reference_id), [id], context);

const namedIn = (
  { sessionAttribute }: Shop,
  metadata: CheckoutBody['metadata'],
  reference: CheckoutBody['client_reference_id'],
): unknown => {
  if (sessionAttribute === undefined) return undefined;
  return sessionAttribute === 'client_reference_id' ? reference : metadata?.[sessionAttribute];
};

const buyerOf = ({ customer, customer_details, customer_email }: CheckoutBody, context: InterpretContext) =>
  customer ? { buyer: { customer } } : guestOf([customer_details?.email, customer_email], context);

const codesOf = ({ discounts }: CheckoutBody): string[] => [
  ...new Set((discounts ?? []).map(({ promotion_code }) => promotion_code?.code.trim() ?? '').filter(Boolean)),
];

/** A subscription's first payment belongs to its first invoice. */
const paymentIn = ({ payment_intent, invoice }: CheckoutBody): PaymentIntent | null | undefined =>
  payment_intent ?? invoice?.payment_intent;

/** A completed checkout need not be paid: some means of payment take days (commerce-platforms.md §6). */
const paymentOf = (body: CheckoutBody): Order['payment'] => {
  if (body.payment_status !== 'unpaid') return 'paid';
  return paymentIn(body)?.status === 'canceled' ? 'voided' : 'unpaid';
};
