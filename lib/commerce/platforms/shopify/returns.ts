import * as z from 'zod';
import { type Decimal, decimal, sum, ZERO } from '../../../contract/decimal.ts';
import { Amount, SignedAmount } from '../../amount.ts';
import type { Return } from '../../event.ts';
import { Id } from '../../fields.ts';
import { type cartFields, lineIdOf, skuOf } from './cart.ts';
import { globalId } from './fields.ts';
import { moneySet, shopMoney } from './money.ts';

const Transaction = z.object({ kind: z.string(), status: z.string(), amount: Amount, currency: z.string().nullish() });

const Adjustment = z.object({
  kind: z.string().nullish(),
  amount: SignedAmount,
  amount_set: moneySet(SignedAmount).nullish(),
  tax_amount: SignedAmount.nullish(),
  tax_amount_set: moneySet(SignedAmount).nullish(),
});

/** A refund inside of an order. */
export const Refund = z.object({
  admin_graphql_api_id: globalId('Refund').nullish(),
  id: Id,
  refund_line_items: z
    .array(
      z.object({
        line_item_id: Id,
        quantity: z.int().min(0),
        subtotal: Amount,
        subtotal_set: moneySet(Amount).nullish(),
        total_tax: Amount.nullish(),
        total_tax_set: moneySet(Amount).nullish(),
      }),
    )
    .nullish(),
  refund_shipping_lines: z.array(z.object({ subtotal_amount_set: moneySet(Amount).nullish() })).nullish(),
  order_adjustments: z.array(Adjustment).nullish(),
  transactions: z.array(Transaction).nullish(),
});
type Refund = z.output<typeof Refund>;

interface RefundedOrder {
  readonly currency: string;
  readonly line_items: z.output<(typeof cartFields)['line_items']>;
  readonly refunds?: readonly Refund[] | null | undefined;
}

/**
 * What was given back, refund by refund. One whose money is still on its way is left out until it has arrived, so that a
 * refund is always told with the same amount.
 */
export const returnsOf = ({ refunds, line_items, currency }: RefundedOrder): Return[] =>
  (refunds ?? [])
    .filter(isSettled)
    .map((refund) => ({
      id: refund.admin_graphql_api_id ?? refund.id,
      amount: amountOf(refund, currency).toFixed(),
      lines: (refund.refund_line_items ?? []).flatMap(({ line_item_id, quantity }) => {
        const item = line_items.find(({ id }) => id === line_item_id);
        return quantity > 0
          ? [{ line: item ? lineIdOf(item) : line_item_id, sku: item ? skuOf(item) : `line:${line_item_id}`, quantity }]
          : [];
      }),
    }))
    .filter(({ amount, lines }) => lines.length > 0 || !decimal(amount).eq(0));

const paidBack = ({ transactions }: Refund) => (transactions ?? []).filter(({ kind }) => kind === 'refund');

const isSettled = (refund: Refund): boolean => {
  const transactions = paidBack(refund);
  return (
    transactions.length === 0 ||
    (transactions.some(({ status }) => status === 'success') &&
      !transactions.some(({ status }) => status === 'pending'))
  );
};

/**
 * The money that moved, if it moved in the shop's currency; else what the refund's parts come to. Adjustments are
 * negative where more is given back than the lines come to; older API versions have shipping among them, newer ones
 * apart (Shopify changelog 2024-10), and some both.
 */
const amountOf = (refund: Refund, currency: string): Decimal => {
  const moved = paidBack(refund).filter(({ status }) => status === 'success');
  if (moved.length > 0 && moved.every((transaction) => (transaction.currency ?? currency) === currency)) {
    return sum(moved.map(({ amount }) => decimal(amount)));
  }
  const lines = (refund.refund_line_items ?? []).flatMap((line) => [
    decimal(shopMoney(line.subtotal, line.subtotal_set)),
    decimal(shopMoney(line.total_tax ?? '0', line.total_tax_set)),
  ]);
  const shipping = (refund.refund_shipping_lines ?? []).map(({ subtotal_amount_set }) =>
    decimal(shopMoney('0', subtotal_amount_set)),
  );
  const adjustments = (refund.order_adjustments ?? [])
    .filter(({ kind }) => kind !== 'shipping_refund' || shipping.length === 0)
    .flatMap((adjustment) => [
      decimal(shopMoney(adjustment.amount, adjustment.amount_set)),
      decimal(shopMoney(adjustment.tax_amount ?? '0', adjustment.tax_amount_set)),
    ]);
  const total = sum([...lines, ...shipping]).minus(sum(adjustments));
  return total.lt(0) ? ZERO : total;
};
