import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { print } from '../../../../lib/promotions/talang/print.ts';
import { MAX_DEPTH, read } from '../../../../lib/promotions/talang/read.ts';

const textOf = (expression: unknown): string => print(read(expression).node);
const faultsOf = (expression: unknown) => read(expression).faults.map(({ at, message }) => `${at} ${message}`);

describe('reading the JSON form', () => {
  test.each<[string, unknown, string]>([
    ['a call', ['>=', ['.', 'Session', 'Total'], 50], '(>= (. Session Total) 50)'],
    ['a call without arguments', ['couponValid'], '(couponValid)'],
    ['a block', ['filter', ['.', 'L'], [['Item'], ['=', ['.', 'Item'], 1]]], '(filter (. L) ((Item) (= (. Item) 1)))'],
    [
      'a text stays a text, whatever it looks like',
      ['f', '1', 'true', '2026-01-01T00:00:00Z'],
      '(f "1" "true" "2026-01-01T00:00:00Z")',
    ],
    ['only quotes in a text are escaped', 'say "x" \\ (c()Decimal)', '"say \\"x\\" \\ (c()Decimal)"'],
    ['numbers keep their decimals', ['+', 0.1, 1e-7, 1e21, -5], '(+ 0.1 0.0000001 1000000000000000000000 -5)'],
    ['booleans and null', ['f', true, false, null], '(f true false null)'],
  ])('reads %s', (_what, expression, text) => {
    expect(read(expression).faults).toEqual([]);
    expect(textOf(expression)).toBe(text);
  });

  test('every node knows its place', () => {
    const { node } = read(['and', ['f', [['Item'], ['g', 1]]]]);
    const places: string[] = [];
    const visit = (one: typeof node): void => {
      places.push(one.at);
      if (one.kind === 'call') one.args.forEach(visit);
      if (one.kind === 'block') visit(one.body);
    };
    visit(node);
    expect(places).toEqual(['', '/1', '/1/1', '/1/1/1', '/1/1/1/1']);
  });

  test.each<[string, unknown, string[]]>([
    ['an empty list', ['f', []], ['/1 an empty list is no expression']],
    ['a map', ['f', { a: 1 }], ['/1 a map is no expression: write a list']],
    ['nothing at all', undefined, [' is missing']],
    ['a list that starts with a number', [1, 2], [" a list starts with a function's name"]],
    ['a block of two names', ['f', [['A', 'B'], 1]], ['/1 a block is written [["Name"], expression]']],
    ['a block of two bodies', ['f', [['A'], 1, 2]], ['/1 a block is written [["Name"], expression]']],
    ['a block whose name is no text', ['f', [[1], 1]], ['/1 a block is written [["Name"], expression]']],
    ['a number without end', ['f', Number.POSITIVE_INFINITY], ['/1 is no finite number']],
    [
      'several at once',
      ['f', [], {}, [null]],
      [
        '/1 an empty list is no expression',
        '/2 a map is no expression: write a list',
        "/3 a list starts with a function's name",
      ],
    ],
  ])('refuses %s', (_what, expression, faults) => {
    expect(faultsOf(expression)).toEqual(faults);
  });

  test('nesting is bounded, so no expression can exhaust the stack', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : ['not', nested(depth - 1)]);
    expect(faultsOf(nested(MAX_DEPTH))).toEqual([]);
    expect(faultsOf(nested(MAX_DEPTH + 1))).toEqual([expect.stringContaining('is nested more than 64 deep')]);
    let endless: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) endless = ['not', endless];
    expect(faultsOf(endless)).toHaveLength(1);
  });

  test('reads or refuses any JSON, never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const { node, faults } = read(json);
        expect(print(node).includes('?') || faults.length === 0 || JSON.stringify(json).includes('?')).toBe(true);
      }),
    );
  });
});
