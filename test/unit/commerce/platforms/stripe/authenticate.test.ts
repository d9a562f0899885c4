import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../../../lib/commerce/event.ts';
import { stripe } from '../../../../../lib/commerce/platforms/stripe/stripe.ts';
import {
  accepts,
  expectNoByteCanChange,
  NOW,
  secondsAt,
  stripeDelivery,
  stripeSignature,
  withHeader,
} from '../../signed-delivery.ts';

const SECRET = 'whsec_the_secret_of_an_endpoint';
const HEADER = 'stripe-signature';

const authenticate = (delivery: Delivery, secrets: readonly string[] = [SECRET]) =>
  stripe.authenticate(delivery, { secrets, now: NOW, fetch });
const accepted = (...given: Parameters<typeof authenticate>) => accepts(() => authenticate(...given));

const signed = (body: string | Uint8Array = '{}', secret = SECRET) => stripeSignature(secret, secondsAt(), body);
const withSignature = (value: string) => withHeader(stripeDelivery(SECRET, '{}'), HEADER, value);

describe('the exact bytes are what is signed', () => {
  test('with odd spacing, escapes, invalid UTF-8 and nothing at all', async () => {
    for (const body of ['{\n  "a" :\t"caf\u00e9 \u{1F600}\\/" }\r\n', '', new Uint8Array([0xff, 0x00, 0xc3])]) {
      expect(await accepted(stripeDelivery(SECRET, body))).toBe(true);
    }
    const pretty = stripeDelivery(SECRET, '{\n  "a": 1\n}');
    expect(await accepted({ ...pretty, body: Buffer.from('{"a":1}') })).toBe(false);
  });

  test('no byte of the body and no character of the header can change', () =>
    expectNoByteCanChange((body) => stripeDelivery(SECRET, body), authenticate));
});

describe('secrets', () => {
  test('are keys as text, the prefix too', async () => {
    expect(await accepted(stripeDelivery(SECRET.slice('whsec_'.length), '{}'))).toBe(false);
    expect(await accepted(stripeDelivery(SECRET, '{}'), ['whsec_new', SECRET])).toBe(true);
    expect(await accepted(stripeDelivery(SECRET, '{}'), ['whsec_new', 'whsec_other'])).toBe(false);
  });

  test('none, or an empty one, lets nobody in', async () => {
    expect(await accepted(stripeDelivery('', '{}'), [])).toBe(false);
    expect(await accepted(stripeDelivery('', '{}'), [''])).toBe(false);
    expect(await accepted(stripeDelivery(SECRET, '{}'), ['', SECRET])).toBe(true);
  });
});

describe('the header', () => {
  test('may have several signatures while a secret is rolled', async () => {
    const other = signed('{}', 'whsec_other');
    for (const entries of [`v1=${other},v1=${signed()}`, `v1=${signed()},v1=${other},v0=${other}`]) {
      expect(await accepted(withSignature(`t=${secondsAt()},${entries}`))).toBe(true);
    }
  });

  test('counts by its v1 entries only', async () => {
    for (const entry of [`v0=${signed()}`, `v2=${signed()}`, `v1=${signed().toUpperCase()}`, signed(), 'v1=', 'v1']) {
      expect(await accepted(withSignature(`t=${secondsAt()},${entry}`))).toBe(false);
    }
  });

  test('has one time', async () => {
    expect(await accepted(withSignature(`v1=${signed()}`))).toBe(false);
    expect(await accepted(withSignature(`t=${secondsAt()},t=${secondsAt(1)},v1=${signed()}`))).toBe(false);
  });

  test('of any text never crashes', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await accepted(withSignature(text))).toBe(false);
        expect(await accepted(withSignature(`t=${secondsAt()},v1=${text}`))).toBe(text === signed());
      }),
    ));
});

describe('the time', () => {
  test('may be 300 seconds off, behind and, unlike in the library of Stripe, ahead', async () => {
    for (const offset of [-300, 0, 300])
      expect(await accepted(stripeDelivery(SECRET, '{}', secondsAt(offset)))).toBe(true);
    for (const offset of [-3600, -301, 301, 3600]) {
      expect(await accepted(stripeDelivery(SECRET, '{}', secondsAt(offset)))).toBe(false);
    }
  });

  test('is whole seconds, however well it is signed', async () => {
    for (const time of ['', 'now', '-1', '1e9', `${secondsAt()}.5`, ` ${secondsAt()}`, '9'.repeat(20)]) {
      expect(await accepted(stripeDelivery(SECRET, '{}', time))).toBe(false);
    }
  });
});
