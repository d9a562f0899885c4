import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { UnauthorizedError } from '../../../lib/contract/errors.ts';
import { authenticator, type KeyRecord, keyItem, LOCAL_KEY } from '../../../lib/lambda/authenticate.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';

const KEY = 'fefe'.repeat(16);

const setUp = async (record: Partial<KeyRecord> = {}, { key = KEY, stage = 'prod' } = {}) => {
  let time = new Date('2026-03-01T12:00:00Z').getTime();
  let reads = 0;
  const store = openSqliteStore(':memory:');
  const put = async (over: Partial<KeyRecord> = record) =>
    store.write([{ put: keyItem(key, 1, { application: 5, title: 'shop', ...over }), expect: 'absent' }], randomUUID());
  const remove = async () =>
    store.write([{ remove: keyItem(key, 1, { application: 5, title: '' }).key }], randomUUID());
  await put();
  const counting = {
    ...store,
    get: (keys: Parameters<typeof store.get>[0]) => {
      reads++;
      return store.get(keys);
    },
  };
  const now = () => new Date(time);
  return {
    authenticate: authenticator({ store: counting, accountId: 1, stage, now }),
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
    reads: () => reads,
    put,
    remove,
    store,
  };
};

const header = (key = KEY) => ({ authorization: `ApiKey-v1 ${key}` });

test('a key opens its Application', async () => {
  const { authenticate } = await setUp();
  expect(await authenticate(header())).toBe(5);
});

test.each([
  ['another case of the scheme', { authorization: `apikey-V1 ${KEY}` }],
  ['another case of the key', { authorization: `ApiKey-v1 ${KEY.toUpperCase()}` }],
  ['blanks around it', { authorization: `ApiKey-v1  ${KEY} ` }],
  ['a second header, as Go sends it', { ...header(), 'content-signature': `ApiKey-v1 ${KEY}` }],
])('%s is taken', async (_, headers) => {
  const { authenticate } = await setUp();
  expect(await authenticate(headers)).toBe(5);
});

test.each([
  ['no header', {}],
  ['an empty one', { authorization: '' }],
  ['a key alone', { authorization: KEY }],
  ['another scheme', { authorization: `Bearer ${KEY}` }],
  ['no key', { authorization: 'ApiKey-v1 ' }],
  ['a key that is no hex', { authorization: `ApiKey-v1 ${'z'.repeat(64)}` }],
  ['two keys', { authorization: `ApiKey-v1 ${KEY} ${KEY}` }],
  ['a key of another length', { authorization: `ApiKey-v1 ${KEY}00` }],
  ['an unknown key', header('ab'.repeat(32))],
  ['an endless key', header('a'.repeat(100_000))],
])('%s: the same refusal, which does not say why', async (_, headers) => {
  const { authenticate } = await setUp();
  await expect(authenticate(headers)).rejects.toEqual(new UnauthorizedError());
});

test('the key itself is not stored', async () => {
  const { store } = await setUp();
  const { items } = await store.query('items', { partition: '1/keys' });
  expect(items).toHaveLength(1);
  expect(JSON.stringify(items)).not.toContain('fefe');
});

test('a known key is looked up once a minute, so it works that much longer at the most', async () => {
  const { authenticate, remove, wait, reads } = await setUp();
  await authenticate(header());
  await remove();
  wait(59_999);
  expect(await authenticate(header())).toBe(5);
  expect(reads()).toBe(1);
  wait(1);
  await expect(authenticate(header())).rejects.toThrow(UnauthorizedError);
});

test('an unknown key is looked up every five seconds, so a new one works after that', async () => {
  const { authenticate, remove, put, wait, reads } = await setUp();
  await remove();
  await expect(authenticate(header())).rejects.toThrow(UnauthorizedError);
  await put();
  wait(4_999);
  await expect(authenticate(header())).rejects.toThrow(UnauthorizedError);
  expect(reads()).toBe(1);
  wait(1);
  expect(await authenticate(header())).toBe(5);
});

test('a key expires to the moment, also while it is remembered', async () => {
  const { authenticate, wait } = await setUp({ expires: '2026-03-01T12:00:30Z' });
  wait(29_999);
  expect(await authenticate(header())).toBe(5);
  wait(1);
  await expect(authenticate(header())).rejects.toThrow(UnauthorizedError);
});

test('the key of the local stage works there and nowhere else', async () => {
  expect(LOCAL_KEY).toMatch(/^[\da-f]{64}$/);
  const local = await setUp({}, { key: LOCAL_KEY, stage: 'local' });
  expect(await local.authenticate(header(LOCAL_KEY))).toBe(5);
  const prod = await setUp({}, { key: LOCAL_KEY, stage: 'prod' });
  await expect(prod.authenticate(header(LOCAL_KEY))).rejects.toThrow(UnauthorizedError);
  await expect(prod.authenticate(header(LOCAL_KEY.toUpperCase()))).rejects.toThrow(UnauthorizedError);
});

test('a store that is away is not a wrong key', async () => {
  const { store } = await setUp();
  const broken = { ...store, get: () => Promise.reject(new Error('away')) };
  const authenticate = authenticator({ store: broken, accountId: 1, stage: 'prod', now: () => new Date() });
  await expect(authenticate(header())).rejects.toThrow('away');
});
