import * as z from 'zod';
import { decimal } from '../../../contract/decimal.ts';
import { unitPrice } from '../../amount.ts';
import type { Line } from '../../event.ts';
import { referenceTo } from './fields.ts';
import { moneyOf } from './money.ts';

/** A price of the catalogue, as checkouts and invoices repeat it in their lines. */
export const Price = z.object({
  id: z.string(),
  lookup_key: z.string().nullish(),
  product: referenceTo('prod').nullish(),
});

interface SoldLine {
  readonly id: string;
  readonly description?: string | null | undefined;
  readonly quantity?: number | null | undefined;
  readonly price?: z.output<typeof Price> | null | undefined;
}

/** A sold line. @param total what it came to before discounts, in minor units; tiers make prices that no unit has. */
export const lineOf = (line: SoldLine, total: number, currency: string): Line => {
  const quantity = line.quantity || 1;
  const sku = skuOf(line);
  return {
    id: line.id,
    sku,
    name: line.description || sku,
    quantity,
    price: priceOf(total, quantity, currency),
    giftCard: false,
  };
};

const priceOf = (total: number, quantity: number, currency: string) =>
  total % quantity === 0 ? moneyOf(total / quantity, currency) : unitPrice(moneyOf(total, currency), quantity);

/** Stripe has no stock-keeping units: the merchant's own name for a price comes nearest. */
const skuOf = ({ id, price }: SoldLine): string => {
  if (!price) return `line:${id}`;
  return price.lookup_key?.trim() || (price.id ? `variant:${price.id}` : `product:${price.product}`);
};
