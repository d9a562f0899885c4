import { createHmac, timingSafeEqual } from 'node:crypto';
import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Delivery } from '../../event.ts';
import type { AuthenticateContext } from '../../platform.ts';

/**
 * Checks `X-Shopify-Hmac-Sha256`, the base64 HMAC-SHA256 of the raw bytes (commerce-platforms.md §1), against every
 * secret, so that the time taken does not tell which one matched.
 *
 * @throws UnauthorizedError (rejects)
 */
export const authenticate = async (
  { headers, body }: Delivery,
  { secrets }: Pick<AuthenticateContext, 'secrets'>,
): Promise<void> => {
  const given = Buffer.from(headers['x-shopify-hmac-sha256'] ?? '');
  let genuine = false;
  for (const secret of secrets) {
    // Texts are compared, not decoded bytes: base64 decoding forgives characters that nobody signed.
    const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'));
    const same = given.length === expected.length && timingSafeEqual(given, expected);
    // Anyone can sign with an empty secret.
    genuine = (same && secret !== '') || genuine;
  }
  if (!genuine) throw new UnauthorizedError();
};
