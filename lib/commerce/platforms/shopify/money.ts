import * as z from 'zod';
import { Currency } from '../../amount.ts';
import type { Money } from '../../event.ts';

/** An amount in both currencies, of which the shop's is read. */
export const moneySet = <T extends z.ZodType>(value: T) =>
  z.object({ shop_money: z.object({ amount: value, currency_code: Currency }) });

interface MoneySet {
  readonly shop_money: { readonly amount: Money };
}

/** The shop's own amount, never the buyer's currency (commerce-platforms.md §10). */
export const shopMoney = (price: Money, set: MoneySet | null | undefined): Money => set?.shop_money.amount ?? price;

/** Refuses shop amounts in another currency than the body's own: one of the two would be read wrongly. */
export const oneCurrency = (body: { readonly currency: string }, context: z.RefinementCtx): void => {
  for (const path of foreignAmounts(body, body.currency)) {
    context.addIssue({
      code: 'custom',
      path,
      message: 'not the currency of this order',
      params: { title: 'Mismatch' },
    });
  }
};

// Every webhook is walked through, and few hold any: a path is put together only where there is one.
const foreignAmounts = (value: object, currency: string): PropertyKey[][] => {
  const found: PropertyKey[][] = [];
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    if (key === 'currency_code' && inner !== currency) found.push([key]);
    else if (typeof inner === 'object' && inner !== null) {
      for (const path of foreignAmounts(inner, currency)) found.push([key, ...path]);
    }
  }
  return found;
};
