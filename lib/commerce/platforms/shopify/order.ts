import * as z from 'zod';
import { decimal } from '../../../contract/decimal.ts';
import { Amount } from '../../amount.ts';
import type { Order } from '../../event.ts';
import { Instant, reader } from '../../fields.ts';
import type { InterpretContext } from '../../platform.ts';
import { buyerOf, cartFields, codesOf, linesOf, sessionOf, shippingOf } from './cart.ts';
import { globalId, Token } from './fields.ts';
import { moneySet, oneCurrency, shopMoney } from './money.ts';
import { Refund, returnsOf } from './returns.ts';

const FinancialStatus = z.enum([
  'pending',
  'authorized',
  'expired',
  'partially_paid',
  'paid',
  'partially_refunded',
  'refunded',
  'voided',
]);

/** Reads the body of orders/create, orders/paid, orders/updated and orders/cancelled: they are the same picture. */
export const readOrder = reader(
  z
    .object({
      ...cartFields,
      admin_graphql_api_id: globalId('Order'),
      name: z.string().nullish(),
      order_number: z.int().nullish(),
      checkout_token: Token.nullish(),
      contact_email: z.string().nullish(),
      financial_status: FinancialStatus.nullish(),
      fulfillment_status: z.string().nullish(),
      cancelled_at: Instant.nullish(),
      test: z.boolean().nullish(),
      total_price: Amount,
      total_price_set: moneySet(Amount).nullish(),
      total_tip_received: Amount.nullish(),
      refunds: z.array(Refund).nullish(),
      order_status_url: z.string().nullish(),
      updated_at: Instant,
    })
    .superRefine(oneCurrency),
);
type OrderBody = ReturnType<typeof readOrder>;

/** An order as a picture of how it stands. */
export const orderOf = (body: OrderBody, context: InterpretContext): Order => {
  const id = body.admin_graphql_api_id;
  const { currency, checkout_token, cart_token, email, contact_email } = body;
  const test = body.test ?? false;
  const orderNumber = body.name || body.order_number?.toString();
  return {
    id,
    session: sessionOf(body, [checkout_token, cart_token, `order:${id}`], context),
    ...buyerOf(body, [email, contact_email], context),
    currency,
    lines: linesOf(body),
    costs: { ...shippingOf(body), ...tipOf(body) },
    codes: codesOf(body),
    facts: {
      ...(orderNumber && { orderNumber }),
      ...(body.source_name && { channel: body.source_name }),
      currency,
      test,
    },
    payment: paymentOf(body),
    cancelled: Boolean(body.cancelled_at),
    test,
    returns: returnsOf(body),
    ...(body.fulfillment_status === 'fulfilled' && { fulfilled: true as const }),
  };
};

const tipOf = ({ total_tip_received: tip }: OrderBody): Order['costs'] => (tip && decimal(tip).gt(0) ? { tip } : {});

/** A refund does not make an order unpaid (design.md decision 20); nobody pays for one of nothing, and still it is done. */
const paymentOf = ({ financial_status, cancelled_at, total_price, total_price_set }: OrderBody): Order['payment'] => {
  if (financial_status === 'voided') return 'voided';
  if (financial_status === 'paid' || financial_status === 'partially_refunded' || financial_status === 'refunded') {
    return 'paid';
  }
  return !cancelled_at && decimal(shopMoney(total_price, total_price_set)).eq(0) ? 'paid' : 'unpaid';
};
