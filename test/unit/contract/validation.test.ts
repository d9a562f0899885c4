import { describe, expect, test } from 'vitest';
import { InvalidRequestError } from '../../../lib/contract/errors.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { pointer, validate } from '../../../lib/contract/validate.ts';

const { updateCustomerSessionV2, updateCustomerProfileV2, trackEvent, getCustomerProfilesByAttributes } = operations;

/** Titles and places of what is wrong with a request. */
const faults = (row: AnyOperation, request: object): (readonly [string, string])[] => {
  try {
    validate(row, { params: {}, query: {}, body: undefined, ...request });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return (error.issues ?? []).map(({ title, source }) => [title, Object.entries(source).flat().join(' ')] as const);
  }
};

const session = (customerSession: unknown, more: object = {}) =>
  faults(updateCustomerSessionV2, {
    params: { customerSessionId: 's' },
    body: { customerSession },
    ...more,
  });

/** What 1e999 reads as. */
const INFINITY = Number.POSITIVE_INFINITY;

const item = (over: object = {}) => ({ name: 'Thing', sku: 'T', quantity: 1, price: 1, ...over });
const at = (path: string) => `pointer /customerSession${path}`;

describe('every fault of a session has its title and its place', () => {
  test.each([
    ['no session', undefined, [['required', 'pointer /customerSession']]],
    ['null for a session', null, [['Invalid type', 'pointer /customerSession']]],
    ['a list for a session', [], [['Invalid type', 'pointer /customerSession']]],
    ['an unknown state', { state: 'paid' }, [['enum', at('/state')]]],
    ['a state that is no text', { state: 1 }, [['enum', at('/state')]]],
    ['a profile that is no text', { profileId: 7 }, [['Invalid type', at('/profileId')]]],
    ['a profile of 1001 characters', { profileId: 'x'.repeat(1001) }, [['maxLength', at('/profileId')]]],
    ['half a surrogate pair in a profile', { profileId: 'a\ud800' }, [['Invalid value', at('/profileId')]]],
    ['a text for codes', { couponCodes: 'A' }, [['Invalid type', at('/couponCodes')]]],
    ['a code that is no text', { couponCodes: ['A', 1] }, [['Invalid type', at('/couponCodes/1')]]],
    ['a code of 101 characters', { couponCodes: ['x'.repeat(101)] }, [['maxLength', at('/couponCodes/0')]]],
    ['half a surrogate pair in a code', { couponCodes: ['a\udfff'] }, [['Invalid value', at('/couponCodes/0')]]],
    ['101 codes', { couponCodes: Array.from({ length: 101 }, () => 'A') }, [['maxItems', at('/couponCodes')]]],
    ['a referral code of 101 characters', { referralCode: 'x'.repeat(101) }, [['maxLength', at('/referralCode')]]],
    ['six identifiers', { identifiers: ['', '', '', '', '', ''] }, [['maxItems', at('/identifiers')]]],
    ['half a surrogate pair in an identifier', { identifiers: ['\ud800'] }, [['Invalid value', at('/identifiers/0')]]],
    ['a map for a cart', { cartItems: {} }, [['Invalid type', at('/cartItems')]]],
    ['1001 lines', { cartItems: Array.from({ length: 1001 }, () => item()) }, [['maxItems', at('/cartItems')]]],
    [
      '10001 units in one line',
      { cartItems: [item({ quantity: 10_001 })] },
      [
        ['maximum', at('/cartItems/0/quantity')],
        ['maximum', at('/cartItems')],
      ],
    ],
    ['10001 units in all', { cartItems: [item({ quantity: 10_000 }), item()] }, [['maximum', at('/cartItems')]]],
    ['more than all money', { cartItems: [item({ price: 1e12 }), item()] }, [['maximum', at('/cartItems')]]],
    ['no quantity', { cartItems: [item({ quantity: undefined })] }, [['required', at('/cartItems/0/quantity')]]],
    ['a quantity of zero', { cartItems: [item({ quantity: 0 })] }, [['minimum', at('/cartItems/0/quantity')]]],
    ['half a unit', { cartItems: [item({ quantity: 1.5 })] }, [['Invalid type', at('/cartItems/0/quantity')]]],
    [
      'a text for a quantity',
      { cartItems: [item({ quantity: '1' })] },
      [['Invalid type', at('/cartItems/0/quantity')]],
    ],
    ['a negative price', { cartItems: [item({ price: -0.01 })] }, [['minimum', at('/cartItems/0/price')]]],
    [
      'a price of 1e13',
      { cartItems: [item({ price: 1e13 })] },
      [
        ['maximum', at('/cartItems/0/price')],
        ['maximum', at('/cartItems')],
      ],
    ],
    ['an infinite price', { cartItems: [item({ price: INFINITY })] }, [['Invalid type', at('/cartItems/0/price')]]],
    ['an empty name', { cartItems: [item({ name: '' })] }, [['minLength', at('/cartItems/0/name')]]],
    ['a line that is none', { cartItems: [item(), 7] }, [['Invalid type', at('/cartItems/1')]]],
    ['a cost without a name', { additionalCosts: { '': { price: 1 } } }, [['Invalid value', at('/additionalCosts/')]]],
    ['a cost that is a number', { additionalCosts: { a: 1 } }, [['Invalid type', at('/additionalCosts/a')]]],
    ['a list of costs', { additionalCosts: [{ price: 1 }] }, [['Invalid type', at('/additionalCosts')]]],
    [
      'costs beyond all money',
      { additionalCosts: { a: { price: 1e12 }, b: { price: 1 } } },
      [['maximum', at('/additionalCosts')]],
    ],
    ['attributes in a list', { attributes: [1] }, [['Invalid type', at('/attributes')]]],
    ['a map in a map', { attributes: { a: { b: { c: 1 } } } }, [['Invalid type', at('/attributes/a')]]],
    ['a list in a list', { attributes: { a: [[1]] } }, [['Invalid type', at('/attributes/a')]]],
    ['null in a list', { attributes: { a: [null] } }, [['Invalid type', at('/attributes/a')]]],
    ['an infinite attribute', { attributes: { a: INFINITY } }, [['Invalid type', at('/attributes/a')]]],
    ['infinity in a list', { attributes: { a: [1, -INFINITY] } }, [['Invalid type', at('/attributes/a')]]],
    ['infinity in a location', { attributes: { a: { lat: INFINITY } } }, [['Invalid type', at('/attributes/a')]]],
    [
      '__proto__ as an attribute',
      { attributes: JSON.parse('{"__proto__":1}') },
      [['Invalid value', at('/attributes/__proto__')]],
    ],
    [
      '__proto__ in a location',
      { attributes: JSON.parse('{"a":{"__proto__":1}}') },
      [['Invalid type', at('/attributes/a')]],
    ],
  ])('%s', (_, sent, expected) => {
    expect(session(sent)).toEqual(expected);
  });

  test.each([
    ['1000 lines', { cartItems: Array.from({ length: 1000 }, () => item()) }],
    ['10000 units', { cartItems: [item({ quantity: 9_999, price: 0 }), item()] }],
    ['100 codes of 100 characters', { couponCodes: Array.from({ length: 100 }, () => 'x'.repeat(100)) }],
    ['all the money there is', { cartItems: [item({ price: 1e12 })], additionalCosts: { a: { price: 1e12 } } }],
    ['a free line', { cartItems: [item({ price: 0 })] }],
    ['a location', { attributes: { place: { lat: 1.5, lon: -2, label: 'here' } } }],
    ['an attribute with an empty name', { attributes: { '': 1 } }],
    ['an emoji in an id', { profileId: '💶' }],
  ])('%s is fine', (_, sent) => {
    expect(session(sent)).toEqual([]);
  });
});

test('path, query and body are checked together', () => {
  const request = {
    params: { integrationId: '' },
    query: { dry: 'maybe', runRuleEngine: 'perhaps' },
    body: { attributes: 1, audiencesChanges: { adds: ['x'] }, responseContent: ['coupons'] },
  };
  expect(faults(updateCustomerProfileV2, request)).toEqual([
    ['minLength', 'parameter integrationId'],
    ['Invalid type', 'parameter runRuleEngine'],
    ['Invalid type', 'parameter dry'],
    ['Invalid type', 'pointer /attributes'],
    ['Invalid type', 'pointer /audiencesChanges/adds/0'],
    ['required', 'pointer /audiencesChanges/deletes'],
    ['enum', 'pointer /responseContent/0'],
  ]);
});

test.each([
  ['no attributes', undefined, [['required', 'pointer /attributes']]],
  ['empty attributes', {}, [['required', 'pointer /attributes']]],
  ['the empty list that PHP makes of them', [], [['required', 'pointer /attributes']]],
  ['null', null, [['required', 'pointer /attributes']]],
  ['a text', 'Tier', [['Invalid type', 'pointer /attributes']]],
  ['a list', [1], [['Invalid type', 'pointer /attributes']]],
])('a search by %s is refused once', (_, attributes, expected) => {
  expect(faults(getCustomerProfilesByAttributes, { body: { attributes } })).toEqual(expected);
});

test('a request that is nothing at all names its parts', () => {
  expect(faults(trackEvent, { params: 1, query: [], body: 'x' })).toEqual([
    ['Invalid type', 'parameter params'],
    ['Invalid type', 'parameter query'],
    ['Invalid type', 'pointer '],
  ]);
  for (const request of [null, undefined, 7, 'x', []]) {
    expect(() => validate(trackEvent, request)).toThrow(InvalidRequestError);
  }
});

test('keys that the contract does not know are dropped, wherever they stand', () => {
  const request = {
    params: { customerSessionId: 's', other: 1 },
    query: { runRuleEngine: 'true', unknown: 'x' },
    body: { customerSession: { total: 5, cartItems: [{ ...item(), position: 3 }] }, integrationId: 'x' },
    headers: {},
  };
  expect(validate(updateCustomerSessionV2, request)).toEqual({
    params: { customerSessionId: 's' },
    query: { dry: false },
    body: { customerSession: { state: 'open', cartItems: [item()] } },
  });
});

test('details never repeat what was sent', () => {
  const secret = 'hunter2';
  const sent = {
    params: { customerSessionId: 's' },
    query: { dry: secret },
    body: {
      customerSession: {
        state: secret,
        couponCodes: [secret.repeat(50)],
        cartItems: [item({ price: secret })],
        attributes: { a: [[secret]] },
      },
      responseContent: [secret],
    },
  };
  try {
    validate(updateCustomerSessionV2, sent);
    expect.unreachable();
  } catch (error) {
    expect(JSON.stringify((error as InvalidRequestError).issues)).not.toContain(secret);
  }
});

test('of very many faults the first hundred are named', () => {
  expect(session({ cartItems: Array.from({ length: 1000 }, () => ({})) })).toHaveLength(100);
});

test('a list or a map that is too long is refused without looking at what is in it', () => {
  const look = (target: object, key: string | symbol) => {
    if (typeof key === 'string' && /^c?\d+$/.test(key)) throw new Error(`looked at ${key}`);
    return Reflect.get(target, key);
  };
  const cartItems = new Proxy(Array(1001).fill({}), { get: look });
  expect(session({ cartItems })).toEqual([['maxItems', at('/cartItems')]]);
  const costs = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`c${index}`, {}]));
  const additionalCosts = new Proxy(costs, { get: look });
  expect(session({ additionalCosts })).toEqual([['maximum', at('/additionalCosts')]]);
});

test('a JSON pointer escapes tildes and slashes', () => {
  expect(pointer(['a/b', '~1', 0, ''])).toBe('/a~1b/~01/0/');
  expect(pointer([])).toBe('');
});

test('an answer does not grow with the names that were sent, and cutting leaves neither half an escape nor half a character', () => {
  expect(pointer(['x'.repeat(100)])).toBe(`/${'x'.repeat(100)}`);
  expect(pointer(['x'.repeat(5_000_000), 'b'])).toBe(`/${'x'.repeat(100)}…/b`);
  expect(pointer([`${'x'.repeat(99)}/b`])).toBe(`/${'x'.repeat(99)}~1…`);
  expect(pointer([`${'x'.repeat(99)}💶`])).toBe(`/${'x'.repeat(99)}\ufffd…`);
  const long = 'x'.repeat(100_000);
  expect(JSON.stringify(session({ attributes: { [long]: [[]] } })).length).toBeLessThan(300);
});
