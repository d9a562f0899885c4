import { describe, expect, test } from 'vitest';
import { build } from '../../../lib/client/build.ts';
import { authentication } from '../../../lib/client/credentials.ts';
import { InvalidRequestError } from '../../../lib/contract/errors.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';

const KEY = 'fefecafedeadbeef';
const base = 'https://api.example/below';
const byKey = { base, authentication: authentication({ apiKey: KEY }) };
const signed = { base, authentication: authentication({ signer: 7, key: KEY }) };

const { deleteCustomerData, trackEvent, updateCustomerProfileV2, updateCustomerSessionV2 } = operations;

const AWKWARD = 'Zoë / 100 % + é?#&🎁';

const namesIn = (row: AnyOperation): string[] => [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');

describe.each(Object.entries<AnyOperation>(operations))('%s', (_id, row) => {
  const names = namesIn(row);

  test('goes to its own path, which carries ids of any characters', () => {
    const params = Object.fromEntries(names.map((name) => [name, AWKWARD]));
    const { method, url } = build(row, { params, query: {} }, byKey);
    expect(method).toBe(row.method);
    const [prefix, ...segments] = [url.slice(0, base.length), ...url.slice(base.length + 1).split('/')];
    expect(prefix).toBe(base);
    expect(segments.map(decodeURIComponent)).toEqual(
      row.path
        .slice(1)
        .split('/')
        .map((part) => (part.startsWith('{') ? AWKWARD : part)),
    );
  });

  test.each(['', '.', '..', 'half \ud83c'])('refuses %j where an id belongs, and names every such place', (id) => {
    const params = Object.fromEntries(names.map((name) => [name, id]));
    const run = () => build(row, { params, query: {} }, byKey);
    if (names.length === 0) return expect(run).not.toThrow();
    expect(run).toThrow(InvalidRequestError);
    try {
      run();
    } catch (error) {
      expect((error as InvalidRequestError).issues?.map(({ source }) => source)).toEqual(
        names.map((parameter) => ({ parameter })),
      );
    }
  });
});

describe('a request', () => {
  test('is the row and what the caller says, nothing else', () => {
    const body = { attributes: { Name: 'Zoë' } };
    expect(
      build(updateCustomerProfileV2, { params: { integrationId: 'ann' }, query: { dry: true }, body }, byKey),
    ).toEqual({
      method: 'PUT',
      url: 'https://api.example/below/v2/customer_profiles/ann?dry=true',
      headers: {
        accept: 'application/json',
        authorization: `ApiKey-v1 ${KEY}`,
        'content-type': 'application/json',
        'content-length': '30',
      },
      body: '{"attributes":{"Name":"Zoë"}}',
    });
  });

  test('leaves out what is undefined and writes the rest of the query as text', () => {
    const query = { dry: false, runRuleEngine: undefined, silent: 'y&s', page: 2 };
    const { url } = build(updateCustomerProfileV2, { params: { integrationId: 'ann' }, query, body: {} }, byKey);
    expect(url).toMatch(/ann\?dry=false&silent=y%26s&page=2$/);
  });

  test('without a body announces none', () => {
    const wire = build(deleteCustomerData, { params: { integrationId: 'ann' }, query: {} }, byKey);
    expect(wire).not.toHaveProperty('body');
    expect(Object.keys(wire.headers)).toEqual(['accept', 'authorization']);
  });

  test('does not change what the caller passed', () => {
    const request = Object.freeze({
      params: Object.freeze({ customerSessionId: 'c' }),
      query: Object.freeze({}),
      body: Object.freeze({}),
    });
    expect(() => build(updateCustomerSessionV2, request, signed)).not.toThrow();
  });
});

describe('credentials', () => {
  const request = { params: { integrationId: 'ann' }, query: {} };

  test('of a token go as Bearer', () => {
    const target = { base, authentication: authentication({ bearer: 't0ken' }) };
    expect(build(deleteCustomerData, request, target).headers.authorization).toBe('Bearer t0ken');
  });

  // The vectors of semantics.md H2.
  test.each([
    [{}, '0ab22833fdd54e7d6f6a95dffd158d9e'],
    [{ attributes: { Name: 'Ann' } }, 'fe4ffeb38148c82ada38bf749cc9fe04'],
    [{ attributes: { Name: 'Zoë' } }, '9a41696cf36f0adf47ad185c1b8633b8'],
  ])('that sign cover the bytes of %j', (body, signature) => {
    const { headers } = build(trackEvent, { params: {}, query: {}, body }, signed);
    expect(headers['content-signature']).toBe(`signer=7; signature=${signature}`);
    expect(headers).not.toHaveProperty('authorization');
  });

  test('that sign send and sign {} with a DELETE that has no body', () => {
    const wire = build(deleteCustomerData, request, signed);
    expect(wire.body).toBe('{}');
    expect(wire.headers['content-signature']).toBe('signer=7; signature=0ab22833fdd54e7d6f6a95dffd158d9e');
  });

  test('that sign cover nothing where nothing is sent', () => {
    const read = { ...deleteCustomerData, method: 'GET' } as const;
    const wire = build(read, request, signed);
    expect(wire).not.toHaveProperty('body');
    expect(wire.headers['content-signature']).toBe('signer=7; signature=0dbc664752c37541281e3eef8eee0d2d');
  });
});
