import { type Decimal, decimal, toNumber } from '../../contract/decimal.ts';
import type { EffectOf } from '../../contract/effects.ts';
import { EffectRefused, type RulePass } from '../evaluate/pass.ts';
import { grantDiscount } from './discount.ts';
import { byRule } from './envelope.ts';

/**
 * A discount on one cart line; the name gets the line's position (semantics.md R28). All of a line's discounts together
 * never exceed what it costs (R27).
 *
 * @throws EffectRefused when a limit is full, or the position is not in the cart.
 */
export const setDiscountPerItem = (pass: RulePass, name: string, position: number, value: Decimal): void => {
  const item = pass.subject.session.cartItems[position];
  if (!item) throw new EffectRefused('the discount is for a line that is not in the cart');
  const left = decimal(item.price).times(item.quantity).minus(pass.draft.givenTo(position));
  const amount = grantDiscount(pass, value.gt(left) ? left : value);
  if (!amount) return;
  pass.draft.emit({
    ...byRule(pass),
    effectType: 'setDiscountPerItem',
    props: { name: `${name}#${position}`, value: toNumber(amount), position },
  });
};

/** What a cancellation says of an item's discount: its name and value once more (semantics.md R36). */
export const rollBackSetDiscountPerItem = (effect: EffectOf<'setDiscountPerItem'>): EffectOf<'rollbackDiscount'> => ({
  ...effect,
  effectType: 'rollbackDiscount',
  props: { name: effect.props.name, value: effect.props.value },
});
