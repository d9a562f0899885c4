import { describe, expect, test } from 'vitest';
import { createClient } from '../../../lib/client/client.ts';
import { type ClientOptions, settings } from '../../../lib/client/options.ts';
import { ConfigurationError } from '../../../lib/contract/errors.ts';
import { OPERATION_IDS } from '../../support/engine.ts';

const OPTIONS: ClientOptions = { url: 'https://api.example', credentials: { apiKey: 'fefe' } };

test('a client has a method for every row of the table', () => {
  expect(Object.keys(createClient(OPTIONS))).toEqual(OPERATION_IDS);
});

describe('options', () => {
  test.each([
    ['https://api.example', 'https://api.example'],
    ['http://localhost:3000/', 'http://localhost:3000'],
    ['https://api.example/stage//', 'https://api.example/stage'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
  ])('%s is called below %s', (url, base) => {
    expect(settings({ ...OPTIONS, url }).target.base).toBe(base);
  });

  test('say zero where they mean it', () => {
    expect(settings({ ...OPTIONS, retry: { retries: 0, firstMs: 0 } }).retry).toEqual({
      retries: 0,
      firstMs: 0,
      mostMs: 2_000,
    });
  });

  const SECRET = 'hush hush';
  test.each([
    ['url', { url: 'api.example' }],
    ['url', { url: 'ftp://api.example' }],
    ['url', { url: `https://ann:${encodeURIComponent(SECRET)}@api.example` }],
    ['url', { url: 'https://api.example?key=1' }],
    ['credentials', { credentials: undefined }],
    ['credentials', { credentials: {} }],
    ['credentials', { credentials: { signer: 1 } }],
    ['credentials', { credentials: { apiKey: 'fefe', bearer: 'fefe' } }],
    ['credentials.apiKey', { credentials: { apiKey: SECRET } }],
    ['credentials.apiKey', { credentials: { apiKey: '' } }],
    ['credentials.bearer', { credentials: { bearer: `${SECRET}\r\nx: y` } }],
    ['credentials.key', { credentials: { signer: 1, key: SECRET } }],
    ['credentials.key', { credentials: { signer: 1, key: 'abc' } }],
    ['credentials.signer', { credentials: { signer: '1; x', key: 'ab' } }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['deadlineMs', { deadlineMs: Number.NaN }],
    ['retry.retries', { retry: { retries: -1 } }],
    ['maxAnswerBytes', { maxAnswerBytes: 1.5 }],
  ])('that cannot work are refused by the name of %s, without the value', (name, over) => {
    const run = () => createClient({ ...OPTIONS, ...(over as Partial<ClientOptions>) });
    expect(run).toThrow(ConfigurationError);
    expect(run).toThrow(new RegExp(`^${name}: expected`));
    expect(run).not.toThrow(SECRET);
  });
});
