import * as z from 'zod';
import { type Decimal, decimal } from '../../../contract/decimal.ts';
import { Amount, moneyText } from '../../amount.ts';
import type { Return } from '../../event.ts';
import { Id, OptionalId, reader } from '../../fields.ts';
import { Quantity, type SoldLine } from './lines.ts';
import type { Pricing } from './pricing.ts';

const CreditMemo = z.object({
  entity_id: Id,
  state: z.union([z.int(), z.string()]).nullish(),
  grand_total: Amount.nullish(),
  base_grand_total: Amount.nullish(),
  items: z.array(z.object({ order_item_id: OptionalId, qty: Quantity.nullish() })),
});
type CreditMemo = z.output<typeof CreditMemo>;

/** Reads the credit memos of an order as the API answers a search for them. */
export const readCreditMemos = reader(z.object({ items: z.array(CreditMemo).nullable(), total_count: z.int().min(0) }));

/** The state of a credit memo that was paid back; 1 is open, 3 cancelled. */
const REFUNDED = '2';

/**
 * What was given back, memo by memo, once it is paid back. Never more of a line than was sold of it; of half a metre
 * all or nothing, since a session counts it as one piece.
 */
export const returnsOf = (memos: readonly CreditMemo[], sold: readonly SoldLine[], pricing: Pricing): Return[] => {
  const left = new Map(sold.map(({ id, quantity }) => [id, quantity]));
  return memos
    .filter(({ state }) => String(state) === REFUNDED)
    .toSorted((one, other) => Number(one.entity_id) - Number(other.entity_id))
    .map((memo) => ({
      id: memo.entity_id,
      amount: moneyText(decimal(pricing.totalOf(memo) ?? 0)),
      lines: memo.items.flatMap(({ order_item_id, qty }) => {
        const line = sold.find(({ id }) => id === order_item_id);
        if (!line) return [];
        const quantity = Math.min(returnedOf(line, qty ?? decimal(0)), left.get(line.id) ?? 0);
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
