import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decimal,
  divide,
  formatMoney,
  minorUnits,
  roundHalfUp,
  roundSignificant,
  sum,
  toNumber,
} from '../../../lib/contract/decimal.ts';

test('0.1 and 0.2 are 0.3', () => {
  expect(toNumber(sum([decimal(0.1), decimal(0.2)]))).toBe(0.3);
  expect(toNumber(sum([]))).toBe(0);
});

test('a number comes back as it went in, minus zero as zero', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(toNumber(decimal(value))).toBe(value + 0);
    }),
  );
});

test('cents never drift, however many are added', () => {
  const cents = fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 200 });
  fc.assert(
    fc.property(cents, (amounts) => {
      const total = amounts.reduce((one, other) => one + other, 0);
      expect(toNumber(sum(amounts.map((amount) => decimal(amount).div(100))).times(100))).toBe(total);
    }),
  );
});

describe('rounding', () => {
  test.each([
    [1.005, 2, '1.01'],
    [-1.005, 2, '-1.01'],
    [2.5, 0, '3'],
    [0.0004, 3, '0'],
    [1, 2, '1'],
  ])('%d to %d places is %s: half away from zero', (value, places, expected) => {
    expect(roundHalfUp(decimal(value), places).toFixed()).toBe(expected);
  });

  test('rule arithmetic keeps 16 digits, half to even', () => {
    expect(roundSignificant(decimal('1.00000000000000005')).toFixed()).toBe('1');
    expect(roundSignificant(decimal('1.000000000000001500001')).toFixed()).toBe('1.000000000000002');
    expect(roundSignificant(decimal(0)).toFixed()).toBe('0');
    expect(divide(decimal(10), decimal(3)).toFixed()).toBe('3.333333333333333');
    expect(divide(decimal(1), decimal('3e12')).toFixed(30)).toBe('0.000000000000333333333333333300');
    expect(() => divide(decimal(1), decimal(0))).toThrow();
  });
});

test('money as people read it has the decimals of its currency', () => {
  expect(['EUR', 'JPY', 'KWD', 'XXX'].map(minorUnits)).toEqual([2, 0, 3, 2]);
  expect(formatMoney(decimal(6), 2)).toBe('6.00');
  expect(formatMoney(decimal(6), 0)).toBe('6');
});
