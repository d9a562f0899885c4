import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Delivery } from '../../event.ts';
import type { AuthenticateContext } from '../../platform.ts';
import { anyEqual } from '../../signature.ts';
import { verifyStandardWebhook } from '../../standard-webhooks.ts';

/**
 * Checks a hook of either age (commerce-platforms.md §4): newer ones are signed as Standard Webhooks, by the bytes of the
 * app's client secret; older ones carry a secret in a header that their maker chose, the shop's `secretHeader`. A hook
 * that is signed has to be signed well, whatever else it carries.
 *
 * @throws UnauthorizedError (rejects)
 */
export const authenticate = async (
  delivery: Delivery,
  { secrets, secretHeader, now }: Pick<AuthenticateContext, 'secrets' | 'secretHeader' | 'now'>,
): Promise<void> => {
  const { headers } = delivery;
  const isSigned = SIGNATURE_HEADERS.some((name) => headers[name] !== undefined);
  if (isSigned || secretHeader === undefined) {
    const keys = secrets.map((secret) => Buffer.from(secret));
    return verifyStandardWebhook(delivery, keys, now);
  }
  const given = headers[secretHeader] ?? '';
  // Anyone can send nothing.
  if (!anyEqual([given], secrets) || given === '') throw new UnauthorizedError();
};

const SIGNATURE_HEADERS = ['webhook-signature', 'webhook-timestamp', 'webhook-id'];
