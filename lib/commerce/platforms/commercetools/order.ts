import * as z from 'zod';
import type { Order } from '../../event.ts';
import { reader } from '../../fields.ts';
import type { InterpretContext } from '../../platform.ts';
import { cartFields, contentOf, Id, sessionOf } from './cart.ts';
import { soldLines } from './lines.ts';
import { oneCurrency } from './money.ts';
import { ReturnInfo, returnsOf } from './returns.ts';

const PaymentState = z.enum(['BalanceDue', 'Failed', 'Pending', 'CreditOwed', 'Paid']);

const OrderState = z.enum(['Open', 'Confirmed', 'Complete', 'Cancelled']);

/** Reads an order as messages carry it and as the API answers it. */
export const readOrder = reader(
  z
    .object({
      ...cartFields,
      cart: z.object({ id: Id }).nullish(),
      origin: z.string().nullish(),
      orderNumber: z.string().nullish(),
      orderState: OrderState,
      paymentState: PaymentState.nullish(),
      shipmentState: z.string().nullish(),
      returnInfo: z.array(ReturnInfo).nullish(),
    })
    .superRefine(oneCurrency),
);
type OrderBody = ReturnType<typeof readOrder>;

/** An order as a picture of how it stands. */
export const orderOf = (body: OrderBody, context: InterpretContext): Order => {
  const content = contentOf(body, context);
  const { id, orderNumber } = body;
  return {
    ...content,
    id,
    session: sessionOf(body, [cartIdOf(body), `order:${id}`], context),
    facts: { ...(orderNumber && { orderNumber }), ...content.facts, test: false },
    payment: paymentOf(body),
    cancelled: body.orderState === 'Cancelled',
    test: false,
    returns: returnsOf(body.returnInfo, soldLines(body), content.currency),
    ...(SENT.has(body.shipmentState ?? '') && { fulfilled: true as const }),
  };
};

const SENT = new Set(['Shipped', 'Delivered']);

/** A renewal is no part of the cart that it goes back to: each has a session of its own (commerce-platforms.md §10). */
const cartIdOf = ({ cart, origin }: OrderBody): string | undefined =>
  origin === 'RecurringOrder' ? undefined : cart?.id;

/** More paid than owed is paid too; nobody pays for an order of nothing, and still it is done. */
const paymentOf = ({ paymentState, orderState, totalPrice }: OrderBody): Order['payment'] => {
  if (paymentState === 'Paid' || paymentState === 'CreditOwed') return 'paid';
  return orderState !== 'Cancelled' && totalPrice.amount.eq(0) ? 'paid' : 'unpaid';
};
