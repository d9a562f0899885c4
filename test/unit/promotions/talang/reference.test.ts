import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimal, divide, roundSignificant } from '../../../../lib/contract/decimal.ts';
import { namesFor } from '../../../../lib/promotions/facts.ts';
import { FUNCTIONS } from '../../../../lib/promotions/functions.ts';
import { check } from '../../../../lib/promotions/talang/check.ts';
import { compile } from '../../../../lib/promotions/talang/compile.ts';
import { printValue } from '../../../../lib/promotions/talang/print.ts';
import { read } from '../../../../lib/promotions/talang/read.ts';
import { EvaluationError, isDecimal, kindOf, type Value } from '../../../../lib/promotions/talang/value.ts';
import { exact, SAMPLE, scopeOf } from '../scope.ts';

/** The same language once more: slow, walking the JSON, without any of the code under test but its decimals. */
class Failure extends Error {}

const ensure = (holds: boolean): void => {
  if (!holds) throw new Failure();
};

type Names = Readonly<Record<string, Value>>;

const same = (left: Value, right: Value): boolean =>
  kindOf(left) === kindOf(right) &&
  (isDecimal(left) ? left.eq(right as Decimal) : left instanceof Date ? +left === +(right as Date) : left === right);

const ORDERS: Record<string, (order: number) => boolean> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const number = (value: Value): Decimal => {
  ensure(isDecimal(value));
  return value as Decimal;
};
const bool = (value: Value): boolean => {
  ensure(typeof value === 'boolean');
  return value as boolean;
};
const list = (value: Value): readonly Value[] => {
  ensure(Array.isArray(value));
  return value as readonly Value[];
};

const ATOMS = ['Decimal', 'String', 'Boolean', 'Time', 'Null'];

const reference = (expression: unknown, names: Names): Value => {
  if (!Array.isArray(expression)) return exact(expression);
  const [name, ...args] = expression as [string, ...unknown[]];
  const at = (index: number): Value => reference(args[index], names);
  const members = (): [readonly Value[], (member: Value) => Value] => {
    const members = list(at(0));
    const [bound, body] =
      args.length === 3 ? [args[1], args[2]] : [(args[1] as string[][])[0]?.[0], (args[1] as unknown[])[1]];
    return [members, (member) => reference(body, { ...names, [bound as string]: member })];
  };
  switch (name) {
    case '.': {
      let value: Value | undefined = names as Value;
      for (const key of args as string[]) {
        ensure(value !== undefined && value !== null && kindOf(value) === 'Map');
        value = (value as Record<string, Value>)[key];
      }
      ensure(value !== undefined && value !== null);
      return value as Value;
    }
    case 'and':
      return args.every((_arg, index) => bool(at(index)));
    case 'or':
      return args.some((_arg, index) => bool(at(index)));
    case 'not':
      return !bool(at(0));
    case '=':
    case '!=': {
      const first = at(0);
      ensure(ATOMS.includes(kindOf(first)));
      return args.slice(1).every((_arg, index) => {
        const other = at(index + 1);
        ensure(ATOMS.includes(kindOf(other)));
        return same(first, other) === (name === '=');
      });
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const first = at(0);
      ensure(isDecimal(first) || first instanceof Date);
      return args.slice(1).every((_arg, index) => {
        const other = at(index + 1);
        ensure(kindOf(other) === kindOf(first));
        const order = isDecimal(first) ? first.cmp(other as Decimal) : +(first as Date) - +(other as Date);
        return (ORDERS[name] as (order: number) => boolean)(order);
      });
    }
    case '+':
    case '-':
    case '*':
    case '/': {
      let result = number(at(0));
      for (let index = 1; index < args.length; index += 1) {
        const operand = number(at(index));
        ensure(name !== '/' || !operand.eq(0));
        if (name === '/') result = divide(result, operand);
        else result = roundSignificant(result[name === '+' ? 'plus' : name === '-' ? 'minus' : 'times'](operand));
      }
      return result;
    }
    case 'catch':
      try {
        return at(1);
      } catch (error) {
        ensure(error instanceof Failure);
        return at(0);
      }
    case 'noop':
      return null;
    case 'filter': {
      const [all, body] = members();
      return all.filter((member) => bool(body(member)));
    }
    case 'sum': {
      const [all, body] = members();
      return all.reduce<Decimal>((total, member) => roundSignificant(total.plus(number(body(member)))), decimal(0));
    }
    case 'count':
      return decimal(list(at(0)).length);
    default:
      throw new Failure();
  }
};

const path = (...keys: string[]): fc.Arbitrary<unknown> => fc.constant(['.', ...keys]);

/** Expressions by the kind they should have; some of them of another, or of none. */
const { condition } = fc.letrec<{ number: unknown; condition: unknown; list: unknown; text: unknown }>((tie) => {
  const any = fc.oneof(tie('number'), tie('condition'), tie('list'), tie('text'), fc.constant(null), path('Now'));
  const few = (of: fc.Arbitrary<unknown>, least: number) => fc.array(of, { minLength: least, maxLength: 3 });
  const call = (names: string[], args: fc.Arbitrary<unknown[]>) =>
    fc.tuple(fc.constantFrom(...names), args).map(([name, all]) => [name, ...all]);
  const block = (body: fc.Arbitrary<unknown>) => body.map((one) => [['Item'], one]);
  const mostly = (right: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: any });
  const number = mostly(tie('number'));
  const claim = mostly(tie('condition'));
  return {
    number: fc.oneof(
      { depthSize: 'small' },
      fc.integer({ min: -3, max: 99 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      path('Session', 'Total'),
      path('Item', 'Price'),
      path('Session', 'Gone'),
      call(['+', '-', '*', '/'], few(number, 2)),
      call(['catch'], fc.tuple(number, number)),
      call(['count'], fc.tuple(tie('list'))),
      call(['sum'], fc.tuple(tie('list'), block(number))),
      call(['sum'], fc.tuple(tie('list'), fc.constant('Item'), number)),
    ),
    condition: fc.oneof(
      { depthSize: 'small' },
      fc.boolean(),
      call(['<', '<=', '>', '>='], few(number, 2)),
      call(['<', '>='], fc.tuple(path('Now'), path('Now'))),
      call(['=', '!='], few(any, 2)),
      call(['and', 'or'], few(claim, 0)),
      call(['not'], fc.tuple(claim)),
      call(['catch'], fc.tuple(claim, claim)),
    ),
    list: fc.oneof(
      { depthSize: 'small' },
      path('Session', 'CartItems'),
      call(['filter'], fc.tuple(tie('list'), block(claim))),
    ),
    text: fc.oneof(
      fc.constantFrom('', 'gold', '1', 'true'),
      path('Profile', 'Attributes', 'Tier'),
      path('Item', 'Sku'),
    ),
  };
});

const outcomeOf = (evaluate: () => Value, failure: new (...args: never[]) => Error): string => {
  try {
    return printValue(evaluate());
  } catch (error) {
    if (error instanceof failure) return 'error';
    throw error;
  }
};

test('what is compiled comes to the same as a naive evaluator', () => {
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(condition, (expression) => {
      const expected = outcomeOf(() => reference(expression, exact(SAMPLE) as Names), Failure);
      const actual = outcomeOf(() => compile(read(expression).node, FUNCTIONS)(scopeOf(SAMPLE)), EvaluationError);
      outcomes.set(actual, (outcomes.get(actual) ?? 0) + 1);
      expect(actual).toBe(expected);
    }),
    { numRuns: 2000 },
  );
  // The property says little unless all of these are common.
  for (const outcome of ['true', 'false', 'error']) expect(outcomes.get(outcome)).toBeGreaterThan(50);
});

test('any JSON evaluates to a value or an evaluation error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      outcomeOf(() => compile(read(json).node, FUNCTIONS)(scopeOf(SAMPLE)), EvaluationError);
    }),
  );
});

test('what passes the check fails only for what is missing or divided by zero', () => {
  const names = namesFor({
    attributes: [{ entity: 'CustomerProfile', name: 'Tier', type: 'string' }],
    additionalCosts: [],
  });
  let passed = 0;
  fc.assert(
    fc.property(condition, (expression) => {
      // Which of its two kinds a `catch` gives is seen only at evaluation.
      if (JSON.stringify(expression).includes('["catch"')) return;
      const { node } = read(expression);
      if (check(node, { functions: FUNCTIONS, names, place: 'condition' }).length > 0) return;
      passed += 1;
      try {
        compile(node, FUNCTIONS)(scopeOf(SAMPLE));
      } catch (error) {
        expect((error as Error).message).toMatch(/is missing$|divided by zero$/);
      }
    }),
    { numRuns: 2000 },
  );
  expect(passed).toBeGreaterThan(200);
});
