import { createHmac, createPublicKey, KeyObject, verify } from 'node:crypto';
import { UnauthorizedError } from '../contract/errors.ts';
import type { Delivery } from './event.ts';
import { anyEqual, isRecent } from './signature.ts';

/** What a signature is checked with: the bytes of a shared secret (`v1`), or an ed25519 public key (`v1a`). */
export type StandardWebhookKey = Buffer | KeyObject;

/**
 * Checks a signature of Standard Webhooks (commerce-platforms.md §7), under the headers' own names or those of Svix: one
 * entry of `webhook-signature` signs id, time and raw bytes with one of the keys. Every entry is compared with every key
 * of its kind; the time may be 300 seconds off, either way.
 *
 * @param keys a secret's own bytes, of which an empty one lets nobody in, or public keys.
 * @throws UnauthorizedError whatever is wrong.
 */
export const verifyStandardWebhook = (
  { headers, body }: Delivery,
  keys: readonly StandardWebhookKey[],
  now: Date,
): void => {
  const names = headers['svix-id'] === undefined ? 'webhook' : 'svix';
  const [id = '', timestamp = '', list = ''] = ['id', 'timestamp', 'signature'].map(
    (name) => headers[`${names}-${name}`],
  );
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const genuine = [
    isSharedSigned(entriesOf(list, 'v1,'), keys.filter(Buffer.isBuffer), signed),
    isPublicSigned(entriesOf(list, 'v1a,'), keys.filter(isPublicKey), signed),
  ].includes(true);
  // A dot would let one signed text be read as two different messages.
  if (!genuine || id === '' || id.includes('.') || !isRecent(timestamp, now)) throw new UnauthorizedError();
};

const isPublicKey = (key: StandardWebhookKey): key is KeyObject => key instanceof KeyObject;

const entriesOf = (list: string, version: string): string[] =>
  list
    .split(' ')
    .filter((entry) => entry.startsWith(version))
    .map((entry) => entry.slice(version.length));

const isSharedSigned = (given: readonly string[], keys: readonly Buffer[], signed: Buffer): boolean =>
  anyEqual(
    given,
    keys.filter(({ length }) => length > 0).map((key) => createHmac('sha256', key).update(signed).digest('base64')),
  );

const isPublicSigned = (given: readonly string[], keys: readonly KeyObject[], signed: Buffer): boolean =>
  given.some((text) => {
    const signature = Buffer.from(text, 'base64');
    // Decoding forgives characters that nobody signed.
    return signature.toString('base64') === text && keys.some((key) => verify(null, signed, key, signature));
  });

/**
 * The key in a secret as Standard Webhooks writes it: `whsec_` and base64 of the shared secret, where the prefix may be
 * left out, or `whpk_` and base64 of an ed25519 public key. Empty for anything else.
 */
export const standardWebhookKey = (secret: string): StandardWebhookKey[] => {
  const [, kind = 'whsec', text = ''] = /^(?:(whsec|whpk)_)?([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const bytes = Buffer.from(text, 'base64');
  if (kind === 'whsec') return bytes.length > 0 ? [bytes] : [];
  if (bytes.length !== ED25519_KEY_BYTES) return [];
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
  return [createPublicKey({ key: jwk, format: 'jwk' })];
};

const ED25519_KEY_BYTES = 32;
