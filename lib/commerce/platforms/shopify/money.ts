import * as z from 'zod';
import { decimal } from '../../../contract/decimal.ts';
import type { Money } from '../../event.ts';

/** ISO 4217. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'expected a currency of three capital letters');

const amount = (text: RegExp, least: number) =>
  z
    .union([z.string().regex(text), z.number().min(least).max(1e15)], { error: 'expected an amount' })
    .transform((value): Money => (typeof value === 'string' ? value : decimal(value).toFixed()));

/** An amount of money. Mostly a text; refunds have numbers (commerce-platforms.md §1). */
export const Amount = amount(/^\d{1,15}(\.\d{1,10})?$/, 0);

/** An amount that may be below zero, as adjustments are. */
export const SignedAmount = amount(/^-?\d{1,15}(\.\d{1,10})?$/, -1e15);

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
  for (const path of foreignAmounts(body, body.currency, [])) {
    context.addIssue({
      code: 'custom',
      path,
      message: 'not the currency of this order',
      params: { title: 'Mismatch' },
    });
  }
};

const foreignAmounts = (value: object, currency: string, path: readonly PropertyKey[]): PropertyKey[][] => {
  const found: PropertyKey[][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'currency_code' && inner !== currency) found.push([...path, key]);
    else if (typeof inner === 'object' && inner !== null)
      found.push(...foreignAmounts(inner, currency, [...path, key]));
  }
  return found;
};
