import { createHmac } from 'node:crypto';
import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Delivery } from '../../event.ts';
import type { AuthenticateContext } from '../../platform.ts';
import { anyEqual } from '../../signature.ts';

/**
 * Checks `X-WC-Webhook-Signature`, the base64 HMAC-SHA256 of the raw bytes (commerce-platforms.md §3), against every
 * secret.
 *
 * @throws UnauthorizedError (rejects)
 */
export const authenticate = async (
  { headers, body }: Delivery,
  { secrets }: Pick<AuthenticateContext, 'secrets'>,
): Promise<void> => {
  const given = headers['x-wc-webhook-signature'] ?? '';
  // Anyone can sign with an empty secret.
  const keys = secrets.map(decoded).filter((key) => key !== '');
  const expected = keys.map((key) => createHmac('sha256', key).update(body).digest('base64'));
  if (!anyEqual([given], expected)) throw new UnauthorizedError();
};

/**
 * The secret as WooCommerce signs with it: it undoes WordPress' escaping first (`wp_specialchars_decode`, ENT_QUOTES), so
 * that `a&amp;b` signs as `a&b`, whichever of the two it was saved as.
 */
const decoded = (secret: string): string =>
  secret.replace(ENTITY, (_, name: string | undefined, decimal: string | undefined, hex: string) =>
    name ? (NAMED[name] ?? '') : String.fromCharCode(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
  );
const ENTITY = /&(?:(amp|lt|gt|quot)|#0*(34|38|39|60|62)|#[xX]0*(22|26|27));/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
