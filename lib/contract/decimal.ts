import Big from 'big.js';

/** An exact decimal number: money and points are never binary floats inside. */
export type Decimal = Big;

/** What can be read as a decimal: a JSON number (by its shortest notation, so 0.1 is exactly 0.1) or its text. */
export type DecimalSource = Decimal | number | string;

/** Reads a decimal. @throws Error when the text is no number. */
export const decimal = (value: DecimalSource): Decimal => new Big(value);

/**
 * The largest amount of money, in the major unit. More is a mistake of the sender, would no longer be exact as a JSON
 * number, and its minor units would leave the range of a counter.
 */
export const MAX_MONEY = 1e12;

/** Zero. */
export const ZERO: Decimal = decimal(0);

/** The sum, exact. */
export const sum = (values: Iterable<Decimal>): Decimal => {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
};

/** Rounds half away from zero to `places` decimals: how money leaves the engine (semantics.md R30). */
export const roundHalfUp = (value: Decimal, places: number): Decimal => value.round(places, Big.roundHalfUp);

/** Rounds to 16 significant digits, half to even: the precision of rule arithmetic (talang.md §3). */
export const roundSignificant = (value: Decimal): Decimal => (value.eq(0) ? ZERO : value.prec(16, Big.roundHalfEven));

/** The quotient to 16 significant digits. @throws Error when `divisor` is zero. */
export const divide = (dividend: Decimal, divisor: Decimal): Decimal => {
  const exact = new Precise(dividend).div(divisor);
  return roundSignificant(decimal(exact.toString()));
};

/** big.js keeps `DP` decimals in a division; enough of them that 16 significant digits survive for any money. */
const Precise = Big();
Precise.DP = 40;

/** The number that JSON carries: `0.1 + 0.2` leaves as `0.3`. */
export const toNumber = (value: Decimal): number => Number(value.toString());

/** Money as people read it: 6 → `6.00`. */
export const formatMoney = (value: Decimal, places: number): string => value.toFixed(places);

/** How many decimals a currency has (ISO 4217); 2 for the ones not named here. */
export const minorUnits = (currency: string): number =>
  ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;

const ZERO_DECIMAL = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '));
const THREE_DECIMAL = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));
