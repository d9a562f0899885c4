import * as z from 'zod';
import { type Decimal, decimal } from '../../../contract/decimal.ts';
import { moneyText } from '../../amount.ts';
import type { Line } from '../../event.ts';
import { TypedMoney } from './money.ts';

const Localized = z.record(z.string(), z.string());

const Taxed = z.object({ totalGross: TypedMoney });

const sold = {
  id: z.string().min(1).max(256),
  name: Localized,
  quantity: z.int().min(0),
  totalPrice: TypedMoney,
  taxedPrice: Taxed.nullish(),
};

/** A line of a product. */
export const LineItem = z.object({
  ...sold,
  productId: z.string().min(1).max(256),
  variant: z.object({ id: z.int().nullish(), sku: z.string().nullish() }),
  price: z.object({ value: TypedMoney, discounted: z.object({ value: TypedMoney }).nullish() }),
  priceMode: z.string().nullish(),
  lineItemMode: z.string().nullish(),
});
type LineItem = z.output<typeof LineItem>;

/** A line of anything else: a service, a fee, and where peers put their discounts as one below zero. */
export const CustomLineItem = z.object({ ...sold, slug: z.string(), money: TypedMoney });
type CustomLineItem = z.output<typeof CustomLineItem>;

interface Lines {
  readonly lineItems: readonly LineItem[];
  readonly customLineItems?: readonly CustomLineItem[] | null | undefined;
}

/** A line, and what it cost in the end. */
export interface SoldLine extends Line {
  /** What all of it was sold for, after discounts and with tax as far as the shop says. */
  readonly charged: Decimal;
}

/**
 * The sold lines: products that the buyer put there, and what has a price beside them. The shop's gifts are not bought,
 * nor is what an integration put in for nothing, and a price below zero is a discount (commerce-platforms.md §10). A
 * price before discounts is stated one way only, with tax or without: `prices` of shops.yaml has nothing to choose.
 */
export const soldLines = ({ lineItems, customLineItems }: Lines): SoldLine[] => [
  ...lineItems.filter((item) => item.quantity > 0 && !isGift(item)).map(productLine),
  ...(customLineItems ?? []).filter(({ quantity, money }) => quantity > 0 && money.amount.gt(0)).map(customLine),
];

/** The lines as a session has them. */
export const linesOf = (body: Lines): Line[] => soldLines(body).map(({ charged, ...line }) => line);

const isGift = ({ lineItemMode, priceMode, price }: LineItem): boolean =>
  lineItemMode === 'GiftLineItem' || (priceMode === 'ExternalPrice' && price.value.amount.eq(0));

/** The shop's own price, sale or not: reductions of the cart are what comes off it. */
const productLine = (item: LineItem): SoldLine => {
  const sku = skuOf(item);
  const { amount } = (item.price.discounted ?? item.price).value;
  return { ...lineOf(item, sku), price: moneyText(amount), charged: chargedFor(item) };
};

const skuOf = ({ productId, variant }: LineItem): string => {
  if (variant.sku?.trim()) return variant.sku.trim();
  // Variants are counted within their product.
  return typeof variant.id === 'number' ? `variant:${productId}/${variant.id}` : `product:${productId}`;
};

const customLine = (item: CustomLineItem): SoldLine => ({
  ...lineOf(item, item.slug.trim() || `line:${item.id}`),
  price: moneyText(item.money.amount),
  charged: chargedFor(item),
});

const lineOf = ({ id, name, quantity }: Pick<LineItem, 'id' | 'name' | 'quantity'>, sku: string) => ({
  id,
  sku,
  name: name.en || Object.values(name).find(Boolean) || sku,
  quantity,
  giftCard: false,
});

const chargedFor = ({ totalPrice, taxedPrice }: Pick<LineItem, 'totalPrice' | 'taxedPrice'>): Decimal => {
  const { amount } = taxedPrice?.totalGross ?? totalPrice;
  return amount.lt(0) ? decimal(0) : amount;
};
