import * as z from 'zod';
import { Amount, Currency } from '../../amount.ts';
import { Id, OptionalId, reader } from '../../fields.ts';
import type { CompleteContext } from '../../platform.ts';
import { CartId, MailDate } from './fields.ts';
import { readPages, readStore } from './read-store.ts';
import { Refund } from './refunds.ts';

/** A cost, with tax and without. */
const both = <N extends string>(name: N) =>
  ({ [`${name}_ex_tax`]: Amount, [`${name}_inc_tax`]: Amount }) as Record<
    `${N}_ex_tax` | `${N}_inc_tax`,
    typeof Amount
  >;

const readOrder = reader(
  z.object({
    id: Id,
    status_id: z.int(),
    payment_status: z.string().nullish(),
    payment_method: z.string().nullish(),
    cart_id: z.union([z.literal('').transform(() => undefined), CartId]).nullish(),
    customer_id: OptionalId,
    billing_address: z.object({ email: z.string().nullish() }).nullish(),
    channel_id: OptionalId,
    default_currency_code: Currency,
    ...both('shipping_cost'),
    ...both('handling_cost'),
    ...both('wrapping_cost'),
    fees: z.array(z.object(both('cost'))).nullish(),
    total_inc_tax: Amount,
    date_modified: MailDate,
  }),
);
export type OrderBody = ReturnType<typeof readOrder>;

const Product = z.object({
  id: Id,
  product_id: OptionalId,
  variant_id: OptionalId,
  name: z.string().nullish(),
  sku: z.string().nullish(),
  type: z.string().nullish(),
  quantity: z.int().min(0),
  base_price: Amount,
  ...both('price'),
  ...both('total'),
  parent_order_product_id: OptionalId,
});
export type Product = z.output<typeof Product>;

const Coupon = z.object({ code: z.string().nullish() });

const readRefunds = reader(z.object({ data: z.array(Refund) }));

/** An order and what BigCommerce keeps beside it. */
export interface WholeOrder {
  readonly order: OrderBody;
  readonly products: readonly Product[];
  readonly coupons: readonly z.output<typeof Coupon>[];
  readonly refunds: readonly Refund[];
}

/** Whether the buyer completed it. Only then is it told, whatever its shop closes on. */
export const isPlaced = ({ status_id }: OrderBody): boolean => status_id !== INCOMPLETE;

const INCOMPLETE = 0;

/** Reads an order with its lines, codes and refunds. @throws as `readApi` does. */
export const wholeOrder = async (id: string, context: CompleteContext): Promise<WholeOrder> => {
  const params = { id };
  const order = await readStore(
    { path: '/v2/orders/{id}', params, query: { include: 'fees' }, read: readOrder },
    context,
  );
  if (!isPlaced(order)) return { order, products: [], coupons: [], refunds: [] };
  const [products, coupons, refunds] = await Promise.all([
    readPages('/v2/orders/{id}/products', params, Product, context),
    readPages('/v2/orders/{id}/coupons', params, Coupon, context),
    readStore({ path: '/v3/orders/{id}/payment_actions/refunds', params, read: readRefunds }, context),
  ]);
  return { order, products, coupons, refunds: refunds.data };
};
