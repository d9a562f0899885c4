import * as z from 'zod';
import { decimal, sum } from '../../../contract/decimal.ts';
import { Amount } from '../../amount.ts';
import type { Line, Money, Return } from '../../event.ts';
import { Id } from '../../fields.ts';

const RefundItem = z.object({
  item_type: z.string(),
  item_id: z.union([Id, z.literal(0).transform(String)]),
  quantity: z.int().min(0).nullish(),
});
type RefundItem = z.output<typeof RefundItem>;

/** A refund of an order (`/payment_actions/refunds`). */
export const Refund = z.object({
  id: Id,
  total_amount: Amount,
  items: z.array(RefundItem).nullish(),
  payments: z.array(z.object({ amount: Amount, is_declined: z.boolean().nullish() })).nullish(),
});
export type Refund = z.output<typeof Refund>;

/**
 * What was given back, refund by refund, oldest first; what the payment provider declined was not. No line comes back more
 * often than it was sold.
 */
export const returnsOf = (refunds: readonly Refund[], lines: readonly Line[]): Return[] => {
  const left = new Map(lines.map(({ id, quantity }) => [id, quantity]));
  const take = ({ item_type, item_id, quantity }: RefundItem): Return['lines'] => {
    const line = item_type === 'PRODUCT' ? lines.find((each) => each.id === item_id) : undefined;
    if (!line) return [];
    const taken = Math.min(quantity ?? 0, left.get(line.id) ?? 0);
    left.set(line.id, (left.get(line.id) ?? 0) - taken);
    return taken > 0 ? [{ line: line.id, sku: line.sku, quantity: taken }] : [];
  };
  return refunds
    .filter(({ payments }) => !payments?.length || payments.some(isDone))
    .map((refund) => ({ id: refund.id, amount: amountOf(refund), lines: (refund.items ?? []).flatMap(take) }))
    .filter(({ amount, lines: returned }) => returned.length > 0 || !decimal(amount).eq(0));
};

const isDone = ({ is_declined }: { readonly is_declined?: boolean | null | undefined }): boolean => !is_declined;

const amountOf = ({ payments, total_amount }: Refund): Money =>
  payments?.length ? sum(payments.filter(isDone).map(({ amount }) => decimal(amount))).toFixed() : total_amount;
