import { UnauthorizedError } from '../../../contract/errors.ts';
import type { Delivery } from '../../event.ts';
import type { AuthenticateContext } from '../../platform.ts';
import type { PublishedKeys } from './published-keys.ts';
import { isSigned, publicKeyOf } from './rsa.ts';
import { schemeOf, WEBHOOK_SIGNATURE } from './scheme.ts';

/**
 * Makes the check of a delivery: the RSA-SHA256 signature of an event, or of a commerce webhook where the delivery has one
 * (commerce-platforms.md §5). Public keys are no secrets: nothing here takes time that tells one.
 *
 * Adobe signs for all of its customers alike; that an event is meant for this shop is in its body, and `interpret` looks.
 *
 * The check throws UnauthorizedError (rejects); UpstreamError when Adobe's keys cannot be read now.
 */
export const authenticator =
  (keys: PublishedKeys) =>
  async (delivery: Delivery, context: AuthenticateContext): Promise<void> => {
    const genuine =
      schemeOf(delivery) === 'commerce-webhook'
        ? isWebhook(delivery, context.secrets)
        : await isEvent(delivery, keys, context);
    if (!genuine) throw new UnauthorizedError();
  };

/** The base64 of the body is what the shop signs, with the key pair from its admin. */
const isWebhook = ({ headers, body }: Delivery, pems: readonly string[]): boolean => {
  const signed = Buffer.from(Buffer.from(body).toString('base64'));
  return pems.some((pem) => {
    const key = publicKeyOf(pem);
    return key !== undefined && isSigned(signed, headers[WEBHOOK_SIGNATURE] ?? '', key);
  });
};

/** Two keys sign each event, so that one of them can be replaced: either suffices. */
const isEvent = async (
  { headers, body }: Delivery,
  keys: PublishedKeys,
  context: AuthenticateContext,
): Promise<boolean> => {
  let outage: unknown;
  for (const which of [1, 2]) {
    const signature = headers[`x-adobe-digital-signature-${which}`];
    const path = headers[`x-adobe-public-key${which}-path`];
    if (signature === undefined || path === undefined) continue;
    try {
      const key = await keys(path, context);
      if (key && isSigned(body, signature, key)) return true;
    } catch (error) {
      outage = error;
    }
  }
  if (outage) throw outage;
  return false;
};
