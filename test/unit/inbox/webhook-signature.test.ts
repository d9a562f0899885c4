import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expect, test } from 'vitest';
import { ConfigurationError } from '../../../lib/contract/errors.ts';
import { signedHeaders } from '../../../lib/inbox/webhook-signature.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

test('the published vector of the standard is met', () => {
  const headers = signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', new Date(1614265330_999), '{"test": 2432232314}', [
    SECRET,
  ]);
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('both libraries of receivers accept it with the current secret and with the previous one', () => {
  const bytes = fc.uint8Array({ minLength: 24, maxLength: 64 });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.json(), bytes, bytes, (id, body, ...keys) => {
      const secrets = keys.map((key) => `whsec_${Buffer.from(key).toString('base64')}`);
      const headers = { ...signedHeaders(`order/${id}`, new Date(), body, secrets) };
      for (const secret of secrets) {
        expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
        expect(() => new SvixWebhook(secret).verify(body, headers)).not.toThrow();
      }
      const stranger = `whsec_${randomBytes(32).toString('base64')}`;
      expect(() => new Webhook(stranger).verify(body, headers)).toThrow();
    }),
    { numRuns: 100 },
  );
});

test('the id of a publication is the webhook’s id, and what no header or signature may hold is encoded', () => {
  const idOf = (id: string) => signedHeaders(id, new Date(0), '', [SECRET])['webhook-id'];
  expect(idOf('order/3f2a/12')).toBe('order/3f2a/12');
  expect(idOf('a.b c\n%é')).toBe('a%2Eb%20c%0A%25%C3%A9');
});

test('what is signed is id, timestamp and body, with full stops between', () => {
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const digest = createHmac('sha256', key).update('p1.1772366400.{}').digest('base64');
  const headers = signedHeaders('p1', new Date('2026-03-01T12:00:00Z'), '{}', [SECRET]);
  expect(headers['webhook-signature']).toBe(`v1,${digest}`);
});

test.each([
  '',
  'hunter2',
  'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'whsec_',
  'whsec_aHVudGVyMg==',
  'whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'whsec_hunter2-hunter2-hunter2-hunter2-hunter2',
  `whsec_${'A'.repeat(88)}`,
])('a secret that is none is refused, and not repeated: %s', (secret) => {
  expect(() => signedHeaders('p1', new Date(), '{}', [SECRET, secret])).toThrow(
    expect.objectContaining({
      name: ConfigurationError.name,
      message: expect.not.stringMatching(/hunter2|MfKQ|AAAA/),
    }),
  );
});
