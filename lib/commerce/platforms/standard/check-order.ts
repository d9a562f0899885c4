import type * as z from 'zod';

interface Checked {
  readonly lines: readonly { readonly id: string; readonly quantity: number }[];
  readonly returns: readonly {
    readonly id: string;
    readonly lines: readonly { readonly line: string; readonly quantity: number }[];
  }[];
}

/** Refuses an order whose lines or refunds cannot be told apart, and one that gave back more than it sold. */
export const checkOrder = ({ lines, returns }: Checked, context: z.RefinementCtx): void => {
  const fault = (path: readonly PropertyKey[], message: string, title: string) =>
    context.addIssue({ code: 'custom', path: [...path], message, params: { title } });
  const left = new Map<string, number>();
  for (const [at, { id, quantity }] of lines.entries()) {
    if (left.has(id)) fault(['lines', at, 'id'], 'another line has this id: give each its own', 'Duplicate');
    left.set(id, quantity);
  }
  const refunds = new Set<string>();
  for (const [at, refund] of returns.entries()) {
    if (refunds.has(refund.id)) fault(['returns', at, 'id'], 'another refund has this id', 'Duplicate');
    refunds.add(refund.id);
    for (const [index, { line, quantity }] of refund.lines.entries()) {
      const path = ['returns', at, 'lines', index];
      const rest = left.get(line);
      if (rest === undefined) fault([...path, 'line'], 'the order has no line of this id', 'Unknown');
      else if (quantity > rest) fault([...path, 'quantity'], 'more than was sold', 'maximum');
      left.set(line, (rest ?? 0) - quantity);
    }
  }
};
