import * as z from 'zod';
import { decimal, minorUnits } from '../../../contract/decimal.ts';
import type { Money } from '../../event.ts';

/** ISO 4217, which Stripe writes in lower case. */
export const Currency = z
  .string()
  .regex(/^[a-z]{3}$/, 'expected a currency of three small letters')
  .transform((code) => code.toUpperCase());

/** An amount in the currency's smallest unit, as Stripe counts it. */
export const MinorAmount = z.int();

/**
 * Where Stripe departs from ISO 4217: it has no parts of an ariary, and still counts hundredths of a króna and of an
 * Ugandan shilling, which are always 00 (docs.stripe.com/currencies, special cases).
 */
const EXPONENTS: Readonly<Record<string, number>> = { MGA: 0, ISK: 2, UGX: 2 };

/** The decimal text of an amount in minor units: 1999 is `'19.99'` in USD, `'1999'` in JPY and `'1.999'` in KWD. */
export const moneyOf = (minor: number, currency: string): Money => {
  const exponent = EXPONENTS[currency] ?? minorUnits(currency);
  return decimal(`${minor}e-${exponent}`).toFixed(exponent);
};
