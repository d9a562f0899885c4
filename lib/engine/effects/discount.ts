import { type Decimal, roundHalfUp, ZERO } from '../../contract/decimal.ts';
import { chargeLimits, EffectRefused, fullLimit, inMinorUnits, type RulePass } from '../evaluate/pass.ts';

/**
 * What every discount goes through: rounded to the minor unit (R30), dropped when nothing is left (R27), refused when a
 * limit has no room for all of it (L8), and charged.
 *
 * @returns the amount to emit, or undefined for none.
 * @throws EffectRefused when a limit is full.
 */
export const grantDiscount = (pass: RulePass, value: Decimal): Decimal | undefined => {
  const { coupon, draft, moment, places } = pass;
  const amount = roundHalfUp(value, places);
  if (amount.lte(ZERO)) return undefined;
  const minor = inMinorUnits(amount, places);
  if (fullLimit(pass, 'setDiscount', minor)) throw new EffectRefused('the discount is over a limit of the campaign');
  if (fullLimit(pass, 'setDiscountEffect', 1)) throw new EffectRefused('the campaign gave all its discounts');
  chargeLimits(pass, 'setDiscount', minor);
  chargeLimits(pass, 'setDiscountEffect', 1);
  if (coupon) draft.charge(moment.records.couponUse(coupon.value), 'discount', minor);
  return amount;
};
