import * as z from 'zod';
import { decimal } from '../../../contract/decimal.ts';
import { Amount, Currency } from '../../amount.ts';
import type { Buyer, Cart, Order, Return } from '../../event.ts';
import { Id, OptionalId, reader } from '../../fields.ts';
import { guestOf, sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import type { Shop } from '../../shops.ts';
import { isErasedEmail } from './erased.ts';
import { GmtTime, Links, MetaData, metaOf } from './fields.ts';
import { CostLine, costsOf, LineItem, type Pricing, type SoldLine, soldLines } from './lines.ts';
import { RefundTotal } from './refunds.ts';

/** Reads an order, as it is delivered and as the API answers it. */
export const readOrder = reader(
  z.object({
    id: Id,
    number: z.union([z.string(), z.int().transform(String)]).nullish(),
    created_via: z.string().nullish(),
    // Plugins add statuses of their own.
    status: z.string().max(50),
    currency: Currency,
    prices_include_tax: z.boolean(),
    total: Amount,
    date_modified_gmt: GmtTime,
    date_paid_gmt: GmtTime.nullish(),
    customer_id: OptionalId,
    billing: z.object({ email: z.string().nullish() }).nullish(),
    meta_data: MetaData,
    line_items: z.array(LineItem),
    shipping_lines: z.array(CostLine).nullish(),
    fee_lines: z.array(CostLine).nullish(),
    coupon_lines: z.array(z.object({ code: z.string().nullish() })).nullish(),
    refunds: z.array(RefundTotal).nullish(),
    _links: Links,
  }),
);
/** An order as WooCommerce tells it. */
export type OrderBody = ReturnType<typeof readOrder>;

/** Drafts are carts that have an order's id already: of the checkout, and of an order that the merchant writes. */
const DRAFTS = new Set(['checkout-draft', 'auto-draft', 'draft']);

/** Whether it is no order yet. */
export const isDraft = ({ status }: OrderBody): boolean => DRAFTS.has(status);

/** The sold lines of an order in the prices that count for the shop. */
export const linesOf = (body: OrderBody, shop: Shop): SoldLine[] => soldLines(body.line_items, pricingOf(body, shop));

/** Every amount is stated without tax, and its tax beside it (commerce-platforms.md §3). */
const pricingOf = ({ prices_include_tax }: OrderBody, { prices }: Shop): Pricing => ({
  gross: prices === 'as-shop' ? prices_include_tax : prices === 'gross',
});

/** What is in an order or its draft, and who buys it. */
export const cartOf = (body: OrderBody, context: InterpretContext): Cart => {
  const { number: orderNumber, created_via: channel, currency } = body;
  const named = metaOf(body.meta_data, context.shop.sessionAttribute);
  return {
    session: sessionNamed(named, [`order:${body.id}`], context),
    ...buyerOf(body, context),
    currency,
    lines: linesOf(body, context.shop).map(({ counted, ...line }) => line),
    costs: costsOf(body.shipping_lines, body.fee_lines, pricingOf(body, context.shop)),
    codes: codesOf(body),
    facts: { ...(orderNumber && { orderNumber }), ...(channel && { channel }), currency, test: false },
  };
};

/** An order as a picture of how it stands. */
export const orderOf = (body: OrderBody, returns: readonly Return[], context: InterpretContext): Order => ({
  ...cartOf(body, context),
  id: body.id,
  payment: paymentOf(body),
  cancelled: isCancelled(body),
  test: false,
  returns,
  ...(body.status === 'completed' && { fulfilled: true as const }),
});

/**
 * Of an erased order nobody is the buyer, whatever else it still says: all erased guests have one e-mail address, and
 * would become one person.
 */
const buyerOf = (
  { customer_id, billing, meta_data }: OrderBody,
  context: InterpretContext,
): { readonly buyer?: Buyer } => {
  if (metaOf(meta_data, '_anonymized') === 'yes' || isErasedEmail(billing?.email)) return {};
  return customer_id ? { buyer: { customer: customer_id } } : guestOf([billing?.email], context);
};

const codesOf = ({ coupon_lines }: OrderBody): string[] => [
  ...new Set((coupon_lines ?? []).flatMap(({ code }) => code?.trim() || [])),
];

/** Nobody has paid, whatever the dates say: an order can be put back to these. */
const UNPAID = new Set(['pending', 'on-hold', 'failed', ...DRAFTS]);

/**
 * Cash on delivery is `processing` long before it is paid: the date of payment tells. A refund does not make an order
 * unpaid (design.md decision 20); nobody pays for one of nothing, and still it is done.
 */
const paymentOf = (body: OrderBody): Order['payment'] => {
  const { status, date_paid_gmt, total } = body;
  if (UNPAID.has(status)) return 'unpaid';
  if (date_paid_gmt || status === 'completed' || status === 'refunded') return 'paid';
  return !isCancelled(body) && decimal(total).eq(0) ? 'paid' : 'unpaid';
};

/** The trash takes an order that nobody paid for good; a paid one is only cleared away. */
const isCancelled = ({ status, date_paid_gmt }: OrderBody): boolean =>
  status === 'cancelled' || (status === 'trash' && !date_paid_gmt);
