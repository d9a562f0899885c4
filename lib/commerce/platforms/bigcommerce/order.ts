import { decimal } from '../../../contract/decimal.ts';
import type { Line, Order } from '../../event.ts';
import { sessionNamed } from '../../naming.ts';
import type { InterpretContext } from '../../platform.ts';
import { buyerOf } from './cart.ts';
import { codesOf, skuOf } from './lines.ts';
import { type Pricing, pricingOf } from './pricing.ts';
import { returnsOf } from './refunds.ts';
import type { OrderBody, Product, WholeOrder } from './whole-order.ts';

/**
 * An order as a picture of how it stands, in the currency that the buyer pays in (`default_currency_code`; `currency_code`
 * is only what prices were shown in). Gift certificates and store credit pay: they lower no price.
 */
export const orderOf = (whole: WholeOrder, context: InterpretContext): Order => {
  const { order, products, coupons, refunds } = whole;
  const pricing = pricingOf(whole, context.shop);
  const lines = linesOf(products, pricing);
  const currency = order.default_currency_code;
  const test = order.payment_method === TEST_METHOD;
  return {
    id: order.id,
    session: sessionNamed(undefined, [order.cart_id?.toLowerCase(), `order:${order.id}`], context),
    ...buyerOf(order.customer_id, order.billing_address?.email, context),
    currency,
    lines,
    costs: pricing.costsOf(order),
    codes: codesOf(coupons),
    facts: { orderNumber: order.id, ...(order.channel_id && { channel: order.channel_id }), currency, test },
    payment: paymentOf(order),
    cancelled: order.status_id === CANCELLED,
    test,
    returns: returnsOf(refunds, lines),
    ...(FULFILLED_STATUSES.has(order.status_id) && { fulfilled: true as const }),
  };
};

/** Nothing else tells an order that was made to try the store out. */
const TEST_METHOD = 'Test Payment Gateway';

const linesOf = (products: readonly Product[], { priceOf }: Pricing): Line[] =>
  products.filter(isSold).map((product) => ({
    id: product.id,
    sku: skuOf(product),
    name: product.name || skuOf(product),
    quantity: product.quantity,
    price: priceOf(product),
    giftCard: product.type === 'giftcertificate',
  }));

/** A part of a bundle is sold with it, unless it has a price of its own. */
const isSold = ({ parent_order_product_id: bundle, quantity, total_inc_tax }: Product): boolean =>
  quantity > 0 && (bundle === undefined || decimal(total_inc_tax).gt(0));

const [SHIPPED, CANCELLED, DECLINED, COMPLETED] = [2, 5, 6, 10];

/** A later refund or dispute takes the place of these. */
const FULFILLED_STATUSES = new Set([SHIPPED, COMPLETED]);

/**
 * The statuses that follow on payment (commerce-platforms.md §4): shipped, partially shipped, refunded, awaiting pickup,
 * awaiting shipment, completed, awaiting fulfillment, disputed, partially refunded. Pending, awaiting payment and manual
 * verification do not.
 */
const PAID_STATUSES = new Set([SHIPPED, 3, 4, 8, 9, COMPLETED, 11, 13, 14]);

/** What the payment's own status says, where there is one; offline payments have none. */
const TAKEN = new Set(['captured', 'paid', 'partially refunded', 'refunded']);
const NOT_TAKEN = new Set([
  'authorized',
  'capture pending',
  'declined',
  'held for review',
  'pending',
  'void',
  'void pending',
]);

/**
 * Money that is only authorized is not paid, whatever the order's status (peers.md A.3), until the merchant completes the
 * order. Nobody pays for one of nothing, and still it is done.
 */
const paymentOf = ({ status_id, payment_status, total_inc_tax }: OrderBody): Order['payment'] => {
  if (status_id === DECLINED) return 'voided';
  const payment = payment_status?.toLowerCase() ?? '';
  if (status_id === COMPLETED || TAKEN.has(payment)) return 'paid';
  if (status_id !== CANCELLED && decimal(total_inc_tax).eq(0)) return 'paid';
  return PAID_STATUSES.has(status_id) && !NOT_TAKEN.has(payment) ? 'paid' : 'unpaid';
};
