import { createHmac } from 'node:crypto';
import { UnauthorizedError } from '../contract/errors.ts';
import type { Delivery } from './event.ts';
import { anyEqual, isRecent } from './signature.ts';

/**
 * Checks the symmetric signature of Standard Webhooks (commerce-platforms.md §7): one of the `v1` entries of
 * `webhook-signature` is the base64 HMAC-SHA256 of id, time and raw bytes under one of the keys. Every entry is compared
 * with every key; the time may be 300 seconds off, either way.
 *
 * @param keys the keys' own bytes; an empty one lets nobody in.
 * @throws UnauthorizedError whatever is wrong.
 */
export const verifyStandardWebhook = ({ headers, body }: Delivery, keys: readonly Buffer[], now: Date): void => {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': list = '' } = headers;
  const given = list
    .split(' ')
    .filter((entry) => entry.startsWith(VERSION))
    .map((entry) => entry.slice(VERSION.length));
  const expected = keys
    .filter(({ length }) => length > 0)
    .map((key) => createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64'));
  const genuine = anyEqual(given, expected);
  // A dot would let one signed text be read as two different messages.
  if (!genuine || id === '' || id.includes('.') || !isRecent(timestamp, now)) throw new UnauthorizedError();
};

const VERSION = 'v1,';
