import * as z from 'zod';
import { unitPrice } from '../../amount.ts';
import type { Line } from '../../event.ts';
import { moneyOf } from './money.ts';

/** A price of the catalogue, as checkouts and invoices repeat it in their lines. */
export const Price = z.object({ id: z.string(), lookup_key: z.string().nullish() });

interface SoldLine {
  readonly id: string;
  readonly description?: string | null | undefined;
  readonly quantity?: number | null | undefined;
  readonly price?: z.output<typeof Price> | null | undefined;
}

/**
 * The sold lines. What a change of plan gives back for unused time is below zero and none of them: it lowers what is
 * charged, as a discount does; metered use of nothing is none either.
 *
 * @param totalOf what a line comes to before discounts, in minor units; tiers make prices that no piece has.
 */
export const linesOf = <T extends SoldLine>(
  lines: readonly T[],
  totalOf: (line: T) => number,
  currency: string,
): Line[] =>
  lines
    .filter((line) => totalOf(line) > 0 || (totalOf(line) === 0 && line.quantity !== 0))
    .map((line) => {
      const quantity = line.quantity || 1;
      const sku = skuOf(line);
      const price = priceOf(totalOf(line), quantity, currency);
      return { id: line.id, sku, name: line.description || sku, quantity, price, giftCard: false };
    });

const priceOf = (total: number, quantity: number, currency: string) =>
  total % quantity === 0 ? moneyOf(total / quantity, currency) : unitPrice(moneyOf(total, currency), quantity);

/** Stripe has no stock-keeping units: the merchant's own name for a price comes nearest. */
const skuOf = ({ id, price }: SoldLine): string =>
  price ? price.lookup_key?.trim() || `variant:${price.id}` : `line:${id}`;
