import * as z from 'zod';
import { decimal } from '../../../contract/decimal.ts';
import { Amount, Currency } from '../../amount.ts';
import type { Buyer, Cart, Order, Return } from '../../event.ts';
import { Id, OptionalId, reader } from '../../fields.ts';
import { guestOf, sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { Timestamp } from './fields.ts';
import { Item, type SoldLine, soldLines } from './lines.ts';
import { type Pricing, pricingOf } from './pricing.ts';

const State = z.enum([
  'new',
  'pending_payment',
  'processing',
  'complete',
  'closed',
  'canceled',
  'holded',
  'payment_review',
]);

/** Reads an order as events carry it, when the merchant chose enough of it, and as the API answers it. */
export const readOrder = reader(
  z.object({
    entity_id: Id,
    increment_id: z.string().nullish(),
    quote_id: OptionalId,
    customer_id: OptionalId,
    customer_email: z.string().nullish(),
    store_name: z.string().nullish(),
    state: State,
    order_currency_code: Currency,
    base_currency_code: Currency.nullish(),
    coupon_code: z.string().nullish(),
    items: z.array(Item),
    shipping_amount: Amount.nullish(),
    shipping_incl_tax: Amount.nullish(),
    base_shipping_amount: Amount.nullish(),
    base_shipping_incl_tax: Amount.nullish(),
    grand_total: Amount.nullish(),
    base_grand_total: Amount.nullish(),
    total_paid: Amount.nullish(),
    base_total_paid: Amount.nullish(),
    total_refunded: Amount.nullish(),
    updated_at: Timestamp,
    extension_attributes: z.record(z.string(), z.unknown()).nullish(),
  }),
);
/** An order as Adobe Commerce tells it. */
export type OrderBody = ReturnType<typeof readOrder>;

/** Whether money was given back, so that there are credit memos. */
export const isRefunded = ({ total_refunded, state }: OrderBody): boolean =>
  state === 'closed' || decimal(total_refunded ?? 0).gt(0);

/** The sold lines of an order in the amounts that count for the shop. */
export const linesOf = (body: OrderBody, pricing: Pricing): SoldLine[] =>
  soldLines(body.items, body.state === 'canceled', pricing);

/** An order as a picture of how it stands. */
export const orderOf = (body: OrderBody, returns: readonly Return[], context: InterpretContext): Order => {
  const { entity_id: id, increment_id: orderNumber, quote_id, state } = body;
  const pricing = pricingOf(body, context.shop);
  const { currency } = pricing;
  // A store view is named by its website, store and view, a line each.
  const channel = body.store_name?.split('\n').at(-1)?.trim();
  return {
    id,
    session: sessionNamed(sessionIn(body, context), [quote_id, `order:${id}`], context),
    ...buyerOf(body, context),
    currency,
    lines: linesOf(body, pricing).map(({ counted, ...line }) => line),
    costs: shippingOf(body, pricing),
    codes: codesOf(body),
    facts: { ...(orderNumber && { orderNumber }), ...(channel && { channel }), currency, test: false },
    payment: paymentOf(body, pricing),
    cancelled: state === 'canceled',
    test: false,
    returns,
    // Invoiced and shipped, all of it.
    ...(state === 'complete' && { fulfilled: true as const }),
  };
};

const sessionIn = ({ extension_attributes }: OrderBody, { shop }: InterpretContext): unknown =>
  shop.sessionAttribute !== undefined && Object.hasOwn(extension_attributes ?? {}, shop.sessionAttribute)
    ? extension_attributes?.[shop.sessionAttribute]
    : undefined;

const buyerOf = ({ customer_id, customer_email }: OrderBody, context: InterpretContext): { readonly buyer?: Buyer } =>
  customer_id ? { buyer: { customer: customer_id } } : guestOf([customer_email], context);

const shippingOf = (body: OrderBody, pricing: Pricing): Cart['costs'] => {
  const shipping = pricing.shippingOf(body);
  return shipping && decimal(shipping).gt(0) ? { shipping } : {};
};

/** Newer versions take several codes, with commas between them. */
const codesOf = ({ coupon_code }: OrderBody): string[] => [
  ...new Set((coupon_code ?? '').split(',').flatMap((code) => code.trim() || [])),
];

/** Whatever was paid is not the shop's yet. */
const PENDING = new Set(['pending_payment', 'payment_review', 'canceled']);

/**
 * `processing` may be authorised only: money counts. Gift cards and store credit are money too, and lower the total that
 * is still to be paid, down to nothing. What is complete was invoiced, and a refund (`closed`) does not make it unpaid
 * (design.md decision 20).
 */
const paymentOf = (body: OrderBody, pricing: Pricing): Order['payment'] => {
  const { state } = body;
  if (state === 'complete' || state === 'closed') return 'paid';
  const total = pricing.totalOf(body);
  if (PENDING.has(state) || total === undefined || total === null) return 'unpaid';
  return decimal(pricing.paidOf(body) ?? 0).gte(total) ? 'paid' : 'unpaid';
};
