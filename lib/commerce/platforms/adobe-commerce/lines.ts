import * as z from 'zod';
import { type Decimal, decimal } from '../../../contract/decimal.ts';
import { Amount, moneyText, unitPrice } from '../../amount.ts';
import type { Line, Money } from '../../event.ts';
import { OptionalId } from '../../fields.ts';
import type { Pricing } from './pricing.ts';

/** A quantity: whole or not, as a number or as `"2.0000"`. */
export const Quantity = Amount.transform(decimal);

/** A line of an order. */
export const Item = z.object({
  item_id: OptionalId,
  parent_item_id: OptionalId,
  product_id: OptionalId,
  product_type: z.string().nullish(),
  sku: z.string().nullish(),
  name: z.string().nullish(),
  qty_ordered: Quantity,
  qty_canceled: Quantity.nullish(),
  price: Amount.nullish(),
  price_incl_tax: Amount.nullish(),
  base_price: Amount.nullish(),
  base_price_incl_tax: Amount.nullish(),
  row_total: Amount.nullish(),
  row_total_incl_tax: Amount.nullish(),
  base_row_total: Amount.nullish(),
  base_row_total_incl_tax: Amount.nullish(),
});
type Item = z.output<typeof Item>;

/** A sold line, and its quantity as the shop counts it. */
export interface SoldLine extends Line {
  readonly counted: Decimal;
}

/**
 * The sold lines. The parts of a bundle and the chosen variant of a product repeat what the line above them says, and
 * are left out (commerce-platforms.md §5). What was cancelled is not sold, unless all of the order was.
 */
export const soldLines = (items: readonly Item[], cancelled: boolean, pricing: Pricing): SoldLine[] =>
  items
    .filter(({ parent_item_id }) => parent_item_id === undefined)
    .map((item) => ({ item, counted: cancelled ? item.qty_ordered : item.qty_ordered.minus(item.qty_canceled ?? 0) }))
    .filter(({ counted }) => counted.gt(0))
    .map(({ item, counted }) => lineOf(item, counted, pricing));

const lineOf = (item: Item, counted: Decimal, pricing: Pricing): SoldLine => {
  const sku = item.sku?.trim() || (item.product_id ? `product:${item.product_id}` : `line:${item.item_id ?? ''}`);
  const price = decimal(priceOf(item, pricing));
  const whole = counted.eq(counted.round());
  return {
    id: item.item_id ?? sku,
    sku,
    name: item.name || sku,
    // Half a metre has no place in a session: it is one piece at its own price (commerce-platforms.md §9).
    quantity: whole ? counted.toNumber() : 1,
    price: moneyText(whole ? price : price.times(counted)),
    giftCard: item.product_type === 'giftcard',
    counted,
  };
};

/** Prices are rounded one by one, and rows on their own: what the row comes to is what is charged. */
const priceOf = (item: Item, pricing: Pricing): Money => {
  const [price, row] = [pricing.priceOf(item), pricing.rowOf(item)];
  // A bundle may have no total of its own.
  const told = row !== undefined && row !== null && decimal(row).gt(0);
  return told ? unitPrice(row, item.qty_ordered.toNumber(), price) : price;
};
