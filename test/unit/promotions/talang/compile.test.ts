import { describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../../../lib/promotions/functions.ts';
import { compile, compileTo } from '../../../../lib/promotions/talang/compile.ts';
import { printValue } from '../../../../lib/promotions/talang/print.ts';
import { read } from '../../../../lib/promotions/talang/read.ts';
import { EvaluationError, type ValueMap } from '../../../../lib/promotions/talang/value.ts';
import { recordingHost, SAMPLE, scopeOf } from '../scope.ts';

const evaluate = (expression: unknown, root: object = SAMPLE) =>
  compile(read(expression).node, FUNCTIONS)(scopeOf(root));
const result = (expression: unknown, root?: object): string => printValue(evaluate(expression, root));
const errorOf = (expression: unknown, root?: object): string => {
  try {
    return `no error: ${result(expression, root)}`;
  } catch (error) {
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
};

const TOTAL = ['.', 'Session', 'Total'];
const ITEMS = ['.', 'Session', 'CartItems'];
const TIER = ['.', 'Profile', 'Attributes', 'Tier'];
const BOOM = ['/', 1, 0];
/** A text that reads like the total, and two more times. */
const LATER = {
  Profile: { Attributes: { Tier: 'gold', Level: '60' } },
  Later: { sameInstant: new Date('2026-06-01T14:00:00+02:00'), instant: new Date('2026-06-01T12:00:00.001Z') },
};

describe('decimals: 16 significant digits, half to even, on results and not on literals (talang.md §3)', () => {
  test.each<[unknown, string]>([
    [['+', 0.1, 0.2], '0.3'],
    [['/', 1, 3], '0.3333333333333333'],
    [['/', 2, 3], '0.6666666666666667'],
    [['/', 100, 10], '10'],
    [['*', 1.5, 2], '3'],
    [['+', 1234567890123456, 0.5], '1234567890123456'],
    [['+', 1234567890123457, 0.5], '1234567890123458'],
    [['+', 123456789012345680, 1], '123456789012345700'],
    [['-', 10, 1, 2], '7'],
    [['-', 1, 3], '-2'],
    [['*', 2, 3, 4], '24'],
    [['*', 1.234567890123456, 1.1], '1.358024679135802'],
    [['sum', ITEMS, [['I'], 9.999999999999998]], '20'],
    [['/', 100, 5, 2], '10'],
    [['+', 1, 2, 3, 4], '10'],
    [['*', 60, ['/', 10, 100]], '6'],
    [['-', 5, 5], '0'],
    [123456789012345680, '123456789012345680'],
  ])('%j → %s', (expression, value) => {
    expect(result(expression)).toBe(value);
  });
});

describe('comparison and logic (talang.md §7)', () => {
  test.each<[unknown, boolean]>([
    [['=', 1, 1], true],
    [['=', 1, 1, 2], false],
    [['=', 'a', 'a', 'a'], true],
    [['=', 'a', 'A'], false],
    [['=', true, true], true],
    [['=', null, ['noop']], true],
    [['=', null, 1], false],
    [['=', ['.', 'Now'], ['.', 'Now']], true],
    [['=', ['.', 'Now'], 1], false],
    [['=', ['.', 'Now'], ['.', 'Later', 'sameInstant']], true],
    [['=', ['.', 'Now'], ['.', 'Later', 'instant']], false],
    [['<', ['.', 'Now'], ['.', 'Later', 'instant']], true],
    [['=', TIER, 1], false],
    [['=', ['.', 'Profile', 'Attributes', 'Level'], 60], false],
    [['=', TOTAL, 60], true],
    [['=', TOTAL, ['.', 'Profile', 'Attributes', 'Level']], false],
    [['!=', 1, 2, 3], true],
    [['!=', 1, 2, 1], false],
    [['<', 1, 2], true],
    [['<', 2, 2], false],
    [['<', 1, 3, 2], true],
    [['<', 1, 3, 1], false],
    [['<=', 2, 2], true],
    [['<=', 3, 2], false],
    [['>', 2, 1], true],
    [['>', 2, 2], false],
    [['>=', 2, 2], true],
    [['>=', TOTAL, 60.01], false],
    [['<=', ['.', 'Now'], ['.', 'Now']], true],
    [['<', ['.', 'Now'], ['.', 'Now']], false],
    [['and'], true],
    [['or'], false],
    [['and', true, true], true],
    [['and', true, false], false],
    [['or', false, false], false],
    [['or', false, true], true],
    [['not', true], false],
    [['not', false], true],
  ])('%j → %s', (expression, value) => {
    expect(evaluate(expression, { ...SAMPLE, ...LATER })).toBe(value);
  });
});

describe('lists, blocks and the rest', () => {
  test.each<[string, unknown, string]>([
    ['count', ['count', ITEMS], '2'],
    ['filter keeps what its block says', ['count', ['filter', ITEMS, [['I'], ['>', ['.', 'I', 'Price'], 15]]]], '1'],
    ['sum adds its block', ['sum', ITEMS, [['I'], ['*', ['.', 'I', 'Price'], ['.', 'I', 'Quantity']]]], '55'],
    ['sum takes name and body', ['sum', ITEMS, 'I', ['.', 'I', 'Quantity']], '3'],
    ['sum of nothing', ['sum', ['filter', ITEMS, [['I'], false]], 'I', 1], '0'],
    [
      'a block sees the names around it',
      ['sum', ITEMS, 'I', ['sum', ITEMS, 'J', ['*', ['.', 'I', 'Price'], ['.', 'J', 'Quantity']]]],
      '105',
    ],
    ['a block sees the facts', ['sum', ITEMS, 'I', TOTAL], '120'],
    ['an inner name hides an outer one', ['sum', ITEMS, 'I', ['sum', ITEMS, 'I', ['.', 'I', 'Price']]], '70'],
    ['noop is nothing', ['noop'], 'null'],
    ['catch gives the expression', ['catch', 22, 2], '2'],
    ['catch gives the fallback on an error', ['catch', 22, BOOM], '22'],
    ['catch of a catch', ['catch', 1, ['catch', BOOM, BOOM]], '1'],
    ['the fallback is evaluated only on an error', ['catch', BOOM, 2], '2'],
    [
      'the vendor filter',
      ['count', ['filter', ITEMS, [['Item'], ['catch', false, ['=', ['.', 'Item', 'Category'], 'Kitchen']]]]],
      '1',
    ],
    ['names of functions ignore case', ['SUM', ITEMS, 'I', ['.', 'I', 'Price']], '35'],
  ])('%s', (_what, expression, value) => {
    expect(result(expression)).toBe(value);
  });

  test('`and` and `or` evaluate from left to right and stop', () => {
    const { host, asked } = recordingHost({ coupon: false, referral: true });
    const run = (expression: unknown) => compile(read(expression).node, FUNCTIONS)(scopeOf(SAMPLE, host));
    expect(run(['and', ['couponValid'], ['referralValid']])).toBe(false);
    expect(run(['or', ['referralValid'], ['couponValid']])).toBe(true);
    expect(asked).toEqual(['couponValid', 'referralValid']);
  });
});

describe('paths: own keys only', () => {
  const root = { Session: JSON.parse('{"Map":{"own":"x","nothing":null},"__proto__x":1,"List":[1],"Text":"t"}') };

  test.each<[string, unknown, string]>([
    ['a missing key', ['.', 'Session', 'Gone'], 'Session.Gone is missing'],
    ['a key behind a missing one', ['.', 'Session', 'Gone', 'Further'], 'Session.Gone is missing'],
    ['a missing name', ['.', 'Cart'], 'Cart is missing'],
    ['a null, which counts as missing', ['.', 'Session', 'Map', 'nothing'], 'Session.Map.nothing is missing'],
    ['a key behind a text', ['.', 'Session', 'Text', 'length'], 'Session.Text is text: it has no "length"'],
    ['a key behind a list', ['.', 'Session', 'List', '0'], 'Session.List is a list: it has no "0"'],
    ['__proto__', ['.', 'Session', '__proto__'], 'Session.__proto__ is missing'],
    ['constructor', ['.', 'Session', 'constructor'], 'Session.constructor is missing'],
    ['toString of a map in a map', ['.', 'Session', 'Map', 'toString'], 'Session.Map.toString is missing'],
    ['hasOwnProperty at the top', ['.', 'hasOwnProperty'], 'hasOwnProperty is missing'],
    ['a name that is no text', ['.', 1], '1 is missing'],
    ['an empty path', ['.'], 'an empty path leads nowhere'],
  ])('%s is an error', (_what, expression, message) => {
    expect(errorOf(expression, root)).toBe(message);
  });

  test('a Map is a map, with its own keys only', () => {
    const root: ValueMap = new Map([['Session', new Map([['constructor', 'mine']])]]);
    const at = (...keys: string[]) => compile(read(['.', 'Session', ...keys]).node, FUNCTIONS)({ host: {}, root });
    expect(at('constructor')).toBe('mine');
    expect(() => at('size')).toThrow('Session.size is missing');
    expect(() => at('get')).toThrow('Session.get is missing');
  });

  test('an own key called __proto__ is a key like any other', () => {
    const root = JSON.parse('{"Session":{"__proto__":"mine"}}') as ValueMap;
    expect(compile(read(['.', 'Session', '__proto__']).node, FUNCTIONS)({ host: {}, root })).toBe('mine');
  });
});

describe('errors name the expression and the kinds, never the value', () => {
  test.each<[string, unknown, string]>([
    ['a text in a sum', ['+', TIER, 1], '(. Profile Attributes Tier) is text, not a number'],
    ['a number against a time', ['<', TOTAL, ['.', 'Now']], 'a number and a time cannot be compared'],
    ['texts in order', ['<', TIER, TIER], '(. Profile Attributes Tier) is text, not a number or a time'],
    [
      'a list in an equation',
      ['=', ITEMS, 1],
      '(. Session CartItems) is a list, not a number or nothing or text or true or false or a time',
    ],
    ['not of a text', ['not', TIER], '(. Profile Attributes Tier) is text, not true or false'],
    ['a text as an operand', ['and', TIER], '(. Profile Attributes Tier) is text, not true or false'],
    ['count of a number', ['count', TOTAL], '(. Session Total) is a number, not a list'],
    ['a body of another kind', ['sum', ITEMS, 'I', ['.', 'I', 'Sku']], '(. I Sku) is text, not a number'],
    [
      'a filter that does not decide',
      ['filter', ITEMS, [['I'], ['.', 'I', 'Sku']]],
      '(. I Sku) is text, not true or false',
    ],
    ['division by zero', ['/', 0, 0], 'a number cannot be divided by zero'],
    ['division by zero further on', ['/', 1, 1, ['-', 1, 1]], 'a number cannot be divided by zero'],
    ['an unknown function', ['max', ITEMS], 'unknown function "max"'],
    ['too many arguments', ['not', true, true], '"not" does not take 2 arguments'],
    ['a block in a strange place', ['not', [['I'], true]], '((I) true) cannot be evaluated here'],
    ['no block where one belongs', ['filter', ITEMS, true], 'true is no block'],
    ['what cannot be read', ['not', []], '? cannot be evaluated here'],
  ])('%s', (_what, expression, message) => {
    expect(errorOf(expression)).toBe(message);
  });

  test('a binary float is refused: whoever hands it in forgot to make it exact', () => {
    const root = { Session: { Total: 0.1 } } as unknown as ValueMap;
    const run = compile(read(['+', TOTAL, 1]).node, FUNCTIONS);
    expect(() => run({ host: {}, root })).toThrow(new EvaluationError('a rule cannot work with a JavaScript number'));
  });

  test('a mistake of the host is no evaluation error: `catch` lets it through', () => {
    const host = {
      ...recordingHost().host,
      couponValid: () => {
        throw new TypeError('mistake');
      },
    };
    const run = compile(read(['catch', false, ['couponValid']]).node, FUNCTIONS);
    expect(() => run(scopeOf(SAMPLE, host))).toThrow(TypeError);
  });

  test('compileTo demands the kind of the whole', () => {
    const holds = compileTo(read(TIER).node, FUNCTIONS, ['Boolean']);
    expect(() => holds(scopeOf(SAMPLE))).toThrow('(. Profile Attributes Tier) is text, not true or false');
  });
});

describe('nothing is ever changed', () => {
  test('the same expression gives the same result again: upstream arithmetic changes its operands', () => {
    const twice = compile(read(['+', ['*', TOTAL, 2], TOTAL]).node, FUNCTIONS);
    const three = compile(read(['+', 1, 2]).node, FUNCTIONS);
    const scope = scopeOf(SAMPLE);
    expect([twice(scope), twice(scope), twice(scope)].map(printValue)).toEqual(['180', '180', '180']);
    expect([three(scope), three(scope), three(scope)].map(printValue)).toEqual(['3', '3', '3']);
  });

  test('frozen facts are fine', () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const scope = scopeOf(SAMPLE);
    freeze(scope.root);
    const expression = [
      'sum',
      ['filter', ITEMS, [['I'], ['>', ['.', 'I', 'Price'], 1]]],
      'I',
      ['+', ['.', 'I', 'Price'], TOTAL],
    ];
    expect(printValue(compile(read(expression).node, FUNCTIONS)(scope))).toBe('155');
  });
});
