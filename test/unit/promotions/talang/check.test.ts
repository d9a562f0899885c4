import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesFor } from '../../../../lib/promotions/facts.ts';
import { FUNCTIONS } from '../../../../lib/promotions/functions.ts';
import { check } from '../../../../lib/promotions/talang/check.ts';
import type { Place } from '../../../../lib/promotions/talang/function.ts';
import { read } from '../../../../lib/promotions/talang/read.ts';

const names = namesFor({
  attributes: [
    { entity: 'CustomerProfile', name: 'Tier', type: 'string' },
    { entity: 'CartItem', name: 'giftCard', type: 'boolean' },
    { entity: 'Event', name: 'amount', type: 'number' },
    { entity: 'CustomerProfile', name: 'since', type: 'time' },
  ],
  additionalCosts: [{ name: 'shipping' }],
});
const faultsOf = (expression: unknown, place: Place = 'condition') =>
  check(read(expression).node, { functions: FUNCTIONS, names, place }).map(({ at, message }) => `${at} ${message}`);

const TOTAL = ['.', 'Session', 'Total'];
const ITEMS = ['.', 'Session', 'CartItems'];

describe('accepts', () => {
  test.each<[string, unknown]>([
    ['a usual condition', ['and', ['couponValid'], ['>=', TOTAL, 50]]],
    ['names of functions in any case', ['AND', ['CouponValid'], ['Catch', false, ['=', 1, 1]]]],
    ['a literal', true],
    ['`and` and `or` of nothing', ['and', ['or']]],
    ['times against times', ['<', ['.', 'Now'], ['.', 'Profile', 'Attributes', 'since']]],
    [
      'the vendor example of a filter',
      ['>', ['count', ['filter', ITEMS, [['Item'], ['catch', false, ['=', ['.', 'Item', 'Category'], 'Kitchen']]]]], 0],
    ],
    ['a member of a filtered list', ['>', ['sum', ['filter', ITEMS, [['I'], true]], 'J', ['.', 'J', 'Price']], 0]],
    [
      'a name of an outer block',
      ['>', ['sum', ITEMS, 'I', ['sum', ITEMS, 'J', ['*', ['.', 'I', 'Price'], ['.', 'J', 'Quantity']]]], 0],
    ],
    ['an attribute of an entity that declares none', ['=', ['.', 'Session', 'Attributes', 'anything'], 'x']],
    ['a comparison with nothing', ['!=', ['.', 'Profile', 'Attributes', 'Tier'], ['noop']]],
  ])('%s', (_what, expression) => {
    expect(faultsOf(expression)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['the vendor example of an effect', ['catch', ['noop'], ['setDiscount', '10% off', ['*', TOTAL, ['/', 10, 100]]]]],
    ['one value for all items', ['setDiscountPerItem', 'x', 5, ITEMS]],
    ['a value for each item', ['setDiscountPerItem', 'x', [['Item'], ['*', ['.', 'Item', 'Price'], 0.1]], ITEMS]],
    ['an effect that does nothing', ['noop']],
  ])('%s', (_what, expression) => {
    expect(faultsOf(expression, 'effect')).toEqual([]);
  });
});

const KNOWN = '. and or not = != < <= > >= + - * / catch noop filter sum count';

describe('refuses', () => {
  test.each<[string, unknown, string[]]>([
    [
      'an unknown function',
      ['max', ITEMS],
      [` unknown function "max"; known here: ${KNOWN} couponValid referralValid`],
    ],
    [
      'a prototype key as a function',
      ['constructor'],
      [` unknown function "constructor"; known here: ${KNOWN} couponValid referralValid`],
    ],
    ['an effect in a condition', ['not', ['setDiscount', 'x', 1]], ['/1 "setDiscount" belongs into an effect']],
    [
      'an unknown name',
      ['=', ['.', 'Cart', 'Total'], 1],
      ['/1 unknown name "Cart"; known here: Session, Profile, Event, Now'],
    ],
    [
      'a name in another case',
      ['=', ['.', 'session', 'Total'], 1],
      ['/1 unknown name "session"; known here: Session, Profile, Event, Now'],
    ],
    ['an unknown field', ['=', ['.', 'Event', 'Typ'], 'x'], ['/1 Event has no "Typ"; known here: Type, Attributes']],
    [
      'a prototype key as a field',
      ['=', ['.', 'Event', '__proto__'], 'x'],
      ['/1 Event has no "__proto__"; known here: Type, Attributes'],
    ],
    [
      'an attribute that is not declared',
      ['=', ['.', 'Profile', 'Attributes', 'tier'], 'x'],
      ['/1 Profile.Attributes has no "tier"; known here: Tier, since'],
    ],
    [
      'a cost that is not declared',
      ['=', ['.', 'Session', 'AdditionalCosts', 'tip'], 1],
      ['/1 Session.AdditionalCosts has no "tip"; known here: shipping'],
    ],
    [
      'an unknown field of an item',
      ['>', ['sum', ITEMS, 'Item', ['.', 'Item', 'Cost']], 0],
      ['/1/3 Item has no "Cost"; known here: Position, Sku, Name, Quantity, Price, Category, Attributes'],
    ],
    [
      'a path that goes on behind a number',
      ['=', [...TOTAL, 'Net'], 1],
      ['/1 Session.Total is a number: it has no "Net"'],
    ],
    ['a path that is computed', ['=', ['.', ['f'], 'Total'], 1], ['/1 a path is written [".", "Name", "Name"…]']],
    ['an empty path', ['=', ['.'], 1], ['/1 a path is written [".", "Name", "Name"…]']],
    ['too few arguments', ['>=', TOTAL], [' ">=" takes at least 2 arguments, here 1']],
    ['too many arguments', ['not', true, true], [' "not" takes 1 argument, here 2']],
    ['no arguments', ['not'], [' "not" takes 1 argument, here none']],
    ['text where a number belongs', ['>=', TOTAL, '50'], ['/2 "50" is text; ">=" takes a number here']],
    [
      'a time against a text',
      ['=', ['.', 'Profile', 'Attributes', 'since'], '2026-01-01T00:00:00Z'],
      ['/2 "2026-01-01T00:00:00Z" is text; "=" takes a time or nothing here'],
    ],
    ['a number against a time', ['<', ['.', 'Now'], 5], ['/2 5 is a number; "<" takes a time here']],
    ['a comparison that cannot hold', ['=', TOTAL, '50'], ['/2 "50" is text; "=" takes a number or nothing here']],
    [
      'a list where an operand belongs',
      ['and', ITEMS],
      ['/1 (. Session CartItems) is a list; "and" takes true or false here'],
    ],
    ['a block where a value belongs', ['not', [['Item'], true]], ['/1 ((Item) true) is a block: it cannot stand here']],
    [
      'a value where a block belongs',
      ['=', ['count', ['filter', ITEMS, true]], 0],
      ['/1/1/2 "filter" takes a block here: [["Name"], expression]'],
    ],
    [
      'a body of the wrong kind',
      ['=', ['sum', ITEMS, [['Item'], ['.', 'Item', 'Sku']]], 0],
      ['/1/2 ((Item) (. Item Sku)) is text; "sum" takes a number here'],
    ],
    [
      'a name outside its block',
      ['and', ['>', ['sum', ITEMS, 'I', ['.', 'I', 'Price']], 0], ['=', ['.', 'I', 'Price'], 1]],
      ['/2/1 unknown name "I"; known here: Session, Profile, Event, Now'],
    ],
    ['a condition that is no claim', TOTAL, [' (. Session Total) is a number; a condition is true or false']],
    [
      'several things at once',
      ['and', ['max'], ['=', ['.', 'Event', 'X'], 1], ['not']],
      [
        `/1 unknown function "max"; known here: ${KNOWN} couponValid referralValid`,
        '/2/1 Event has no "X"; known here: Type, Attributes',
        '/3 "not" takes 1 argument, here none',
      ],
    ],
    [
      'faults inside the arguments of an unknown function',
      ['max', ['.', 'Cart']],
      [
        '/1 unknown name "Cart"; known here: Session, Profile, Event, Now',
        ` unknown function "max"; known here: ${KNOWN} couponValid referralValid`,
      ],
    ],
  ])('%s', (_what, expression, faults) => {
    expect(faultsOf(expression)).toEqual(faults);
  });

  test.each<[string, unknown, string[]]>([
    ['a condition among the effects', ['couponValid'], [' "couponValid" belongs into a condition']],
    ['an effect that gives something back', ['+', 1, 2], [' (+ 1 2) is a number; an effect gives nothing back']],
    ['a discount without a value', ['setDiscount', 'x'], [' "setDiscount" takes 2 arguments, here 1']],
    [
      'a discount whose value is text',
      ['setDiscount', 'x', '5'],
      ['/2 "5" is text; "setDiscount" takes a number here'],
    ],
  ])('%s', (_what, expression, faults) => {
    expect(faultsOf(expression, 'effect')).toEqual(faults);
  });
});

test('says something about any JSON, never throws', () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => void faultsOf(json)));
});
