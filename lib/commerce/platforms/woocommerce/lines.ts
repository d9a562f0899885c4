import * as z from 'zod';
import { type Decimal, decimal, sum } from '../../../contract/decimal.ts';
import { Amount, moneyText, SignedAmount, unitPrice } from '../../amount.ts';
import type { Cart, Line, Money } from '../../event.ts';
import { Id, OptionalId } from '../../fields.ts';

/** A sold line of an order. Its `price` is after discounts, and not read. */
export const LineItem = z.object({
  id: Id,
  name: z.string().nullish(),
  product_id: OptionalId,
  variation_id: OptionalId,
  sku: z.string().nullish(),
  quantity: Amount.transform(decimal),
  subtotal: SignedAmount,
  subtotal_tax: SignedAmount.nullish(),
});
type LineItem = z.output<typeof LineItem>;

/** A line beside the goods: shipping or a fee. */
export const CostLine = z.object({ total: SignedAmount, total_tax: SignedAmount.nullish() });
type CostLine = z.output<typeof CostLine>;

/** Whether amounts are taken with tax. */
export interface Pricing {
  readonly gross: boolean;
}

/** A sold line, and its quantity as the shop counts it. */
export interface SoldLine extends Line {
  readonly counted: Decimal;
}

/** The sold lines. What was given back is a fact of its own (`Return`): the line keeps its quantity. */
export const soldLines = (items: readonly LineItem[], pricing: Pricing): SoldLine[] =>
  items.filter(({ quantity }) => quantity.gt(0)).map((item) => lineOf(item, pricing));

const lineOf = (item: LineItem, { gross }: Pricing): SoldLine => {
  const total = totalOf(item.subtotal, item.subtotal_tax, gross);
  // Half a metre has no place in a session: it is one piece at its own price (commerce-platforms.md §9).
  const quantity = item.quantity.eq(item.quantity.round()) ? item.quantity.toNumber() : 1;
  return {
    id: item.id,
    sku: skuOf(item),
    name: item.name || skuOf(item),
    quantity,
    price: unitPrice(moneyText(total), quantity),
    giftCard: false,
    counted: item.quantity,
  };
};

const skuOf = ({ id, sku, variation_id, product_id }: LineItem): string => {
  if (sku?.trim()) return sku.trim();
  return variation_id ? `variant:${variation_id}` : product_id ? `product:${product_id}` : `line:${id}`;
};

/** Shipping and fees. A fee below zero is a discount that a plugin gave: prices are before discounts, so it stays out. */
export const costsOf = (
  shipping: readonly CostLine[] | null | undefined,
  fees: readonly CostLine[] | null | undefined,
  pricing: Pricing,
): Cart['costs'] => ({ ...costOf('shipping', shipping, pricing), ...costOf('fee', fees, pricing) });

const costOf = (name: string, lines: readonly CostLine[] | null | undefined, { gross }: Pricing): Cart['costs'] => {
  const costs = (lines ?? [])
    .map(({ total, total_tax }) => totalOf(total, total_tax, gross))
    .filter((cost) => cost.gte(0));
  return costs.length > 0 ? { [name]: moneyText(sum(costs)) } : {};
};

const totalOf = (net: Money, tax: Money | null | undefined, gross: boolean): Decimal =>
  gross ? decimal(net).plus(tax ?? 0) : decimal(net);
