import { type Decimal, MAX_MONEY, roundHalfUp, ZERO } from '../../contract/decimal.ts';
import { chargeLimits, EffectRefused, fullLimits, inMinorUnits, type RulePass } from '../evaluate/pass.ts';

/**
 * What every discount goes through: rounded to the minor unit (R30), dropped when nothing is left (R27), refused when a
 * limit has no room for all of it (L8), and charged.
 *
 * @param value in the major unit.
 * @returns the amount to emit, or undefined for none.
 * @throws EffectRefused when a limit is full, or the amount is beyond all money.
 */
export const grantDiscount = (pass: RulePass, value: Decimal): Decimal | undefined => {
  const { couponUse, draft, places } = pass;
  const amount = roundHalfUp(value, places);
  if (amount.lte(ZERO)) return undefined;
  if (amount.gt(MAX_MONEY)) throw new EffectRefused('the discount is larger than any amount of money');
  const minor = inMinorUnits(amount, places);
  if (fullLimits(pass, 'setDiscount', minor).length > 0) {
    throw new EffectRefused('the discount is over a limit of the campaign');
  }
  if (fullLimits(pass, 'setDiscountEffect', 1).length > 0) {
    throw new EffectRefused('the campaign gave all its discounts');
  }
  chargeLimits(pass, 'setDiscount', minor);
  chargeLimits(pass, 'setDiscountEffect', 1);
  if (couponUse) {
    // Counters are exact up to here only.
    const atMost = Number.MAX_SAFE_INTEGER;
    if (!draft.fits(couponUse, 'discount', minor, atMost))
      throw new EffectRefused("the coupon's discounts are too many");
    draft.charge(couponUse, 'discount', minor, { atMost });
  }
  return amount;
};
