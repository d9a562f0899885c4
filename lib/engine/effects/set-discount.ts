import { type Decimal, toNumber } from '../../contract/decimal.ts';
import type { EffectOf } from '../../contract/effects.ts';
import type { RulePass } from '../evaluate/pass.ts';
import { grantDiscount } from './discount.ts';
import { byRule } from './envelope.ts';

/** A discount on the session. `value` is positive, in the major unit. @throws EffectRefused when a limit is full. */
export const setDiscount = (pass: RulePass, name: string, value: Decimal): void => {
  const amount = grantDiscount(pass, value);
  if (!amount) return;
  pass.draft.emit({ ...byRule(pass), effectType: 'setDiscount', props: { name, value: toNumber(amount) } });
};

/** What a cancellation says of a discount: its name and value once more (semantics.md R36). */
export const rollBackSetDiscount = (effect: EffectOf<'setDiscount'>): EffectOf<'rollbackDiscount'> => ({
  ...effect,
  effectType: 'rollbackDiscount',
  props: { name: effect.props.name, value: effect.props.value },
});
