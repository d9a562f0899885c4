import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../../lib/promotions/explain.ts';
import { read } from '../../../lib/promotions/talang/read.ts';
import { recordingHost, SAMPLE, scopeOf } from './scope.ts';

const why = (condition: unknown, root: object = SAMPLE, places = 2): string =>
  explain(read(condition).node, scopeOf(root), places);

const TOTAL = ['.', 'Session', 'Total'];
const TIER = ['.', 'Profile', 'Attributes', 'Tier'];
const ITEMS = ['.', 'Session', 'CartItems'];
const KITCHEN = ['filter', ITEMS, [['I'], ['catch', false, ['=', ['.', 'I', 'Category'], 'Kitchen']]]];

describe('in words', () => {
  test.each<[unknown, string]>([
    [['>=', TOTAL, 100], 'the total is below 100.00'],
    [['>', TOTAL, 60], 'the total is not above 60.00'],
    [['<=', TOTAL, 50], 'the total is above 50.00'],
    [['<', TOTAL, 60], 'the total is not below 60.00'],
    [['=', TOTAL, 50], 'the total is not 50.00'],
    [['!=', TOTAL, 60], 'the total is 60.00'],
    [['<=', 100, TOTAL], 'the total is below 100.00'],
    [['<', 60, TOTAL], 'the total is not above 60.00'],
    [['>=', 50, TOTAL], 'the total is above 50.00'],
    [['>', 50, TOTAL], 'the total is not below 50.00'],
    [['=', 'gold2', TIER], 'the customer\'s "Tier" is not "gold2"'],
    [['>=', ['.', 'Session', 'CartItemTotal'], ['*', 2, 30]], 'the cart item total is below 60.00'],
    [['>=', ['.', 'Session', 'AdditionalCosts', 'shipping'], 7.5], 'the additional cost "shipping" is below 7.50'],
    [['>=', ['.', 'Profile', 'ClosedSessions'], 4], "the customer's number of closed sessions is below 4"],
    [['=', TIER, 'silver'], 'the customer\'s "Tier" is not "silver"'],
    [['!=', TIER, 'silver', 'gold'], 'the customer\'s "Tier" is "gold"'],
    [['=', ['.', 'Session', 'Attributes', 'channel'], 'app'], 'the session\'s "channel" is not "app"'],
    [['=', ['.', 'Event', 'Type'], 'talon_session_closed'], 'the event is not "talon_session_closed"'],
    [['>=', ['count', ITEMS], 3], 'the number of cart items is below 3'],
    [['>=', ['count', KITCHEN], 2], 'the number of matching cart items is below 2'],
    [['<', TOTAL, ['.', 'Session', 'CartItemTotal']], 'the total is not below the cart item total'],
    [['>=', TOTAL, 50, 70, 80], 'the total is below 70.00'],
    [['not', ['>=', TOTAL, 50]], 'the total is at least 50.00'],
    [['not', ['not', ['>=', TOTAL, 70]]], 'the total is below 70.00'],
    [['not', ['<=', TOTAL, 60, 70]], 'the total is at most 60.00 and the total is at most 70.00'],
    [
      ['or', ['>=', TOTAL, 70], ['=', TIER, 'silver']],
      'the total is below 70.00 and the customer\'s "Tier" is not "silver"',
    ],
    [['and', ['>=', TOTAL, 50], ['>=', TOTAL, 70]], 'the total is below 70.00'],
    [['not', ['or', ['>=', TOTAL, 70], ['>=', TOTAL, 50]]], 'the total is at least 50.00'],
    [['couponValid'], 'the coupon is not valid'],
    [['not', ['couponValid']], 'the coupon is valid'],
    [['referralValid'], 'the referral code is not valid'],
    [['and', ['>=', TOTAL, 50], ['couponValid']], 'the coupon is not valid'],
  ])('%j → %s', (condition, words) => {
    expect(why(condition)).toBe(words);
  });

  test('money has the decimals of the currency', () => {
    expect(why(['>=', TOTAL, 5000], SAMPLE, 0)).toBe('the total is below 5000');
    expect(why(['>=', TOTAL, 5000], SAMPLE, 3)).toBe('the total is below 5000.000');
  });
});

describe('as Talang text where there are no words', () => {
  test.each<[unknown, string]>([
    [['.', 'Session', 'IsFirst'], '(. Session IsFirst) is false'],
    [false, 'false is false'],
    [['or'], '(or) is false'],
    [
      ['>=', ['sum', ITEMS, 'I', ['.', 'I', 'Quantity']], 5],
      '(>= (sum (. Session CartItems) "I" (. I Quantity)) 5) is false',
    ],
    [['=', 1, 2], '(= 1 2) is false'],
    [['=', ['.', 'Session', 'constructor'], 2], 'Session.constructor is missing'],
    [['>', 5], '(> 5) is false'],
    [['nonsense'], '(nonsense) is false'],
  ])('%j → %s', (condition, text) => {
    expect(why(condition)).toBe(text);
  });

  test('what cannot be evaluated says why', () => {
    expect(why(['=', ['.', 'Profile', 'Attributes', 'Gone'], 1])).toBe('Profile.Attributes.Gone is missing');
    expect(why(['>', TOTAL, ['/', 1, 0]])).toBe('a number cannot be divided by zero');
  });
});

test('never asks the host: to ask may be to act', () => {
  const { host, asked, told } = recordingHost({ coupon: false });
  const condition = ['or', ['and', ['couponValid'], ['>=', TOTAL, 70]], ['=', ['couponValid'], ['referralValid']]];
  expect(explain(read(condition).node, scopeOf(SAMPLE, host), 2)).toBe(
    'the total is below 70.00 and (= (couponValid) (referralValid)) is false',
  );
  expect([asked, told]).toEqual([[], []]);
});

test('quotes the rule, never what is known of the customer', () => {
  const secret = { ...SAMPLE, Profile: { Attributes: { Tier: 'SECRET', Level: 'SECRET' } } };
  const level = ['.', 'Profile', 'Attributes', 'Level'];
  for (const condition of [
    ['=', TIER, 'x'],
    ['!=', TIER, level],
    ['<', TIER, 1],
    ['=', ITEMS, TIER],
    ['not', TIER],
  ]) {
    expect(why(condition, secret)).not.toContain('SECRET');
  }
});

test('says something about any JSON, never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(why(json)).toMatch(/./);
    }),
  );
});
