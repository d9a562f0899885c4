import { describe, expect, test } from 'vitest';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { validate } from '../../../lib/contract/validate.ts';
import { isTime, time } from '../../../lib/contract/wire.ts';

// What the published clients were seen to send (wire-facts.md).

const { updateCustomerSessionV2, updateCustomerProfileV2, trackEvent, createReferral, deleteCustomerData } = operations;

const read = <O extends AnyOperation>(row: O, request: { params?: unknown; query?: unknown; body?: unknown }) =>
  validate(row, { params: {}, query: {}, body: undefined, ...request });

const session = (customerSession: object) =>
  read(updateCustomerSessionV2, { params: { customerSessionId: 's' }, body: { customerSession } }).body.customerSession;

describe('query flags', () => {
  test.each([
    ['1', true],
    ['true', true],
    [true, true],
    ['0', false],
    ['false', false],
    [false, false],
    ['', false],
    [undefined, false],
  ])('dry=%j is %j', (dry, expected) => {
    expect(
      read(updateCustomerSessionV2, {
        params: { customerSessionId: 's' },
        query: { dry },
        body: { customerSession: {} },
      }).query,
    ).toEqual({ dry: expected });
  });

  test.each(['TRUE', 'yes', '2', ' ', null, 1, ['1', '0'], {}])('dry=%j is refused', (dry) => {
    expect(() => read(trackEvent, { query: { dry }, body: { type: 'x', attributes: {}, sessionId: 's' } })).toThrow();
  });

  test('an unused one does not matter', () => {
    expect(read(deleteCustomerData, { params: { integrationId: 'p' }, query: { dry: 'maybe' } }).query).toEqual({});
  });
});

describe('nothing sent', () => {
  test('PHP’s empty list and Go’s null are no attributes', () => {
    for (const attributes of [[], null, undefined]) {
      expect(session({ attributes })).toEqual({ state: 'open' });
      expect(session({ cartItems: [{ name: 'a', sku: 'b', quantity: 1, price: 1, attributes }] }).cartItems).toEqual([
        { name: 'a', sku: 'b', quantity: 1, price: 1 },
      ]);
    }
  });

  test('of an event are no attributes either', () => {
    for (const attributes of [[], null, undefined, {}]) {
      expect(read(trackEvent, { body: { type: 'x', sessionId: 's', attributes } }).body).toEqual({
        type: 'x',
        sessionId: 's',
        attributes: {},
      });
    }
  });

  test('null is left out, in every field', () => {
    const fields = ['profileId', 'couponCodes', 'referralCode', 'state', 'cartItems', 'additionalCosts', 'identifiers'];
    expect(session(Object.fromEntries(fields.map((field) => [field, null])))).toEqual({ state: 'open' });
    const line = { name: 'a', sku: 'b', quantity: 1, price: 1 };
    expect(session({ cartItems: [{ ...line, category: null, weight: null }] }).cartItems).toEqual([line]);
  });

  test('PHP’s empty list of costs is an empty map', () => {
    expect(session({ additionalCosts: [] }).additionalCosts).toEqual({});
  });

  test('a profile may be updated without a body’s fields, not without a body', () => {
    expect(read(updateCustomerProfileV2, { params: { integrationId: 'p' }, body: {} }).body).toEqual({});
    expect(() => read(updateCustomerProfileV2, { params: { integrationId: 'p' } })).toThrow();
  });

  test('a deletion takes no body, {} or anything else', () => {
    for (const body of [undefined, {}, null, 'x', [[[]]]]) {
      expect(read(deleteCustomerData, { params: { integrationId: 'p' }, body }).params).toEqual({ integrationId: 'p' });
    }
  });
});

describe('times', () => {
  test.each([
    ['2026-06-01T00:00:00Z', '2026-06-01T00:00:00.000Z'],
    ['2026-06-01T00:00:00+02:00', '2026-05-31T22:00:00.000Z'],
    ['2026-06-01T00:00:00.123456789-00:30', '2026-06-01T00:30:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%s is %s', (sent, expected) => {
    expect(time.parse(sent)?.toISOString()).toBe(expected);
  });

  test.each(['', null, undefined, 0, -1, '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000+02:00'])(
    '%j is none',
    (sent) => {
      expect(time.parse(sent)).toBeUndefined();
    },
  );

  test.each(['2026-06-01', 'now', '2026-13-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-06-01T00:00:00', 1, {}])(
    '%j is refused',
    (sent) => {
      expect(time.safeParse(sent).success).toBe(false);
    },
  );

  test.each(['9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+01:00'])(
    '%s is refused: no client could read what would be answered',
    (sent) => {
      expect(time.safeParse(sent).success).toBe(false);
    },
  );

  test('attributes take the same form', () => {
    expect(isTime('2026-06-01T00:00:00.123456789+02:00')).toBe(true);
    for (const other of ['', '2026', 'foo 1', 0, null, new Date()]) expect(isTime(other)).toBe(false);
  });
});

test('numbers without a fraction are whole however they are written', () => {
  const sent = JSON.parse('[{"name":"a","sku":"b","quantity":3.0,"price":1e1}]');
  expect(session({ cartItems: sent }).cartItems).toMatchObject([{ quantity: 3, price: 10 }]);
});

test('what a referral leaves out is left out', () => {
  const body = { campaignId: 1, advocateProfileIntegrationId: 'a', friendProfileIntegrationId: '' };
  expect(read(createReferral, { body }).body).toEqual({ ...body, friendProfileIntegrationId: '' });
});
