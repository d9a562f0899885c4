import * as z from 'zod';
import { type Decimal, decimal, divide, roundHalfUp } from '../contract/decimal.ts';
import type { Money } from './event.ts';

/** ISO 4217. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'expected a currency of three capital letters');

/** More decimals than any platform keeps, and the most that a queued event may have. */
const MAX_DECIMALS = 10;

/** The text of an amount, without the noise that binary arithmetic leaves behind the tenth decimal. */
export const moneyText = (value: Decimal): Money => roundHalfUp(value, MAX_DECIMALS).toFixed();

const amount = (text: RegExp, least: number) =>
  z
    .union([z.string().regex(text), z.number().min(least).max(1e15)], { error: 'expected an amount' })
    .transform((value): Money => (typeof value === 'string' ? value : moneyText(decimal(value))));

/** An amount of money: a text or a number, platforms use both. */
export const Amount = amount(/^\d{1,15}(\.\d{1,10})?$/, 0);

/** An amount that may be below zero, as adjustments are. */
export const SignedAmount = amount(/^-?\d{1,15}(\.\d{1,10})?$/, -1e15);

/**
 * The price of one, such that the line comes to what it was charged: as stated where that does, else the total's part,
 * which is exact to far below the minor unit.
 */
export const unitPrice = (total: Money, quantity: number, stated?: Money): Money =>
  stated !== undefined && decimal(stated).times(quantity).eq(total)
    ? stated
    : moneyText(divide(decimal(total), decimal(quantity)));
