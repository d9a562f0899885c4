import { createHmac } from 'node:crypto';
import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Delivery } from '../../event.ts';
import type { AuthenticateContext } from '../../platform.ts';
import type { Shop } from '../../shops.ts';
import { anyEqual, isRecent } from '../../signature.ts';
import { standardWebhookKey, verifyStandardWebhook } from '../../standard-webhooks.ts';

/**
 * Checks a delivery as Standard Webhooks sign it, or as the shop's own `signature` says (commerce-platforms.md §7).
 *
 * @throws UnauthorizedError (rejects)
 */
export const authenticate = async (
  delivery: Delivery,
  { secrets, signature, now }: Pick<AuthenticateContext, 'secrets' | 'signature' | 'now'>,
): Promise<void> => {
  if (signature) verifyPlain(delivery, signature, secrets, now);
  else verifyStandardWebhook(delivery, secrets.flatMap(standardWebhookKey), now);
};

type Signature = NonNullable<Shop['signature']>;

const verifyPlain = (
  { headers, body }: Delivery,
  { header, encoding, prefix, timestampHeader }: Signature,
  secrets: readonly string[],
  now: Date,
): void => {
  const time = timestampHeader === undefined ? undefined : (headers[timestampHeader] ?? '');
  const before = time === undefined ? '' : `${time}.`;
  // Anyone can sign with an empty secret.
  const keys = secrets.filter((secret) => secret !== '');
  const expected = keys.map(
    (key) => `${prefix}${createHmac('sha256', key).update(before).update(body).digest(encoding)}`,
  );
  const genuine = anyEqual([headers[header] ?? ''], expected);
  if (!genuine || (time !== undefined && !isRecent(time, now))) throw new UnauthorizedError();
};
