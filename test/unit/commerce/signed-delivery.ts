// Deliveries signed as the platforms' own documents say, without any code of ours.

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Delivery } from '../../../lib/commerce/event.ts';
import { UnauthorizedError } from '../../../lib/contract/errors.ts';

export const NOW = new Date('2026-06-01T12:00:00Z');

export const secondsAt = (offset = 0): string => String(NOW.getTime() / 1000 + offset);

const deliveryOf = (headers: Delivery['headers'], body: string | Uint8Array): Delivery => ({
  method: 'POST',
  query: {},
  headers,
  body: Buffer.from(body as string),
});

/** Standard Webhooks; to sign with the library itself: `new Webhook(key.toString('base64')).sign(id, date, body)`. */
export const standardSignature = (key: Buffer, id: string, timestamp: string, body: string | Uint8Array): string =>
  `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;

export const standardDelivery = (
  key: Buffer,
  body: string | Uint8Array,
  { id = 'msg_1', timestamp = secondsAt() }: { readonly id?: string; readonly timestamp?: string } = {},
): Delivery =>
  deliveryOf(
    {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': standardSignature(key, id, timestamp, body),
    },
    body,
  );

/** Stripe; to sign with the library itself: `stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })`. */
export const stripeSignature = (secret: string, timestamp: string, body: string | Uint8Array): string =>
  createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');

export const stripeDelivery = (secret: string, body: string | Uint8Array, timestamp = secondsAt()): Delivery =>
  deliveryOf({ 'stripe-signature': `t=${timestamp},v1=${stripeSignature(secret, timestamp, body)}` }, body);

export const withHeader = (delivery: Delivery, name: string, value: string | undefined): Delivery => ({
  ...delivery,
  headers: { ...delivery.headers, [name]: value },
});

/** Whether it lets the delivery in; anything but an UnauthorizedError is a crash. */
export const accepts = async (check: () => unknown): Promise<boolean> => {
  try {
    await check();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(UnauthorizedError);
    return false;
  }
};

/** Any one byte of the body, or character of a signed header, changed into another. */
export const expectNoByteCanChange = async (
  sign: (body: Uint8Array) => Delivery,
  check: (delivery: Delivery) => unknown,
): Promise<void> => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (body, at, flip) => {
        const delivery = sign(body);
        expect(await accepts(() => check(delivery))).toBe(true);
        const changed = Uint8Array.from(body);
        changed[at % body.length] = (body[at % body.length] as number) ^ flip;
        expect(await accepts(() => check({ ...delivery, body: changed }))).toBe(false);
        expect(await accepts(() => check({ ...delivery, body: body.subarray(1) }))).toBe(false);
      },
    ),
    { numRuns: 100 },
  );
  const delivery = sign(Buffer.from('{"a":1}'));
  for (const [name, value = ''] of Object.entries(delivery.headers)) {
    for (let at = 0; at < value.length; at++) {
      for (const char of 'Aaz09+/=,. \u00e9'.replace(value.charAt(at), '')) {
        const changed = value.slice(0, at) + char + value.slice(at + 1);
        expect(await accepts(() => check(withHeader(delivery, name, changed)))).toBe(false);
      }
    }
    expect(await accepts(() => check(withHeader(delivery, name, undefined)))).toBe(false);
  }
};
