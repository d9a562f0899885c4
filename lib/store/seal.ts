import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Encrypts what must not stand in the store in clear, each text for the one place in which it is stored. */
export interface Seal {
  seal(content: Uint8Array, place: string): string;
  /** Undefined: not sealed with this secret for this use and place, or changed since. */
  open(sealed: string, place: string): Buffer | undefined;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under a key that HKDF-SHA256 derives from the stage's secret. What is sealed is nonce, cipher text and tag in
 * base64url; the place is authenticated with it, so that moved elsewhere it no longer opens.
 *
 * @param use keeps this use of the secret apart from all others.
 */
export const sealFor = (secret: string, use: string): Seal => {
  const derived = Buffer.from(hkdfSync('sha256', secret, '', use, KEY_BYTES));
  return {
    seal: (content, place) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, derived, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(content), cipher.final()]);
      return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url');
    },
    open: (sealed, place) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(CIPHER, derived, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
};
