import { type Decimal, toNumber } from '../contract/decimal.ts';
import { CORE } from './talang/core.ts';
import { bind, type Compiled, type FunctionDefinition, FunctionTable, type Scope } from './talang/function.ts';
import { EvaluationError, isDecimal, kindOf, lookUp, type Value, type ValueMap } from './talang/value.ts';

/** What rules ask of the engine, and what they tell it to do. */
export interface RuleHost {
  /** Whether the coupon of this pass may be redeemed. */
  couponValid(): boolean;
  /** Whether the session's referral code may be redeemed. */
  referralValid(): boolean;
  /** @param value in the currency's major unit, exact: rounding is the engine's (semantics.md R30). */
  setDiscount(name: string, value: Decimal): void;
  setDiscountPerItem(name: string, values: readonly ItemDiscount[]): void;
}

/** A discount on one line of the cart. */
export interface ItemDiscount {
  readonly position: number;
  readonly subPosition?: number;
  readonly value: Decimal;
}

/** What a rule is evaluated against: the engine, and its variables by name (`Session`, `Profile`, `Event`, `Now`). */
export interface RuleScope extends Scope {
  readonly host: RuleHost;
}

/** Only this module knows what a scope's host is; {@link RuleScope} makes sure that it is one. */
const hostOf = (scope: Scope): RuleHost => scope.host as RuleHost;

const asking = (name: string, subject: string, ask: (host: RuleHost) => boolean): FunctionDefinition => ({
  name,
  place: 'condition',
  signatures: [{ params: [], returns: 'Boolean' }],
  words: { holds: `${subject} is valid`, fails: `${subject} is not valid` },
  build: () => (scope) => ask(hostOf(scope)),
});

/** Where an item stands in the cart. */
const placeOf = (item: Value): Omit<ItemDiscount, 'value'> => {
  const map = kindOf(item) === 'Map' ? (item as ValueMap) : undefined;
  const position = map && lookUp(map, 'Position');
  if (!map || !isDecimal(position)) throw new EvaluationError('setDiscountPerItem takes items of the cart');
  const subPosition = lookUp(map, 'SubPosition');
  return { position: toNumber(position), ...(isDecimal(subPosition) && { subPosition: toNumber(subPosition) }) };
};

/**
 * The functions of the promotion domain: name, signature, and what it asks of the host (talang.md §8; of their calls
 * only `couponValid` and `setDiscount` are verified, so another spelling must be one line here).
 */
const DOMAIN: readonly FunctionDefinition[] = [
  asking('couponValid', 'the coupon', (host) => host.couponValid()),
  asking('referralValid', 'the referral code', (host) => host.referralValid()),
  {
    name: 'setDiscount',
    place: 'effect',
    signatures: [{ params: [{ kinds: ['String'] }, { kinds: ['Decimal'] }], returns: 'Null' }],
    build: (args) => {
      const [name, value] = args as readonly [Compiled<string>, Compiled<Decimal>];
      return (scope) => {
        hostOf(scope).setDiscount(name(scope), value(scope));
        return null;
      };
    },
  },
  {
    name: 'setDiscountPerItem',
    place: 'effect',
    signatures: [
      {
        params: [{ kinds: ['String'] }, { kinds: ['Decimal'], block: { over: 2, plain: true } }, { kinds: ['List'] }],
        returns: 'Null',
      },
    ],
    build: (args) => {
      const [name, value, items] = args as readonly [Compiled<string>, Compiled<Decimal>, Compiled<readonly Value[]>];
      return (scope) => {
        const values = items(scope).map((item) => ({ ...placeOf(item), value: value(bind(scope, item)) }));
        hostOf(scope).setDiscountPerItem(name(scope), values);
        return null;
      };
    },
  },
];

/** Every function that a rule may call. */
export const FUNCTIONS = new FunctionTable([...CORE, ...DOMAIN]);
