import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shopify } from '../../../../../lib/commerce/platforms/shopify/shopify.ts';
import { UnauthorizedError } from '../../../../../lib/contract/errors.ts';

const sign = (body: Uint8Array | string, secret: string) => createHmac('sha256', secret).update(body).digest('base64');

const accepts = async (
  body: Uint8Array | string,
  signature: string | undefined,
  secrets: readonly string[],
): Promise<boolean> => {
  try {
    const headers = { 'x-shopify-hmac-sha256': signature };
    const delivery = { method: 'POST', query: {}, headers, body: Buffer.from(body as string) };
    await shopify.authenticate(delivery, { secrets, now: new Date(0), fetch });
    return true;
  } catch (error) {
    // Anything else is a crash.
    expect(error).toBeInstanceOf(UnauthorizedError);
    return false;
  }
};

// RFC 4231, test cases 1, 2 and 6: made by others than us.
const vectors: [string, string, string][] = [
  ['\x0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  [
    'key',
    'The quick brown fox jumps over the lazy dog',
    'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
  ],
];

test.each(vectors)('a published vector is accepted (%#)', async (secret, body, hex) => {
  expect(await accepts(body, Buffer.from(hex, 'hex').toString('base64'), [secret])).toBe(true);
});

describe('the exact bytes are what is signed', () => {
  test('odd spacing, escapes, emoji, invalid UTF-8 and nothing at all', async () => {
    for (const body of ['{ "a" :\t"caf\u00e9 \u{1F600}\\/" }\r\n', '', new Uint8Array([0xff, 0x00, 0xc3, 0x28])]) {
      expect(await accepts(body, sign(body, 'secret'), ['secret'])).toBe(true);
    }
  });

  test('the same JSON written differently is not', async () => {
    const body = '{ "url": "https:\\/\\/a" }';
    expect(await accepts(JSON.stringify(JSON.parse(body)), sign(body, 'secret'), ['secret'])).toBe(false);
  });

  test('no bit of the body can change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(7), async (body, at, bit) => {
        const signature = sign(body, 'secret');
        const changed = Uint8Array.from(body);
        changed[at % body.length] = (changed[at % body.length] ?? 0) ^ (1 << bit);
        expect(await accepts(body, signature, ['secret'])).toBe(true);
        expect(await accepts(changed, signature, ['secret'])).toBe(false);
      }),
    );
  });
});

describe('the header', () => {
  const signature = sign('body', 'secret');

  test('no character of it can change, not even into one that decodes to the same bytes', async () => {
    for (let at = 0; at < signature.length; at++) {
      for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \n\u00e9') {
        const changed = signature.slice(0, at) + char + signature.slice(at + 1);
        expect(await accepts('body', changed, ['secret'])).toBe(changed === signature);
      }
    }
  });

  test('of any other length is refused, 0 to 200', async () => {
    for (let length = 0; length <= 200; length++) {
      expect(await accepts('body', 'A'.repeat(length), ['secret'])).toBe(false);
      if (length !== signature.length) {
        expect(await accepts('body', signature.repeat(5).slice(0, length), ['secret'])).toBe(false);
      }
    }
  });

  test('missing, in hex, repeated or padded is refused', async () => {
    const hex = createHmac('sha256', 'secret').update('body').digest('hex');
    for (const wrong of [undefined, hex, `${signature},${signature}`, ` ${signature}`, `${signature}=`]) {
      expect(await accepts('body', wrong, ['secret'])).toBe(false);
    }
  });

  test('of any text never crashes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await accepts('body', text, ['secret'])).toBe(text === signature);
      }),
    );
  });
});

describe('secrets', () => {
  test('current and previous are both accepted, others are not', async () => {
    for (const secret of ['new', 'old']) expect(await accepts('body', sign('body', secret), ['new', 'old'])).toBe(true);
    expect(await accepts('body', sign('body', 'older'), ['new', 'old'])).toBe(false);
  });

  test('none, or an empty one, lets nobody in', async () => {
    expect(await accepts('body', sign('body', ''), [])).toBe(false);
    expect(await accepts('body', sign('body', ''), [''])).toBe(false);
    expect(await accepts('body', sign('body', 'new'), ['', 'new'])).toBe(true);
  });
});
