import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../../../lib/commerce/event.ts';
import { standard } from '../../../../../lib/commerce/platforms/standard/standard.ts';
import { readShops } from '../../../../../lib/commerce/shops.ts';
import { ConfigurationError } from '../../../../../lib/contract/errors.ts';
import { accepts, expectNoByteCanChange, NOW, secondsAt, standardDelivery, withHeader } from '../../signed-delivery.ts';
import { delivery as deliveryOf, shopOf } from './samples.ts';

const SECRET = `whsec_${Buffer.from('a secret of 24 bytes and').toString('base64')}`;
const OLD = `whsec_${Buffer.from('another one of 24 bytes!').toString('base64')}`;

const delivery = (body: string | Uint8Array, headers: Delivery['headers']): Delivery => ({
  ...deliveryOf(''),
  headers,
  body: Buffer.from(body as string),
});

const named = (names: string, body: string | Uint8Array, signature: string, offset = 0, id = 'msg_1'): Delivery =>
  delivery(body, {
    [`${names}-id`]: id,
    [`${names}-timestamp`]: secondsAt(offset),
    [`${names}-signature`]: signature,
  });

/** Signed by the code of Standard Webhooks' own authors. */
const signed = (body: string | Uint8Array, secret = SECRET, offset = 0): Delivery => {
  const at = new Date(NOW.getTime() + offset * 1000);
  return named('webhook', body, new StandardWebhook(secret).sign('msg_1', at, body as string), offset);
};

const check = (each: Delivery, secrets: readonly string[] = [SECRET], settings: object = {}) =>
  standard.authenticate(each, { secrets, now: NOW, fetch, signature: shopOf(settings).signature });

describe('Standard Webhooks', () => {
  test('are accepted as their authors sign them, and as Svix does under its own names', async () => {
    for (const body of ['{ "a" :\t"caf\u00e9 \u{1F600}\\/" }\r\n', '', '{}']) {
      expect(await accepts(() => check(signed(body)))).toBe(true);
      const svix = named('svix', body, new SvixWebhook(SECRET).sign('msg_1', NOW, body));
      expect(await accepts(() => check(svix))).toBe(true);
    }
  });

  test('cannot be put together from headers of both names', async () => {
    const { headers } = signed('{}');
    const split = { 'svix-id': 'msg_1', ...headers, 'webhook-id': undefined };
    expect(await accepts(() => check(delivery('{}', split)))).toBe(false);
  });

  // Their code signs texts only.
  test('cover every byte of the body and every character of the headers', () =>
    expectNoByteCanChange((body) => standardDelivery(Buffer.from('a secret of 24 bytes and'), body), check));

  test('are accepted up to 300 seconds off, either way', async () => {
    for (const offset of [-300, 0, 300]) expect(await accepts(() => check(signed('{}', SECRET, offset)))).toBe(true);
    for (const offset of [-301, 301]) expect(await accepts(() => check(signed('{}', SECRET, offset)))).toBe(false);
  });

  test('are accepted under the current secret and the previous one, with its prefix or without', async () => {
    for (const secret of [SECRET, OLD])
      expect(await accepts(() => check(signed('{}', secret), [SECRET, OLD]))).toBe(true);
    expect(await accepts(() => check(signed('{}', OLD)))).toBe(false);
    expect(await accepts(() => check(signed('{}'), [SECRET.slice('whsec_'.length)]))).toBe(true);
  });

  test('are refused where a secret is none', async () => {
    const empty = (body: string) =>
      createHmac('sha256', '').update(`msg_1.${secondsAt()}.`).update(body).digest('base64');
    for (const secret of ['', 'whsec_', 'whsec_not base64', 'whpk_', 'whpk_AAAA', 'whsk_AAAA', '{}']) {
      expect(await accepts(() => check(named('webhook', '{}', `v1,${empty('{}')}`), [secret]))).toBe(false);
    }
    expect(await accepts(() => check(signed('{}'), []))).toBe(false);
  });
});

describe('an ed25519 signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const secret = `whpk_${raw.toString('base64')}`;
  const bySign = (body: string | Uint8Array, offset = 0): Delivery => {
    const content = Buffer.concat([Buffer.from(`msg_1.${secondsAt(offset)}.`), Buffer.from(body as string)]);
    return named('webhook', body, `v1a,${sign(null, content, privateKey).toString('base64')}`, offset);
  };

  test('is accepted by the public key, also beside others', async () => {
    expect(await accepts(() => check(bySign('{}'), [SECRET, secret]))).toBe(true);
    const list = `v1,AAAA v1a,AAAA ${bySign('{}').headers['webhook-signature']}`;
    expect(await accepts(() => check(withHeader(bySign('{}'), 'webhook-signature', list), [secret]))).toBe(true);
    expect(await accepts(() => check(bySign('{}', 301), [secret]))).toBe(false);
  });

  test('covers every byte of the body and every character of the headers', () =>
    expectNoByteCanChange(bySign, (each) => check(each, [secret])));

  test('is not accepted by a key that is no point of the curve', async () => {
    for (const byte of [0, 1, 0xee, 0xff]) {
      const key = `whpk_${Buffer.alloc(32, byte).toString('base64')}`;
      expect(await accepts(() => check(bySign('{}'), [key]))).toBe(false);
    }
  });

  test('cannot be replaced by an HMAC of the public key', async () => {
    const content = `msg_1.${secondsAt()}.{}`;
    for (const key of [raw, secret]) {
      const digest = createHmac('sha256', key).update(content).digest('base64');
      for (const version of ['v1', 'v1a']) {
        expect(await accepts(() => check(named('webhook', '{}', `${version},${digest}`), [secret]))).toBe(false);
      }
    }
  });
});

describe('a shop with a signature of its own', () => {
  const settings = { signature: { header: 'x-my-signature' } };
  const hmac = (body: string | Uint8Array, encoding: 'hex' | 'base64' = 'hex', key = 'secret') =>
    createHmac('sha256', key).update(body).digest(encoding);
  const own = (value: string | undefined, body: string | Uint8Array = '{}') =>
    delivery(body, { 'x-my-signature': value });

  test('signs the body by its secret in hex, or in base64, behind a prefix or not', async () => {
    const verifies = (each: Delivery, signature: object) =>
      accepts(() => check(each, ['secret'], { signature: { header: 'x-my-signature', ...signature } }));
    expect(await verifies(own(hmac('{}')), {})).toBe(true);
    expect(await verifies(own(hmac('{}', 'base64')), { encoding: 'base64' })).toBe(true);
    expect(await verifies(own(`sha256=${hmac('{}')}`), { prefix: 'sha256=' })).toBe(true);
    expect(await verifies(own(hmac('{}', 'base64')), {})).toBe(false);
    expect(await verifies(own(hmac('{}')), { encoding: 'base64' })).toBe(false);
    expect(await verifies(own(hmac('{}')), { prefix: 'sha256=' })).toBe(false);
    expect(await verifies(own(`sha256=${hmac('{}')}`), {})).toBe(false);
  });

  test('covers every byte of the body and every character of the header', () =>
    expectNoByteCanChange(
      (body) => own(hmac(body), body),
      (each) => check(each, ['secret'], settings),
    ));

  test('is not let in by Standard Webhooks, nor without a secret or a header', async () => {
    expect(await accepts(() => check(signed('{}'), [SECRET], settings))).toBe(false);
    expect(await accepts(() => check(own(undefined), ['secret'], settings))).toBe(false);
    for (const secrets of [[], ['']]) {
      expect(await accepts(() => check(own(hmac('{}', 'hex', '')), secrets, settings))).toBe(false);
      expect(await accepts(() => check(own(''), secrets, settings))).toBe(false);
    }
  });

  test('signs the time before the body where it has a header for it, and may be 300 seconds off', async () => {
    const timed = { signature: { header: 'x-my-signature', timestampHeader: 'x-my-time' } };
    const at = (time: string) => withHeader(own(hmac(`${time}.{}`)), 'x-my-time', time);
    for (const offset of [-300, 0, 300]) {
      expect(await accepts(() => check(at(secondsAt(offset)), ['secret'], timed))).toBe(true);
    }
    for (const time of [secondsAt(-301), secondsAt(301), '', 'now', '-1', `${secondsAt()}.0`, '1e20']) {
      expect(await accepts(() => check(at(time), ['secret'], timed))).toBe(false);
    }
    // The body alone is signed, or the time is another.
    expect(await accepts(() => check(withHeader(own(hmac('{}')), 'x-my-time', secondsAt()), ['secret'], timed))).toBe(
      false,
    );
    expect(await accepts(() => check(own(hmac('.{}')), ['secret'], timed))).toBe(false);
    expect(await accepts(() => check(withHeader(at(secondsAt()), 'x-my-time', secondsAt(1)), ['secret'], timed))).toBe(
      false,
    );
  });

  test('never crashes on a header of any text', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom('\ud800', '\u00e9', '\u{1F600}')), async (text) => {
        expect(await accepts(() => check(own(text), ['secret'], settings))).toBe(false);
      }),
    ));

  test('is told when its settings are wrong', () => {
    const shops = (signature: object) => ({ shops: { demo: { ...shopOf(), signature } } });
    expect(readShops(shops({ header: 'x-a' })).get('demo')?.signature).toEqual({
      header: 'x-a',
      encoding: 'hex',
      prefix: '',
    });
    for (const wrong of [
      {},
      { header: 'X-Upper' },
      { header: 'x-a', encoding: 'hex ' },
      { header: 'x-a', algorithm: 'md5' },
    ]) {
      expect(() => readShops(shops(wrong))).toThrow(ConfigurationError);
    }
  });
});
