import * as z from 'zod';
import { type Decimal, decimal } from '../../../contract/decimal.ts';
import { Amount, moneyText, SignedAmount } from '../../amount.ts';
import type { Return } from '../../event.ts';
import { Id, reader } from '../../fields.ts';
import { MetaData, metaOf } from './fields.ts';
import type { SoldLine } from './lines.ts';

/** A refund inside of an order: its amount, below zero, and not its lines (commerce-platforms.md §3). */
export const RefundTotal = z.object({ id: Id, total: SignedAmount });

/** The refunds of an order where nothing more is known of them: lines are never guessed. */
export const amountsOf = (refunds: readonly z.output<typeof RefundTotal>[] | null | undefined): Return[] =>
  (refunds ?? [])
    .map(({ id, total }) => ({ id, amount: moneyText(decimal(total).abs()), lines: [] }))
    .filter(({ amount }) => !decimal(amount).eq(0));

/** Reads the refunds of an order as the API lists them. */
export const readRefunds = reader(
  z.array(
    z.object({
      id: Id,
      amount: Amount,
      line_items: z.array(z.object({ quantity: SignedAmount.transform(decimal), meta_data: MetaData })),
    }),
  ),
);

/**
 * What was given back, refund by refund, each line by the line of the order that it names. Never more of a line than was
 * sold of it; of half a metre all or nothing, since a session counts it as one piece. A line of no quantity gave back
 * money only.
 */
export const returnsOf = (refunds: ReturnType<typeof readRefunds>, sold: readonly SoldLine[]): Return[] => {
  const left = new Map(sold.map(({ id, quantity }) => [id, quantity]));
  return refunds
    .toSorted((one, other) => Number(one.id) - Number(other.id))
    .map(({ id, amount, line_items }) => ({
      id,
      amount: moneyText(decimal(amount)),
      lines: line_items.flatMap(({ quantity: returned, meta_data }) => {
        const named = String(metaOf(meta_data, '_refunded_item_id'));
        const line = sold.find((each) => each.id === named);
        if (!line) return [];
        const quantity = Math.min(returnedOf(line, returned.abs()), left.get(line.id) ?? 0);
        left.set(line.id, (left.get(line.id) ?? 0) - quantity);
        return quantity > 0 ? [{ line: line.id, sku: line.sku, quantity }] : [];
      }),
    }))
    .filter(({ amount, lines }) => lines.length > 0 || !decimal(amount).eq(0));
};

const returnedOf = ({ counted, quantity }: SoldLine, returned: Decimal): number => {
  if (!counted.eq(quantity)) return returned.gte(counted) ? 1 : 0;
  return returned.round(0, 0).toNumber();
};
