import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../../lib/commerce/event.ts';
import { verifyStandardWebhook } from '../../../lib/commerce/standard-webhooks.ts';
import {
  accepts,
  expectNoByteCanChange,
  NOW,
  secondsAt,
  standardDelivery,
  standardSignature,
  withHeader,
} from './signed-delivery.ts';

const KEY = Buffer.from('the key');
const OLD = Buffer.from('the old key');

const verifies = (delivery: Delivery, keys: readonly Buffer[] = [KEY], now = NOW) =>
  accepts(() => verifyStandardWebhook(delivery, keys, now));

test('the vector that the libraries publish is accepted', async () => {
  const delivery = withHeader(
    standardDelivery(KEY, '{"test": 2432232314}', { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330' }),
    'webhook-signature',
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  expect(await verifies(delivery, [key], new Date(1_614_265_330_000))).toBe(true);
});

test('no byte of the body and no character of a header can change', () =>
  expectNoByteCanChange(
    (body) => standardDelivery(KEY, body),
    (delivery) => verifyStandardWebhook(delivery, [KEY], NOW),
  ));

test('one good signature among others is enough, under the current key or the previous one', async () => {
  const delivery = standardDelivery(OLD, 'body');
  const good = delivery.headers['webhook-signature'] ?? '';
  const other = standardSignature(Buffer.from('x'), 'msg_1', secondsAt(), 'body');
  for (const list of [`${other} ${good}`, `${good} ${other}`, `v1a,AAAA ${good} v2,x`]) {
    expect(await verifies(withHeader(delivery, 'webhook-signature', list), [KEY, OLD])).toBe(true);
  }
  expect(await verifies(delivery, [KEY])).toBe(false);
});

test('a good digest of another version is none', async () => {
  const delivery = standardDelivery(KEY, 'body');
  const digest = delivery.headers['webhook-signature']?.slice(3) ?? '';
  for (const entry of [digest, `v2,${digest}`, `v1a,${digest}`, `v1 ${digest}`, `V1,${digest}`]) {
    expect(await verifies(withHeader(delivery, 'webhook-signature', entry))).toBe(false);
  }
});

test('no key, or an empty one, lets nobody in', async () => {
  expect(await verifies(standardDelivery(Buffer.alloc(0), 'body'), [])).toBe(false);
  expect(await verifies(standardDelivery(Buffer.alloc(0), 'body'), [Buffer.alloc(0)])).toBe(false);
  expect(await verifies(standardDelivery(KEY, 'body'), [Buffer.alloc(0), KEY])).toBe(true);
});

describe('the time', () => {
  test('may be 300 seconds off, either way', async () => {
    for (const offset of [-300, -299, 0, 299, 300]) {
      expect(await verifies(standardDelivery(KEY, 'body', { timestamp: secondsAt(offset) }))).toBe(true);
    }
    for (const offset of [-3600, -301, 301, 3600]) {
      expect(await verifies(standardDelivery(KEY, 'body', { timestamp: secondsAt(offset) }))).toBe(false);
    }
  });

  test('is whole seconds, however well it is signed', async () => {
    for (const timestamp of [
      '',
      'now',
      '-1',
      `+${secondsAt()}`,
      `${secondsAt()}.0`,
      `${secondsAt()} `,
      '1e20',
      '0x1',
    ]) {
      expect(await verifies(standardDelivery(KEY, 'body', { timestamp }))).toBe(false);
    }
  });
});

test('an id that is empty or has a dot is refused, however well it is signed', async () => {
  for (const id of ['', '.', 'a.b']) expect(await verifies(standardDelivery(KEY, 'body', { id }))).toBe(false);
});

test('headers of any text never crash', () =>
  fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('id', 'timestamp', 'signature'),
      async (text, part) => {
        const delivery = standardDelivery(KEY, 'body');
        if (text === delivery.headers[`webhook-${part}`]) return;
        expect(await verifies(withHeader(delivery, `webhook-${part}`, text))).toBe(false);
      },
    ),
  ));
