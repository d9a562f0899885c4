import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Encrypts the keys that sign, each for the one place in which it is stored. */
export interface KeySeal {
  /** @param id of the key (keys.ts). */
  seal(key: Uint8Array, application: number, id: string): string;
  /** Undefined: not sealed with this secret for this account, Application and id, or changed since. */
  open(sealed: string, application: number, id: string): Buffer | undefined;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps this use of the secret apart from all others. */
const LABEL = 'promotion-functions signing keys v1';

/**
 * AES-256-GCM under a key that HKDF-SHA256 derives from the stage's secret. A sealed key is nonce, cipher text and tag in
 * base64url; account, Application and id are authenticated with it, so that moved elsewhere it no longer opens.
 *
 * @param secret the stage's KEY_SECRET.
 */
export const keySeal = (secret: string, accountId: number): KeySeal => {
  const derived = Buffer.from(hkdfSync('sha256', secret, '', LABEL, KEY_BYTES));
  const placeOf = (application: number, id: string): Buffer => Buffer.from(`${accountId}/${application}/${id}`);
  return {
    seal: (key, application, id) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, derived, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(placeOf(application, id));
      const text = Buffer.concat([cipher.update(key), cipher.final()]);
      return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url');
    },
    open: (sealed, application, id) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(CIPHER, derived, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(placeOf(application, id));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
};
