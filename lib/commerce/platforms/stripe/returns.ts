import * as z from 'zod';
import type { Return } from '../../event.ts';
import type { CompleteContext } from '../../platform.ts';
import { idOf } from './fields.ts';
import { MinorAmount, moneyOf } from './money.ts';
import { wholeList } from './read-account.ts';

/** A payment, and what became of it; expand `latest_charge` of it. */
export const PaymentIntent = z.object({
  id: idOf('pi'),
  status: z.string(),
  latest_charge: z.object({ amount_refunded: MinorAmount, disputed: z.boolean() }).nullish(),
});
export type PaymentIntent = z.output<typeof PaymentIntent>;

const Refund = z.object({ id: idOf('(?:re|pyr)'), amount: MinorAmount, status: z.string().nullish() });

const Dispute = z.object({ id: idOf('(?:dp|du)'), amount: MinorAmount, status: z.string() });

/**
 * What was given back of a payment: refunds that arrived, and disputes that were lost. Stripe knows no lines of either.
 *
 * @throws as `readApi` does.
 */
export const returnsOf = async (
  payment: PaymentIntent | null | undefined,
  currency: string,
  context: CompleteContext,
): Promise<Return[]> => {
  if (!payment) return [];
  const query = { payment_intent: payment.id };
  const charge = payment.latest_charge;
  const refunds = charge?.amount_refunded
    ? await wholeList({ path: '/v1/refunds', params: {}, query, item: Refund }, context)
    : [];
  const disputes = charge?.disputed
    ? await wholeList({ path: '/v1/disputes', params: {}, query, item: Dispute }, context)
    : [];
  const returnOf = ({ id, amount }: { readonly id: string; readonly amount: number }): Return[] =>
    amount > 0 ? [{ id, amount: moneyOf(amount, currency), lines: [] }] : [];
  return [
    ...refunds.filter(({ status }) => status === 'succeeded').flatMap(returnOf),
    ...disputes
      .filter(({ status }) => status === 'lost')
      .flatMap(returnOf)
      .map((lost) => ({ ...lost, dispute: true as const })),
  ];
};
