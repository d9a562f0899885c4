import * as z from 'zod';
import { decimal, divide, minorUnits, roundHalfUp } from '../../../contract/decimal.ts';
import type { Return } from '../../event.ts';
import type { SoldLine } from './lines.ts';

/** What was sent back, parcel by parcel. */
export const ReturnInfo = z.object({
  items: z.array(
    z.object({
      id: z.string().min(1).max(256),
      quantity: z.int().min(0),
      lineItemId: z.string().nullish(),
      customLineItemId: z.string().nullish(),
      paymentState: z.string().nullish(),
    }),
  ),
});

/**
 * What was given back, item by item, once it is paid back (commerce-platforms.md §2); what was only announced or arrived
 * is not. It amounts to the returned part of what the line was sold for. Never more of a line than was sold of it.
 */
export const returnsOf = (
  returnInfo: readonly z.output<typeof ReturnInfo>[] | null | undefined,
  sold: readonly SoldLine[],
  currency: string,
): Return[] => {
  const left = new Map(sold.map(({ id, quantity }) => [id, quantity]));
  return (returnInfo ?? [])
    .flatMap(({ items }) => items)
    .filter(({ paymentState }) => paymentState === 'Refunded')
    .flatMap(({ id, lineItemId, customLineItemId, ...item }) => {
      const line = sold.find((each) => each.id === (lineItemId ?? customLineItemId));
      const quantity = Math.min(item.quantity, left.get(line?.id ?? '') ?? 0);
      if (!line || quantity === 0) return [];
      left.set(line.id, (left.get(line.id) ?? 0) - quantity);
      const amount = roundHalfUp(divide(line.charged.times(quantity), decimal(line.quantity)), minorUnits(currency));
      return [{ id, amount: amount.toFixed(), lines: [{ line: line.id, sku: line.sku, quantity }] }];
    });
};
