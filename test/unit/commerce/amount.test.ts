import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unitPrice } from '../../../lib/commerce/amount.ts';
import { decimal } from '../../../lib/contract/decimal.ts';

describe('the price of one piece', () => {
  test('is as stated where the line comes to that', () => {
    expect(unitPrice('60.5000', 2, '30.2500')).toBe('30.2500');
    expect(unitPrice('0', 3, '0.0000')).toBe('0.0000');
  });

  test('is its part of the line where what is stated was rounded, or nothing is', () => {
    expect(unitPrice('2369.6667', 10, '236.9667')).toBe('236.96667');
    expect(unitPrice('10.00', 3)).toBe('3.3333333333');
  });

  test('times the quantity is what the line came to, to far below the minor unit', () => {
    fc.assert(
      fc.property(
        fc.nat(1e9),
        fc.integer({ min: 1, max: 10_000 }),
        fc.option(fc.nat(1e6)),
        (units, quantity, stated) => {
          const total = decimal(units).div(1000).toFixed();
          const price = unitPrice(total, quantity, stated === null ? undefined : String(stated));
          expect(decimal(price).times(quantity).minus(total).abs().lt('0.0001')).toBe(true);
          expect(price).toMatch(/^\d+(\.\d{1,10})?$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
