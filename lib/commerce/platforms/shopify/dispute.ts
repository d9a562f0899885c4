import * as z from 'zod';
import { Amount, Currency } from '../../amount.ts';
import { UnusableEventError } from '../../errors.ts';
import type { Return } from '../../event.ts';
import { Id, OptionalId, reader } from '../../fields.ts';

/** Reads a dispute of Shopify Payments, as it is delivered and as the API answers it. */
export const readDispute = reader(
  z.object({ id: Id, order_id: OptionalId, amount: Amount, currency: Currency, status: z.string().nullish() }),
);
type DisputeBody = ReturnType<typeof readDispute>;

/**
 * What a dispute took back of its order; undefined as long as it is not lost.
 *
 * @throws UnusableEventError when that is in another currency than the order.
 */
export const returnOf = ({ id, amount, currency, status }: DisputeBody, order: { readonly currency: string }) => {
  if (status !== 'lost') return undefined;
  if (currency !== order.currency) {
    throw new UnusableEventError(`A dispute was lost in ${currency}: settle the promotions of its order by hand`);
  }
  return { id: `dispute:${id}`, amount, lines: [], dispute: true } satisfies Return;
};
