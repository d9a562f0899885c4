import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Delivery } from '../../../../../lib/commerce/event.ts';
import type { Platform } from '../../../../../lib/commerce/platform.ts';
import { createAdobeCommerce } from '../../../../../lib/commerce/platforms/adobe-commerce/adobe-commerce.ts';
import { UnauthorizedError, UpstreamError } from '../../../../../lib/contract/errors.ts';
import { keyPair, post, signature } from './samples.ts';

const [one, other, stranger] = [keyPair(), keyPair(), keyPair()];
const HOST = 'https://static.adobeioevents.com';
const [PATH, OTHER_PATH] = ['/prod/keys/pub-key-3fVj0Lv0QB.pem', '/prod/keys/pub-key-IkpzhSpTw0.pem'];

const pathOf = (index: number) => `/prod/keys/pub-key-${String(index).padStart(10, '0')}.pem`;

let platform: Platform;
let fetched: string[];
let published: Record<string, () => Response>;
beforeEach(() => {
  platform = createAdobeCommerce();
  fetched = [];
  published = {
    [HOST + PATH]: () => new Response(one.publicKey),
    [HOST + OTHER_PATH]: () => new Response(other.publicKey),
  };
});

const keyHost: typeof fetch = async (url, init) => {
  fetched.push(String(url));
  expect(init).toMatchObject({ redirect: 'manual', signal: expect.any(AbortSignal) });
  return published[String(url)]?.() ?? new Response('AccessDenied', { status: 403 });
};

const attempt = (delivery: Delivery, secrets: readonly string[] = [], now = new Date(0)) =>
  platform.authenticate(delivery, { secrets, now, fetch: keyHost });

const accepts = async (delivery: Delivery, secrets: readonly string[] = [], now = new Date(0)): Promise<boolean> => {
  try {
    await attempt(delivery, secrets, now);
    return true;
  } catch (error) {
    // Anything else is a crash.
    expect(error).toBeInstanceOf(UnauthorizedError);
    return false;
  }
};

const BODY = '{"event":{"id":"caf\u00e9"}}';
const signed = (headers: Record<string, string | undefined> = {}, body: Uint8Array | string = BODY): Delivery =>
  post(body, {
    'x-adobe-digital-signature-1': signature(body, one.privateKey),
    'x-adobe-public-key1-path': PATH,
    'x-adobe-digital-signature-2': signature(body, other.privateKey),
    'x-adobe-public-key2-path': OTHER_PATH,
    ...headers,
  });

/** Signed once only, so that nothing else can make up for what a test breaks. */
const signedOnce = (headers: Record<string, string | undefined> = {}, body: Uint8Array | string = BODY): Delivery =>
  signed({ 'x-adobe-digital-signature-2': undefined, 'x-adobe-public-key2-path': undefined, ...headers }, body);

describe('an event', () => {
  test('is accepted for either of its two signatures', async () => {
    expect(await accepts(signed())).toBe(true);
    const wrong = signature(BODY, stranger.privateKey);
    expect(await accepts(signed({ 'x-adobe-digital-signature-1': wrong }))).toBe(true);
    expect(await accepts(signed({ 'x-adobe-digital-signature-2': wrong }))).toBe(true);
    expect(await accepts(signed({ 'x-adobe-public-key1-path': '/prod/keys/pub-key-gone123456.pem' }))).toBe(true);
    const both = { 'x-adobe-digital-signature-1': wrong, 'x-adobe-digital-signature-2': wrong };
    expect(await accepts(signed(both))).toBe(false);
  });

  test('is refused when its signatures have each other’s keys, or none', async () => {
    const crossed = { 'x-adobe-public-key1-path': OTHER_PATH, 'x-adobe-public-key2-path': PATH };
    expect(await accepts(signed(crossed))).toBe(false);
    expect(
      await accepts(signed({ 'x-adobe-public-key1-path': undefined, 'x-adobe-public-key2-path': undefined })),
    ).toBe(false);
    expect(await accepts(post(BODY))).toBe(false);
  });

  test('is its exact bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), fc.nat(7), async (body, at, bit) => {
        const { headers } = signedOnce({}, body);
        const changed = Uint8Array.from(body);
        changed[at % body.length] = (changed[at % body.length] ?? 0) ^ (1 << bit);
        expect(await accepts(post(body, headers))).toBe(true);
        expect(await accepts(post(changed, headers))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test('is refused for any change of its signature, even into one that decodes to the same bytes', async () => {
    const right = signature(BODY, one.privateKey);
    await fc.assert(
      fc.asyncProperty(fc.nat(right.length), fc.constantFrom(...'ABab01+/-_= \n'), async (at, char) => {
        for (const changed of [
          right.slice(0, at) + char + right.slice(at + 1),
          right.slice(0, at) + char + right.slice(at),
        ]) {
          expect(await accepts(signedOnce({ 'x-adobe-digital-signature-1': changed }))).toBe(changed === right);
        }
      }),
    );
    for (const wrong of ['', `${right}, ${right}`, Buffer.from(right, 'base64').toString('hex')]) {
      expect(await accepts(signedOnce({ 'x-adobe-digital-signature-1': wrong }))).toBe(false);
    }
  });
});

describe('a key', () => {
  test('is fetched from Adobe’s host alone, by an absolute path of the known form', async () => {
    const paths = [
      '@other.host/k.pem',
      '.other.host/k.pem',
      ':443/k.pem',
      '//other.host/k.pem',
      '/\\other.host/k.pem',
      'https://other.host/k.pem',
      'prod/keys/k.pem',
      '/prod/../k.pem',
      '/prod/%2e%2e/k.pem',
      '/./k.pem',
      '/prod//k.pem',
      '/prod/k.pem?x=1',
      '/prod/k.pem#x',
      '/prod/k.pem\n',
      ' /prod/k.pem',
      '/prod/k.txt',
      '/.pem',
      '/k\u00e9y.pem',
      `/${'a'.repeat(65)}.pem`,
      '/a/b/c/d/e/f.pem',
      PATH.replace('prod', 'other'),
      PATH.replace('/keys', ''),
      PATH.replace('pub-key-', ''),
      PATH.replace('pub-key-', 'priv-key-'),
      '/prod/keys/pub-key-a.pem',
      `/prod/keys/pub-key-${'a'.repeat(41)}.pem`,
      '',
    ];
    for (const path of paths) expect(await accepts(signedOnce({ 'x-adobe-public-key1-path': path }))).toBe(false);
    expect(fetched).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (path) => {
        await accepts(signedOnce({ 'x-adobe-public-key1-path': path }));
        for (const url of fetched) expect(new URL(url).origin).toBe(HOST);
      }),
    );
  });

  test('is fetched once a day', async () => {
    const day = 24 * 3_600_000;
    for (const time of [0, 1, day - 1]) expect(await accepts(signedOnce(), [], new Date(time))).toBe(true);
    expect(fetched).toEqual([HOST + PATH]);
    published = {};
    expect(await accepts(signedOnce(), [], new Date(day))).toBe(false);
    expect(fetched).toHaveLength(2);
  });

  test('has the name that Adobe gives: random, or a UUID', async () => {
    for (const name of ['IkpzhSpTw0', 'G5-b10Yqum', 'a_b-c_d-e_', '12345678-1234-1234-1234-123456789abc']) {
      const path = `/prod/keys/pub-key-${name}.pem`;
      published[HOST + path] = () => new Response(one.publicKey);
      expect(await accepts(signedOnce({ 'x-adobe-public-key1-path': path }))).toBe(true);
    }
  });

  test('that there is not is asked for once a minute', async () => {
    const gone = signedOnce({ 'x-adobe-public-key1-path': pathOf(1) });
    for (const time of [0, 1, 59_999]) expect(await accepts(gone, [], new Date(time))).toBe(false);
    expect(fetched).toEqual([HOST + pathOf(1)]);
    published[HOST + pathOf(1)] = () => new Response(one.publicKey);
    expect(await accepts(gone, [], new Date(60_000))).toBe(true);
  });

  test('that cannot be read now is asked for at once', async () => {
    published[HOST + PATH] = () => new Response('', { status: 503 });
    await attempt(signedOnce()).catch(() => {});
    published[HOST + PATH] = () => new Response(one.publicKey);
    expect(await accepts(signedOnce())).toBe(true);
  });

  test('of which there are too many that are not: a hundred are remembered', async () => {
    for (let index = 0; index <= 100; index++) {
      await accepts(signedOnce({ 'x-adobe-public-key1-path': pathOf(index) }));
    }
    for (const index of [1, 100, 0]) await accepts(signedOnce({ 'x-adobe-public-key1-path': pathOf(index) }));
    expect(fetched.slice(101)).toEqual([HOST + pathOf(0)]);
  });

  test('is not forgotten for what strangers ask for', async () => {
    expect(await accepts(signedOnce())).toBe(true);
    for (let index = 0; index < 20; index++) {
      expect(await accepts(signedOnce({ 'x-adobe-public-key1-path': pathOf(index) }))).toBe(false);
    }
    expect(await accepts(signedOnce())).toBe(true);
    expect(fetched.filter((url) => url === HOST + PATH)).toHaveLength(1);
  });

  test('is remembered among a handful: the oldest one is fetched again', async () => {
    for (let index = 0; index < 8; index++) {
      published[HOST + pathOf(index)] = () => new Response(one.publicKey);
      expect(await accepts(signedOnce({ 'x-adobe-public-key1-path': pathOf(index) }))).toBe(true);
    }
    expect(await accepts(signedOnce())).toBe(true);
    for (const index of [7, 0]) await accepts(signedOnce({ 'x-adobe-public-key1-path': pathOf(index) }));
    expect(fetched.slice(8)).toEqual([HOST + PATH, HOST + pathOf(0)]);
  });

  test('that is none, is too weak, a private one, endless or elsewhere is refused', async () => {
    const weak = keyPair(1024);
    const answers = [
      new Response('<html>'),
      new Response(one.privateKey),
      new Response(`${one.publicKey}${' '.repeat(10_000)}`),
      new Response(null, { status: 302, headers: { location: 'https://other.host/k.pem' } }),
      new Response('gone', { status: 404 }),
    ];
    for (const [index, answer] of answers.entries()) {
      published[HOST + pathOf(index)] = () => answer;
      expect(await accepts(signedOnce({ 'x-adobe-public-key1-path': pathOf(index) }))).toBe(false);
    }
    published[HOST + PATH] = () => new Response(weak.publicKey);
    expect(await accepts(signedOnce({ 'x-adobe-digital-signature-1': signature(BODY, weak.privateKey) }))).toBe(false);
    expect(fetched).toHaveLength(6);
  });

  test('that cannot be read now is an outage, so that Adobe tries again, unless the other one suffices', async () => {
    const outages = [
      () => new Response('', { status: 503 }),
      () => new Response('', { status: 429 }),
      () => {
        throw new TypeError('fetch failed');
      },
    ];
    for (const outage of outages) {
      published[HOST + PATH] = outage;
      const error = await attempt(signedOnce()).catch((caught) => caught);
      expect(error).toBeInstanceOf(UpstreamError);
      expect(error).toMatchObject({ status: 502 });
      expect(await accepts(signed())).toBe(true);
    }
  });
});

describe('a commerce webhook', () => {
  const hook = (body: Uint8Array | string, privateKey: string, headers = {}) =>
    post(body, {
      'x-adobe-commerce-webhook-signature': signature(Buffer.from(body as string).toString('base64'), privateKey),
      ...headers,
    });

  test('is signed over the base64 of its body, with the key pair of the shop', async () => {
    expect(await accepts(hook(BODY, one.privateKey), [one.publicKey])).toBe(true);
    const plain = post(BODY, { 'x-adobe-commerce-webhook-signature': signature(BODY, one.privateKey) });
    expect(await accepts(plain, [one.publicKey])).toBe(false);
  });

  test('is accepted for the current and the previous key, and for no other', async () => {
    const keys = [one.publicKey, other.publicKey];
    for (const { privateKey } of [one, other]) expect(await accepts(hook(BODY, privateKey), keys)).toBe(true);
    expect(await accepts(hook(BODY, stranger.privateKey), keys)).toBe(false);
  });

  test('is refused where no key is configured, or what is configured is none', async () => {
    for (const secrets of [[], [''], ['secret'], [one.privateKey], ['-----BEGIN PUBLIC KEY-----']]) {
      expect(await accepts(hook(BODY, one.privateKey), secrets)).toBe(false);
    }
    expect(await accepts(hook(BODY, one.privateKey), ['', one.publicKey])).toBe(true);
  });

  test('cannot be claimed by what is signed as an event', async () => {
    const { headers } = signed({ 'x-adobe-commerce-webhook-signature': 'x' });
    expect(await accepts(post(BODY, headers), [one.publicKey])).toBe(false);
    expect(fetched).toEqual([]);
  });

  test('is its exact bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), fc.nat(7), async (body, at, bit) => {
        const { headers } = hook(body, one.privateKey);
        const changed = Uint8Array.from(body);
        changed[at % body.length] = (changed[at % body.length] ?? 0) ^ (1 << bit);
        expect(await accepts(post(body, headers), [one.publicKey])).toBe(true);
        expect(await accepts(post(changed, headers), [one.publicKey])).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the challenge', () => {
  const greet = (query: Delivery['query'], method = 'GET') => platform.greet?.({ ...post(''), method, query });

  test('is echoed as plain text', () => {
    expect(greet({ challenge: '8ec8d794-e0ab-42df-9017-e3dada8e84f7' })).toEqual({
      contentType: 'text/plain',
      body: '8ec8d794-e0ab-42df-9017-e3dada8e84f7',
    });
  });

  test('is nothing else, nor answered to a delivery', () => {
    for (const challenge of ['', '<script>', 'a b', 'x'.repeat(201), ['a', 'b']]) {
      expect(greet({ challenge })).toBeUndefined();
    }
    expect(greet({})).toBeUndefined();
    expect(greet({ challenge: 'x' }, 'POST')).toBeUndefined();
  });
});
