import { createHmac } from 'node:crypto';
import { ConfigurationError } from '../contract/errors.ts';

/** The headers of one attempt, as Standard Webhooks names them. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

const PREFIX = 'whsec_';
const SECRET = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

/**
 * Signs a body as Standard Webhooks does (commerce-platforms.md §7): HMAC-SHA256 of `id.timestamp.body`, once for each
 * secret, so that a receiver may know the current one or the previous one.
 *
 * @param id the same for every attempt; characters that cannot stand in the header are percent-encoded.
 * @param at the time of this attempt.
 * @param secrets `whsec_` and base64 of 24 to 64 bytes.
 * @throws ConfigurationError when a secret is no such text; it does not quote it.
 */
export const signedHeaders = (id: string, at: Date, body: string, secrets: readonly string[]): SignedHeaders => {
  const name = id.replaceAll(/[^\w/:~=+-]+/g, encoded);
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const digest = createHmac('sha256', keyOf(secret)).update(`${name}.${timestamp}.${body}`).digest('base64');
    return `v1,${digest}`;
  });
  return { 'webhook-id': name, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
};

/** Bytes, because a lone surrogate has no percent-encoding; and the standard allows no full stop in an id. */
const encoded = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

const keyOf = (secret: string): Buffer => {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  if (SECRET.test(secret) && key.length >= 24 && key.length <= 64) return key;
  throw new ConfigurationError(
    'a secret that signs effects is refused: it must be whsec_ and base64 of 24 to 64 bytes',
  );
};
