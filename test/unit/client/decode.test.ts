import { describe, expect, test } from 'vitest';
import { decode } from '../../../lib/client/decode.ts';
import type { WireResponse } from '../../../lib/client/transport.ts';
import {
  ApiError,
  ConflictError,
  errorBody,
  InvalidRequestError,
  NotFoundError,
  NotImplementedError,
  SuppressedError,
  TooLargeError,
  UnauthorizedError,
  UnknownPathError,
  UpstreamError,
} from '../../../lib/contract/errors.ts';
import { operations } from '../../../lib/contract/operations/table.ts';

const { deleteCustomerData, updateCustomerSessionV2: row } = operations;
const CALL = { method: 'PUT', path: '/v2/customer_sessions/{customerSessionId}' };

const STATE = { effects: [], createdCoupons: [], createdReferrals: [] };

const answer = (status: number, body: unknown, type = 'application/json'): WireResponse => ({
  status,
  headers: { 'content-type': type },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const failure = (response: WireResponse): ApiError => {
  try {
    decode(row, response);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('the answer was accepted');
};

describe('a success', () => {
  test('is its body', () => expect(decode(row, answer(200, STATE))).toEqual(STATE));

  test('keeps fields that nobody knows, at any depth', () => {
    const effect = { campaignId: 1, rulesetId: 1, ruleIndex: 0, ruleName: 'r', effectType: 'new', props: { x: [1] } };
    const state = { ...STATE, effects: [{ ...effect, experimentId: 4 }], newer: { deep: true } };
    expect(decode(row, answer(200, state))).toEqual(state);
  });

  test('may say null where nothing is, and words that came later', () => {
    const profile = {
      created: '2026-01-01T00:00:00Z',
      integrationId: 'ann',
      attributes: {},
      accountId: 1,
      closedSessions: 0,
      totalSales: 0,
      lastActivity: '2026-01-01T00:00:00.123456789Z',
    };
    const session = {
      integrationId: 's',
      created: profile.created,
      applicationId: 1,
      profileId: 'ann',
      couponCodes: [],
      referralCode: '',
      cartItems: [{ name: 'Tea', sku: 't', quantity: 1, price: 1 }],
      additionalCosts: {},
      total: 1,
      cartItemTotal: 1,
      additionalCostTotal: 0,
      attributes: {},
      firstSession: true,
    };
    const newer = {
      ...STATE,
      customerProfile: { ...profile, loyaltyMemberships: null, audienceMemberships: null },
      customerSession: {
        ...session,
        state: 'partially_returned',
        identifiers: null,
        cartItems: [{ ...session.cartItems[0], category: null, price: 1, extra: null }],
      },
      event: null,
    };
    expect(decode(row, answer(200, newer))).toEqual({
      ...STATE,
      customerProfile: profile,
      customerSession: {
        ...session,
        state: 'partially_returned',
        cartItems: [{ ...session.cartItems[0], extra: null }],
      },
    });
  });

  test('may not say null where something must be', () => {
    expect(failure(answer(200, { ...STATE, effects: null }))).toMatchObject({ name: 'UpstreamError', onQueue: 'park' });
  });

  test('sets no prototype', () => {
    const read = decode(row, answer(200, `${JSON.stringify(STATE).slice(0, -1)},"__proto__":{"admin":true}}`));
    expect((read as { admin?: boolean }).admin).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  test('without content is nothing', () => {
    expect(decode(deleteCustomerData, { status: 204, headers: {}, body: '' })).toBeUndefined();
  });

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/hal+json'])('may be %s', (type) => {
    expect(decode(row, answer(200, STATE, type))).toEqual(STATE);
  });
});

describe('what is no answer of the contract', () => {
  test.each([
    ['a page', answer(200, '<html>', 'text/html'), 'retry'],
    ['JSON that is not announced', answer(200, STATE, ''), 'retry'],
    ['half of an answer', answer(200, '{"effects":['), 'retry'],
    ['nothing', answer(200, ''), 'park'],
    ['another schema', answer(200, { effects: 'none' }), 'park'],
    ['a redirect', answer(302, ''), 'retry'],
    ['a page in place of a 404', answer(404, '<html>', 'text/html'), 'retry'],
    ['a path that the server does not know', answer(404, errorBody(new UnknownPathError(), true)), 'retry'],
    ['403', answer(403, { message: 'no' }), 'retry'],
    ['405', answer(405, { message: 'no' }), 'park'],
    ['429', answer(429, { message: 'no' }), 'retry'],
    ['500', answer(500, { message: 'no' }), 'retry'],
    ['503', answer(503, '<html>', 'text/html'), 'retry'],
  ])('%s is an UpstreamError that names verb, path and status', (_what, response, onQueue) => {
    const error = failure(response);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ status: 502, onQueue, upstream: { ...CALL, status: response.status } });
    expect(error.message).toContain(`PUT ${CALL.path} answered ${response.status}: `);
  });

  test('is described by its places, never by what is there', () => {
    const { message } = failure(answer(200, { ...STATE, effects: [{ effectType: 'hush' }], createdCoupons: 'hush' }));
    expect(message).toMatch(/: \/effects\/0\/campaignId \(invalid_type\), .+, 3 more$/);
    expect(message).not.toContain('hush');
  });
});

describe('a refusal is the error of its status, with the words of the server', () => {
  const errors = [
    { title: 'enum', details: 'expected open', source: { pointer: '/customerSession/state', parameter: '' } },
    { title: 'minLength', details: null, source: { parameter: 'customerSessionId' } },
    { title: 'Unknown', source: { line: '3' } },
    { title: 'Bare', source: null },
  ];
  const issues = [
    { title: 'enum', details: 'expected open', source: { pointer: '/customerSession/state' } },
    { title: 'minLength', source: { parameter: 'customerSessionId' } },
    { title: 'Unknown', source: { pointer: '' } },
    { title: 'Bare', source: { pointer: '' } },
  ];

  test.each([
    [400, InvalidRequestError, 'park'],
    [404, NotFoundError, 'park'],
    [409, ConflictError, 'retry'],
    [413, TooLargeError, 'park'],
    [501, NotImplementedError, 'park'],
  ])('%i', (status, type, onQueue) => {
    const error = failure(answer(status, { message: 'why', errors, StatusCode: status }));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, onQueue, message: 'why', issues, upstream: { ...CALL, status } });
  });

  test('401, which says nothing of what was sent', () => {
    const error = failure(answer(401, { message: 'key fefe is wrong' }));
    expect(error).toBeInstanceOf(UnauthorizedError);
    expect(error.message).not.toContain('fefe');
    expect(error.upstream).toEqual({ ...CALL, status: 401 });
  });

  test('the 400 of a wrong signature is one of credentials', () => {
    expect(failure(answer(400, { message: 'HMAC signature mismatch.' }))).toBeInstanceOf(UnauthorizedError);
  });

  test('a 409 that says Suppressed is dropped', () => {
    const error = failure(answer(409, { message: 'gone', errors: [{ title: 'Suppressed', source: { pointer: '' } }] }));
    expect(error).toBeInstanceOf(SuppressedError);
    expect(error.onQueue).toBe('drop');
  });

  test('without issues where the server sends none, or null', () => {
    expect(failure(answer(409, { message: 'busy', errors: null })).issues).toBeUndefined();
    expect(failure(answer(400, { message: 'Cannot move' })).issues).toBeUndefined();
  });

  test('with words of our own where the server says nothing that can be read', () => {
    const { message } = failure(answer(400, '<html>Ann', 'text/html'));
    expect(message).toBe(`PUT ${CALL.path} was refused with 400`);
  });
});
