import { describe, expect, test } from 'vitest';
import { compileRule } from '../../../lib/promotions/rule.ts';
import type { Expression, Rule } from '../../../lib/promotions/snapshot.ts';
import { EvaluationError } from '../../../lib/promotions/talang/value.ts';
import { recordingHost, SAMPLE, scopeOf } from './scope.ts';

const rule = (condition: Expression, effects: readonly Expression[] = []): Rule => ({ title: 'R', condition, effects });
const held = (condition: Expression, answers?: Parameters<typeof recordingHost>[0]): boolean[] =>
  compileRule(rule(condition)).conditions.map(({ holds }) => holds(scopeOf(SAMPLE, recordingHost(answers).host)));

const TOTAL = ['.', 'Session', 'Total'];
const ITEMS = ['.', 'Session', 'CartItems'];

describe('conditions', () => {
  test('the operands of `and` are the conditions, in their order', () => {
    expect(held(['and', ['couponValid'], ['>=', TOTAL, 100], ['referralValid']], { referral: false })).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('the spelling of `and` does not matter', () => {
    expect(held(['And', true, false])).toEqual([true, false]);
  });

  test.each<[string, Expression, boolean[]]>([
    ['an `or`', ['or', ['>=', TOTAL, 100], ['couponValid']], [true]],
    ['a comparison', ['>=', TOTAL, 100], [false]],
    ['a literal', true, [true]],
    ['an `and` inside', ['not', ['and', true, true]], [false]],
  ])('%s is one condition', (_what, condition, values) => {
    expect(held(condition)).toEqual(values);
  });

  test('an `and` of nothing always holds', () => {
    expect(held(['and'])).toEqual([]);
  });

  test('a condition that is not true or false fails when it is evaluated', () => {
    expect(() => held(['and', TOTAL])).toThrow(new EvaluationError('(. Session Total) is a number, not true or false'));
  });

  test('a rule for a newer release fails alone, when it is evaluated', () => {
    const { conditions, effects } = compileRule(rule(['and', ['audienceMember', 1]], [['addFreeItem', 'x']]));
    expect(() => conditions[0]?.holds(scopeOf(SAMPLE))).toThrow(
      new EvaluationError('unknown function "audienceMember"'),
    );
    expect(() => effects[0]?.(scopeOf(SAMPLE))).toThrow(new EvaluationError('unknown function "addFreeItem"'));
  });
});

describe('effects tell the host', () => {
  const told = (...effects: Expression[]) => {
    const { host, told } = recordingHost();
    for (const effect of compileRule(rule(true, effects)).effects) effect(scopeOf(SAMPLE, host));
    return told;
  };

  test('setDiscount: a name and an exact amount', () => {
    expect(
      told(['setDiscount', '10% off', ['*', TOTAL, ['/', 10, 100]]], ['setDiscount', 'third', ['/', TOTAL, 7]]),
    ).toEqual([
      ['setDiscount', '10% off', '6'],
      ['setDiscount', 'third', '8.571428571428571'],
    ]);
  });

  test('setDiscountPerItem: a block is computed once for each item', () => {
    expect(
      told([
        'setDiscountPerItem',
        '5% off',
        [['Item'], ['*', ['.', 'Item', 'Price'], ['.', 'Item', 'Quantity'], 0.05]],
        ITEMS,
      ]),
    ).toEqual([
      [
        'setDiscountPerItem',
        '5% off',
        [
          { position: 0, value: '2' },
          { position: 1, value: '0.75' },
        ],
      ],
    ]);
  });

  test('setDiscountPerItem: a plain value goes to every item of the list', () => {
    const cards = ['filter', ITEMS, [['Item'], ['=', ['.', 'Item', 'Sku'], 'card']]];
    expect(told(['setDiscountPerItem', 'one off', 1, cards])).toEqual([
      ['setDiscountPerItem', 'one off', [{ position: 1, value: '1' }]],
    ]);
  });

  test('setDiscountPerItem: flattened items say which of a line they are', () => {
    const { host, told } = recordingHost();
    const [effect] = compileRule(rule(true, [['setDiscountPerItem', 'x', 1, ITEMS]])).effects;
    effect?.(
      scopeOf(
        {
          Session: {
            CartItems: [
              { Position: 3, SubPosition: 0 },
              { Position: 3, SubPosition: 1 },
            ],
          },
        },
        host,
      ),
    );
    expect(told[0]?.[2]).toEqual([
      { position: 3, subPosition: 0, value: '1' },
      { position: 3, subPosition: 1, value: '1' },
    ]);
  });

  test('setDiscountPerItem: a plain value inside a block is that of the block', () => {
    const inner = ['setDiscountPerItem', 'x', ['.', 'I', 'Price'], ITEMS];
    const values = told(['catch', ['noop'], ['filter', ITEMS, [['I'], ['=', inner, ['noop']]]]]).map(
      ([, , items]) => Array.isArray(items) && items.map(({ value }) => value),
    );
    expect(values).toEqual([
      ['20', '20'],
      ['15', '15'],
    ]);
  });

  test('setDiscountPerItem on nothing tells of nothing', () => {
    expect(told(['setDiscountPerItem', 'x', 1, ['filter', ITEMS, [['I'], false]]])).toEqual([
      ['setDiscountPerItem', 'x', []],
    ]);
  });

  test('nothing is told when one of the values cannot be computed', () => {
    const { host, told } = recordingHost();
    const [effect] = compileRule(
      rule(true, [['setDiscountPerItem', 'x', [['I'], ['/', 1, ['-', ['.', 'I', 'Price'], 15]]], ITEMS]]),
    ).effects;
    expect(() => effect?.(scopeOf(SAMPLE, host))).toThrow('a number cannot be divided by zero');
    expect(told).toEqual([]);
  });

  test.each([
    ['texts', ['A', 'B']],
    ['maps without a position', [{ Price: 1 }]],
    ['maps whose position is no number', [{ Position: '0' }]],
  ])('members that are no cart items are an error: %s', (_what, items) => {
    const [effect] = compileRule(rule(true, [['setDiscountPerItem', 'x', 1, ITEMS]])).effects;
    const scope = scopeOf({ Session: { CartItems: items } });
    expect(() => effect?.(scope)).toThrow(new EvaluationError('setDiscountPerItem takes items of the cart'));
  });

  test('the vendor example: `catch` swallows a value that cannot be computed', () => {
    expect(told(['catch', ['noop'], ['setDiscount', 'x', ['*', ['.', 'Session', 'Gone'], 2]]])).toEqual([]);
    expect(told(['catch', ['noop'], ['setDiscount', 'x', 2]])).toEqual([['setDiscount', 'x', '2']]);
  });
});
