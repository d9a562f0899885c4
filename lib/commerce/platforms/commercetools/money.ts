import * as z from 'zod';
import { type Decimal, decimal, minorUnits } from '../../../contract/decimal.ts';
import { Currency } from '../../amount.ts';

/** An integer, or its digits where a number could not hold them (lib/commerce/json.ts). */
const Integer = z.union([z.int(), z.string().regex(/^-?\d{1,30}$/)], { error: 'expected an integer' });

/**
 * An amount, exact. A `highPrecision` one has more decimals than its currency: they count, and `centAmount` is only what
 * is left of it after rounding (commerce-platforms.md §2).
 */
export const TypedMoney = z
  .object({
    currencyCode: Currency,
    centAmount: Integer,
    preciseAmount: Integer.nullish(),
    fractionDigits: z.int().min(0).max(20).nullish(),
  })
  .transform(({ currencyCode, centAmount, preciseAmount, fractionDigits }) => {
    const cents = preciseAmount ?? centAmount;
    const places = fractionDigits ?? minorUnits(currencyCode);
    return { currency: currencyCode, amount: decimal(`${cents}e-${places}`) };
  });
/** An amount and its currency. */
export interface TypedMoney {
  readonly currency: string;
  readonly amount: Decimal;
}

/** A body whose total says the currency of all of its amounts. */
interface Priced {
  readonly totalPrice: TypedMoney;
}

/** Refuses amounts in another currency than the total: a cart has one, so one of the two would be read wrongly. */
export const oneCurrency = (body: Priced, context: z.RefinementCtx): void => {
  for (const path of foreignAmounts(body, body.totalPrice.currency, [])) {
    context.addIssue({ code: 'custom', path, message: 'not the currency of this cart', params: { title: 'Mismatch' } });
  }
};

const foreignAmounts = (value: object, currency: string, path: readonly PropertyKey[]): PropertyKey[][] =>
  Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'currency') return inner === currency ? [] : [[...path]];
    // Custom fields are no amounts of the cart, whatever they are called.
    if (key === 'custom') return [];
    return typeof inner === 'object' && inner !== null ? foreignAmounts(inner, currency, [...path, key]) : [];
  });
