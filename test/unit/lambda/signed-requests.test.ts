import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { authentication } from '../../../lib/client/credentials.ts';
import { ConfigurationError, SignatureMismatchError, UnauthorizedError } from '../../../lib/contract/errors.ts';
import { LOCAL_KEY } from '../../../lib/lambda/authenticate.ts';
import { KEY, keysSetting } from './keys-setting.ts';

const OTHER = 'abcd'.repeat(16);

const BODY = '{"attributes":{"Name":"Zoë"}}';

const digest = (body: string | Uint8Array, key = KEY) =>
  createHmac('md5', Buffer.from(key, 'hex')).update(body).digest('hex');

const signed = (body: string | Uint8Array = BODY, key = KEY, signer: string | number = 5) => ({
  'content-signature': `signer=${signer}; signature=${digest(body, key)}`,
});

/** A setting that knows a key of Application 5 which signs. */
const withKey = async (options: Parameters<typeof keysSetting>[0] = {}) => {
  const setting = keysSetting(options);
  return { ...setting, id: await setting.add({ signs: true }) };
};

const mismatch = new SignatureMismatchError();

test('a signed body is for the Application that signed it, and its key works in Authorization too', async () => {
  const { authenticate } = await withKey();
  expect(await authenticate(signed(), BODY)).toBe(5);
  expect(await authenticate({ authorization: `ApiKey-v1 ${KEY}` })).toBe(5);
});

test('what our own client signs is taken', async () => {
  const { authenticate } = await withKey();
  const { headers } = authentication({ signer: 5, key: KEY.toUpperCase() });
  expect(await authenticate(headers(BODY), BODY)).toBe(5);
});

test.each([
  ['an empty body', ''],
  ['blanks and line ends, as PHP 2018 prints', '{\n    "attributes": {\n        "Name": "Zo\\u00eb"\n    }\n}'],
  ['bytes that are no text', Buffer.from([0, 255, 254, 13, 10])],
])('the bytes are signed, whatever they are: %s', async (_, body) => {
  const { authenticate } = await withKey();
  expect(await authenticate(signed(body), body)).toBe(5);
});

test.each([
  ['another body', signed('{}')],
  ['another key', signed(BODY, OTHER)],
  ['an unknown signer', signed(BODY, KEY, 6)],
  ['no signer', { 'content-signature': `signature=${digest(BODY)}` }],
  ['no signature', { 'content-signature': 'signer=5' }],
  ['a cut signature', { 'content-signature': signed()['content-signature'].slice(0, -1) }],
  ['a key in its place', { 'content-signature': `ApiKey-v1 ${KEY}` }],
])('%s: the same refusal, which does not say why', async (_, headers) => {
  const { authenticate } = await withKey();
  await expect(authenticate(headers, BODY)).rejects.toEqual(mismatch);
});

test('a key that was not made to sign does not', async () => {
  const { authenticate, add } = keysSetting();
  await add();
  await expect(authenticate(signed(), BODY)).rejects.toEqual(mismatch);
});

describe('of two headers', () => {
  test.each([
    ['a scheme of somebody in between', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['an empty one', { authorization: '' }],
  ])('the signature counts beside %s', async (_, authorization) => {
    const { authenticate } = await withKey();
    expect(await authenticate({ ...authorization, ...signed() }, BODY)).toBe(5);
    await expect(authenticate({ ...authorization, ...signed('') }, BODY)).rejects.toEqual(mismatch);
  });

  test.each(['ApiKey-v1', 'ApiKey-v1 zz', `ApiKey-v1 ${OTHER}`, `Bearer ${KEY}`])(
    'a wrong Authorization decides, however right the signature: %s',
    async (authorization) => {
      const { authenticate } = await withKey();
      await expect(authenticate({ authorization, ...signed() }, BODY)).rejects.toEqual(new UnauthorizedError());
    },
  );
});

test('a row without signatures does not take one, right or wrong', async () => {
  const { authenticate } = await withKey();
  for (const headers of [signed(), signed('')]) {
    await expect(authenticate(headers, BODY, ['apiKey'])).rejects.toEqual(new UnauthorizedError());
  }
});

describe('rotation', () => {
  test('two keys sign side by side, and one alone when the other is revoked', async () => {
    const { authenticate, add, register, wait, id } = await withKey();
    await add({ signs: true }, OTHER);
    expect(await authenticate(signed(), BODY)).toBe(5);
    expect(await authenticate(signed(BODY, OTHER), BODY)).toBe(5);
    await register.revoke(id);
    wait(60_000);
    expect(await authenticate(signed(BODY, OTHER), BODY)).toBe(5);
    await expect(authenticate(signed(), BODY)).rejects.toEqual(mismatch);
  });

  test('a key stops signing to the moment when it expires', async () => {
    const { authenticate, add, wait } = keysSetting();
    await add({ signs: true, expires: '2026-03-01T12:00:30Z' });
    wait(29_999);
    expect(await authenticate(signed(), BODY)).toBe(5);
    wait(1);
    await expect(authenticate(signed(), BODY)).rejects.toEqual(mismatch);
  });
});

test('a signer is read once a minute, an unknown one every five seconds', async () => {
  const { authenticate, wait, reads } = await withKey();
  for (const headers of [signed(), signed(''), signed(BODY, KEY, 6), signed('', KEY, 6)]) {
    await authenticate(headers, BODY).catch(() => {});
  }
  expect(reads()).toBe(2);
  wait(5_000);
  for (const signer of [5, 6]) await authenticate(signed(BODY, KEY, signer), BODY).catch(() => {});
  expect(reads()).toBe(3);
});

test('the key of the local stage signs there and nowhere else', async () => {
  const [local, prod] = [keysSetting({ stage: 'local' }), keysSetting()];
  for (const { add } of [local, prod]) await add({ signs: true }, LOCAL_KEY);
  expect(await local.authenticate(signed(BODY, LOCAL_KEY), BODY)).toBe(5);
  await expect(prod.authenticate(signed(BODY, LOCAL_KEY), BODY)).rejects.toEqual(mismatch);
});

test('a key sealed with another KEY_SECRET is an operator’s fault, and is told to nobody else', async () => {
  const { authenticate } = await withKey({ keySecret: 'another secret than before' });
  const refused = authenticate(signed(), BODY);
  await expect(refused).rejects.toThrow(ConfigurationError);
  await expect(refused).rejects.toThrow(/^KEY_SECRET does not open a signing key of Application 5/);
});
