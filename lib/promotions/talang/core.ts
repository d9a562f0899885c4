import { type Decimal, decimal, divide, roundSignificant, ZERO } from '../../contract/decimal.ts';
import { bind, type Compiled, type FunctionDefinition, type Parameter, type Signature, type Type } from './function.ts';
import { EvaluationError, isDecimal, type Kind, sameValue, type Value } from './value.ts';

const of = (...kinds: readonly Kind[]): Parameter => ({ kinds });

/** Two or more of one kind, as upstream's `(Decimal, Decimal, Decimal…)`. */
const several = (parameter: Parameter, returns: Kind): Signature => ({
  params: [parameter, parameter],
  rest: parameter,
  returns,
});

/** `and`, `or`: the first operand that is `decisive` decides, and the ones after it are not evaluated. */
const junction = (name: string, decisive: boolean): FunctionDefinition => ({
  name,
  signatures: [{ params: [], rest: of('Boolean'), returns: 'Boolean' }],
  build: (args) => (scope) => {
    for (const operand of args) if (operand(scope) === decisive) return decisive;
    return !decisive;
  },
});

/** The first argument against each other one: not a chain. */
const comparison = (
  name: string,
  signatures: readonly Signature[],
  holds: (left: Value, right: Value) => boolean,
): FunctionDefinition => ({
  name,
  signatures,
  build: (args) => {
    const [first, ...others] = args as readonly [Compiled, ...Compiled[]];
    return (scope) => {
      const left = first(scope);
      for (const other of others) if (!holds(left, other(scope))) return false;
      return true;
    };
  },
});

const EQUATABLE = (['Decimal', 'String', 'Boolean', 'Time'] as const).map((kind) =>
  several(of(kind, 'Null'), 'Boolean'),
);
const ORDERED = (['Decimal', 'Time'] as const).map((kind) => several(of(kind), 'Boolean'));

const order = (left: Value, right: Value): number => {
  if (isDecimal(left) && isDecimal(right)) return left.cmp(right);
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  throw new EvaluationError('a number and a time cannot be compared');
};

/** Folds from the left; every step is rounded to the precision of rule arithmetic (talang.md §3). */
const arithmetic = (name: string, operate: (left: Decimal, right: Decimal) => Decimal): FunctionDefinition => ({
  name,
  signatures: [several(of('Decimal'), 'Decimal')],
  build: (args) => {
    const [first, ...others] = args as readonly [Compiled<Decimal>, ...Compiled<Decimal>[]];
    return (scope) => {
      let result = first(scope);
      for (const other of others) result = operate(result, other(scope));
      return result;
    };
  },
});

const quotient = (dividend: Decimal, divisor: Decimal): Decimal => {
  if (divisor.eq(0)) throw new EvaluationError('a number cannot be divided by zero');
  return divide(dividend, divisor);
};

const either = ([one, other]: readonly Type[]): Type =>
  one && one.kind === other?.kind ? { kind: one.kind } : { kind: 'Any' };

/** A body that is evaluated for each member of the list at place 0. */
const body = (kind: Kind): Parameter => ({ kinds: [kind], block: { over: 0, plain: false } });

/**
 * The functions of the language itself (talang.md §7), as far as rules need them today; `.` is built into check.ts and
 * compile.ts. Where they differ from the vendor's open-source Talang stands in deviations.ts.
 */
export const CORE: readonly FunctionDefinition[] = [
  junction('and', false),
  junction('or', true),
  {
    name: 'not',
    signatures: [{ params: [of('Boolean')], returns: 'Boolean' }],
    build: (args) => {
      const [operand] = args as readonly [Compiled<boolean>];
      return (scope) => !operand(scope);
    },
  },
  comparison('=', EQUATABLE, sameValue),
  comparison('!=', EQUATABLE, (left, right) => !sameValue(left, right)),
  comparison('<', ORDERED, (left, right) => order(left, right) < 0),
  comparison('<=', ORDERED, (left, right) => order(left, right) <= 0),
  comparison('>', ORDERED, (left, right) => order(left, right) > 0),
  comparison('>=', ORDERED, (left, right) => order(left, right) >= 0),
  arithmetic('+', (left, right) => roundSignificant(left.plus(right))),
  arithmetic('-', (left, right) => roundSignificant(left.minus(right))),
  arithmetic('*', (left, right) => roundSignificant(left.times(right))),
  arithmetic('/', quotient),
  {
    name: 'catch',
    signatures: [{ params: [of('Any'), of('Any')], returns: either }],
    build: (args) => {
      const [fallback, attempt] = args as readonly [Compiled, Compiled];
      return (scope) => {
        try {
          return attempt(scope);
        } catch (error) {
          if (error instanceof EvaluationError) return fallback(scope);
          throw error;
        }
      };
    },
  },
  { name: 'noop', signatures: [{ params: [], returns: 'Null' }], build: () => () => null },
  {
    name: 'filter',
    signatures: [{ params: [of('List'), body('Boolean')], returns: ([list]) => list ?? { kind: 'List' } }],
    build: (args) => {
      const [list, keep] = args as readonly [Compiled<readonly Value[]>, Compiled<boolean>];
      return (scope) => list(scope).filter((member) => keep(bind(scope, member)));
    },
  },
  {
    name: 'sum',
    signatures: [{ params: [of('List'), body('Decimal')], returns: 'Decimal' }],
    build: (args) => {
      const [list, amount] = args as readonly [Compiled<readonly Value[]>, Compiled<Decimal>];
      return (scope) => {
        let total = ZERO;
        for (const member of list(scope)) total = roundSignificant(total.plus(amount(bind(scope, member))));
        return total;
      };
    },
  },
  {
    name: 'count',
    signatures: [{ params: [of('List')], returns: 'Decimal' }],
    build: (args) => {
      const [list] = args as readonly [Compiled<readonly Value[]>];
      return (scope) => decimal(list(scope).length);
    },
  },
];
