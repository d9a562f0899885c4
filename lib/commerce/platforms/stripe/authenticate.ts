import { createHmac } from 'node:crypto';
import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Delivery } from '../../event.ts';
import type { AuthenticateContext } from '../../platform.ts';
import { anyEqual, isRecent } from '../../signature.ts';

/**
 * Checks `Stripe-Signature` (commerce-platforms.md §6): one of its `v1` entries is the hex HMAC-SHA256 of its time and
 * the raw bytes, under the secret as text, `whsec_` and all. Stripe's own library lets the time be ahead as far as it
 * likes; here it may be 300 seconds off, either way.
 *
 * @throws UnauthorizedError (rejects)
 */
export const authenticate = async (
  { headers, body }: Delivery,
  { secrets, now }: Pick<AuthenticateContext, 'secrets' | 'now'>,
): Promise<void> => {
  const entries = (headers['stripe-signature'] ?? '').split(',').map((entry) => entry.split('='));
  const valuesOf = (name: string) => entries.flatMap(([key, ...value]) => (key === name ? [value.join('=')] : []));
  const [time = '', ...otherTimes] = valuesOf('t');
  const expected = secrets
    // Anyone can sign with an empty secret.
    .filter((secret) => secret !== '')
    .map((secret) => createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex'));
  const genuine = anyEqual(valuesOf('v1'), expected);
  if (!genuine || otherTimes.length > 0 || !isRecent(time, now)) throw new UnauthorizedError();
};
