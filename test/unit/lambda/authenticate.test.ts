import { describe, expect, test } from 'vitest';
import { UnauthorizedError } from '../../../lib/contract/errors.ts';
import { authenticator, LOCAL_BEARER, LOCAL_KEY } from '../../../lib/lambda/authenticate.ts';
import { EVERY_WAY, KEY, keysSetting, SECRET } from './keys-setting.ts';

const header = (key = KEY) => ({ authorization: `ApiKey-v1 ${key}` });

const bearer = (key = KEY) => ({ authorization: `Bearer ${key}` });

test('a key opens its Application, a token too', async () => {
  const { authenticate, add } = keysSetting();
  await add();
  await add({ kind: 'bearer', application: 7 }, 'ab'.repeat(32));
  expect(await authenticate(header())).toBe(5);
  expect(await authenticate(bearer('ab'.repeat(32)))).toBe(7);
});

test.each([
  ['another case of the scheme', { authorization: `apikey-V1 ${KEY}` }],
  ['another case of the key', { authorization: `ApiKey-v1 ${KEY.toUpperCase()}` }],
  ['blanks around it', { authorization: `ApiKey-v1  ${KEY} ` }],
  ['a second header, as Go sends it', { ...header(), 'content-signature': `ApiKey-v1 ${KEY}` }],
])('%s is taken', async (_, headers) => {
  const { authenticate, add } = keysSetting();
  await add();
  expect(await authenticate(headers)).toBe(5);
});

test.each([
  ['no header', {}],
  ['an empty one', { authorization: '' }],
  ['a key alone', { authorization: KEY }],
  ['another scheme', { authorization: `Basic ${KEY}` }],
  ['a key as a token', bearer()],
  ['no key', { authorization: 'ApiKey-v1 ' }],
  ['a scheme alone', { authorization: 'Bearer' }],
  ['a key that is no hex', header('z'.repeat(64))],
  ['two keys', header(`${KEY} ${KEY}`)],
  ['a key of another length', header(`${KEY}00`)],
  ['an unknown key', header('ab'.repeat(32))],
  ['an unknown token', bearer('ab'.repeat(32))],
  ['an endless key', header('a'.repeat(100_000))],
  ['a lot of blanks', { authorization: `ApiKey-v1${' '.repeat(100_000)}.` }],
])('%s: the same refusal, which does not say why', async (_, headers) => {
  const { authenticate, add } = keysSetting();
  await add();
  await expect(authenticate(headers)).rejects.toEqual(new UnauthorizedError());
});

test('a row takes only the ways that it lists', async () => {
  const { authenticate, add } = keysSetting();
  await add();
  await add({ kind: 'bearer' });
  expect(await authenticate(header(), '', ['apiKey'])).toBe(5);
  expect(await authenticate(bearer(), '', ['bearer'])).toBe(5);
  await expect(authenticate(header(), '', ['bearer', 'signature'])).rejects.toEqual(new UnauthorizedError());
  await expect(authenticate(bearer(), '', ['apiKey', 'signature'])).rejects.toEqual(new UnauthorizedError());
});

test('neither a key nor a token is stored, and one that signs only sealed', async () => {
  const { store, add } = keysSetting();
  await add();
  await add({ kind: 'bearer' }, 'abcd'.repeat(16));
  await add({ signs: true }, 'fade'.repeat(16));
  const { items } = await store.query('items', { partition: '1/keys' });
  expect(items).toHaveLength(4);
  const sealed = Buffer.from('fade'.repeat(16), 'hex');
  expect(JSON.stringify(items)).not.toMatch(/fefe|abcd|fade/);
  expect(JSON.stringify(items)).not.toContain(sealed.toString('base64url').slice(0, 12));
});

describe('what is remembered', () => {
  test('a known key is looked up once a minute, so it works that much longer at the most', async () => {
    const { authenticate, add, register, wait, reads } = keysSetting();
    const id = await add();
    await authenticate(header());
    await register.revoke(id);
    wait(59_999);
    expect(await authenticate(header())).toBe(5);
    expect(reads()).toBe(1);
    wait(1);
    await expect(authenticate(header())).rejects.toThrow(UnauthorizedError);
  });

  test('an unknown key is looked up every five seconds, so a new one works after that', async () => {
    const { authenticate, add, wait, reads } = keysSetting();
    await expect(authenticate(header())).rejects.toThrow(UnauthorizedError);
    await add();
    wait(4_999);
    await expect(authenticate(header())).rejects.toThrow(UnauthorizedError);
    expect(reads()).toBe(1);
    wait(1);
    expect(await authenticate(header())).toBe(5);
  });

  test('a key that is known is not known as a token', async () => {
    const { authenticate, add, reads } = keysSetting();
    await add();
    await authenticate(header());
    await expect(authenticate(bearer())).rejects.toThrow(UnauthorizedError);
    expect(reads()).toBe(2);
  });

  test('a key expires to the moment, also while it is remembered', async () => {
    const { authenticate, add, wait } = keysSetting();
    await add({ expires: '2026-03-01T12:00:30Z' });
    wait(29_999);
    expect(await authenticate(header())).toBe(5);
    wait(1);
    await expect(authenticate(header())).rejects.toEqual(new UnauthorizedError());
  });
});

test('key and token of the local stage work there and nowhere else, not even where somebody stored them', async () => {
  const [local, prod] = [keysSetting({ stage: 'local' }), keysSetting()];
  for (const { add } of [local, prod]) {
    await add({}, LOCAL_KEY);
    await add({ kind: 'bearer' }, LOCAL_BEARER);
  }
  expect(await local.authenticate(header(LOCAL_KEY))).toBe(5);
  expect(await local.authenticate(bearer(LOCAL_BEARER))).toBe(5);
  for (const headers of [header(LOCAL_KEY), header(LOCAL_KEY.toUpperCase()), bearer(LOCAL_BEARER)]) {
    await expect(prod.authenticate(headers)).rejects.toEqual(new UnauthorizedError());
  }
});

test('a store that is away is not a wrong key', async () => {
  const { store } = keysSetting();
  const broken = { ...store, get: () => Promise.reject(new Error('away')) };
  const deps = { store: broken, accountId: 1, keySecret: SECRET, stage: 'prod', now: () => new Date() };
  const authenticate = authenticator(deps);
  await expect(authenticate({ headers: header(), body: Buffer.of(), auth: EVERY_WAY })).rejects.toThrow('away');
});
