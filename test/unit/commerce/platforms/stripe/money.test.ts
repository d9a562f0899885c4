import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Currency, moneyOf } from '../../../../../lib/commerce/platforms/stripe/money.ts';
import { decimal } from '../../../../../lib/contract/decimal.ts';

describe('an amount in minor units', () => {
  test.each([
    ['USD', 1999, '19.99'],
    ['USD', 5, '0.05'],
    ['EUR', 1000, '10.00'],
    ['HUF', 1045, '10.45'],
    ['TWD', 80_045, '800.45'],
  ])('has two decimals in %s', (currency, minor, money) => {
    expect(moneyOf(minor, currency)).toBe(money);
  });

  test.each('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))('is whole in %s', (currency) => {
    expect(moneyOf(1999, currency)).toBe('1999');
  });

  test.each('BHD JOD KWD OMR TND'.split(' '))('has three decimals in %s', (currency) => {
    expect(moneyOf(19_990, currency)).toBe('19.990');
  });

  test.each(['ISK', 'UGX'])('counts hundredths that there are not in %s', (currency) => {
    expect(moneyOf(500, currency)).toBe('5.00');
  });

  test('is exact in every currency', () => {
    const currency = fc.constantFrom('USD', 'JPY', 'KWD', 'ISK', 'MGA');
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), currency, (one, other, code) => {
        const scale = decimal(moneyOf(1, code));
        expect(decimal(moneyOf(one, code)).div(scale).toFixed()).toBe(decimal(one).toFixed());
        const sum = decimal(moneyOf(one, code)).plus(moneyOf(other, code));
        expect(sum.eq(decimal(one).plus(other).times(scale))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test('a currency is written in small letters', () => {
  expect(Currency.parse('eur')).toBe('EUR');
  for (const wrong of ['EUR', 'eu', 'euro', '']) expect(Currency.safeParse(wrong).success).toBe(false);
});
