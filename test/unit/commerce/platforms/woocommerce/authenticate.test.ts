import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../../../lib/commerce/event.ts';
import { woocommerce } from '../../../../../lib/commerce/platforms/woocommerce/woocommerce.ts';
import { accepts, expectNoByteCanChange, NOW, withHeader } from '../../signed-delivery.ts';

const SIGNATURE = 'x-wc-webhook-signature';

const sign = (body: Uint8Array | string, key: string) => createHmac('sha256', key).update(body).digest('base64');

const delivery = (body: Uint8Array | string, signature: string | undefined): Delivery => ({
  method: 'POST',
  query: {},
  headers: { [SIGNATURE]: signature },
  body: Buffer.from(body as string),
});

const check = (each: Delivery, secrets: readonly string[] = ['secret']) =>
  woocommerce.authenticate(each, { secrets, now: NOW, fetch });

describe('a signature', () => {
  test('is a published HMAC-SHA256 in base64', async () => {
    const published = 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8';
    const signature = Buffer.from(published, 'hex').toString('base64');
    const body = 'The quick brown fox jumps over the lazy dog';
    expect(await accepts(() => check(delivery(body, signature), ['key']))).toBe(true);
  });

  test('covers every byte of the body and every character of the header', () =>
    expectNoByteCanChange((body) => delivery(body, sign(body, 'secret')), check));

  test('is not in hex, repeated, padded or missing', async () => {
    const good = sign('body', 'secret');
    const hex = createHmac('sha256', 'secret').update('body').digest('hex');
    for (const wrong of [undefined, '', hex, `${good},${good}`, ` ${good}`, `${good}=`]) {
      expect(await accepts(() => check(delivery('body', wrong)))).toBe(false);
    }
  });

  test('of any text never crashes', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom('\ud800', '\u00e9', '\u{1F600}')), async (text) => {
        expect(await accepts(() => check(withHeader(delivery('body', ''), SIGNATURE, text)))).toBe(false);
      }),
    ));
});

describe('secrets', () => {
  test('current and previous are both accepted, others are not', async () => {
    const secrets = ['new', 'old'];
    for (const secret of secrets) {
      expect(await accepts(() => check(delivery('body', sign('body', secret)), secrets))).toBe(true);
    }
    expect(await accepts(() => check(delivery('body', sign('body', 'older')), secrets))).toBe(false);
  });

  test('none, or an empty one, lets nobody in', async () => {
    expect(await accepts(() => check(delivery('body', sign('body', '')), []))).toBe(false);
    expect(await accepts(() => check(delivery('body', sign('body', '')), ['']))).toBe(false);
  });

  test.each([
    ['a&amp;b', 'a&b'],
    ['&lt;x&gt; &quot;y&quot; &#039;z&#039;', `<x> "y" 'z'`],
    ['&#38;&#038;&#x26;&#X0026;&#60;&#0062;&#34;&#x22;&#39;&#x27;', `&&&&<>""''`],
    ['a&b <c> "d"', 'a&b <c> "d"'],
    // Once only: the result is not read again.
    ['&amp;lt;', '&lt;'],
    ['&amp;amp;', '&amp;'],
    // WordPress leaves these alone.
    ['&apos;&nbsp;&AMP;&#x3c;&#65;&euro;&amp', '&apos;&nbsp;&AMP;&#x3c;&#65;&euro;&amp'],
  ])('%s signs as %s', async (secret, key) => {
    expect(await accepts(() => check(delivery('body', sign('body', key)), [secret]))).toBe(true);
    if (secret !== key)
      expect(await accepts(() => check(delivery('body', sign('body', secret)), [secret]))).toBe(false);
  });
});

describe('the greeting', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const ping = (body: string, changes: Partial<Delivery> = {}): Delivery => ({
    method: 'POST',
    query: {},
    headers: { 'content-type': FORM },
    body: Buffer.from(body),
    ...changes,
  });

  test('answers the look that WooCommerce takes before it saves a webhook', () => {
    for (const type of [FORM, `${FORM}; charset=UTF-8`, FORM.toUpperCase()]) {
      expect(woocommerce.greet?.(ping('webhook_id=12', { headers: { 'content-type': type } }))).toEqual({
        contentType: 'application/json',
        body: '{}',
      });
    }
  });

  test('answers nothing else', () => {
    for (const body of [
      '',
      'webhook_id=',
      'webhook_id=1x',
      'webhook_id=1\n',
      ' webhook_id=1',
      'webhook_id=1&a=b',
      'a=b&webhook_id=1',
      'WEBHOOK_ID=1',
      'webhook_id[]=1',
      'webhook_id=-1',
      `webhook_id=${'1'.repeat(21)}`,
      '{"id":1}',
    ]) {
      expect(woocommerce.greet?.(ping(body))).toBeUndefined();
    }
    const good = 'webhook_id=12';
    expect(woocommerce.greet?.(ping(good, { method: 'GET' }))).toBeUndefined();
    expect(woocommerce.greet?.(ping(good, { headers: {} }))).toBeUndefined();
    expect(woocommerce.greet?.(ping(good, { headers: { 'content-type': 'application/json' } }))).toBeUndefined();
    const signed = { 'content-type': FORM, [SIGNATURE]: sign(good, 'secret') };
    expect(woocommerce.greet?.(ping(good, { headers: signed }))).toBeUndefined();
  });
});
