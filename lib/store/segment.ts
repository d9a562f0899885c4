import { createHmac } from 'node:crypto';

/** Makes a key segment of fixed length from texts of any length and content. Equal texts give equal segments. */
export type Segment = (...parts: readonly string[]) => string;

/**
 * Segments under a secret: 22 characters, an HMAC-SHA256 cut to 128 bits. Nobody without the secret can tell from a key
 * whose it is or test a guess; the caller's id stands inside the item's data (design.md decision 10).
 */
export const segments =
  (secret: string): Segment =>
  (...parts) => {
    const hmac = createHmac('sha256', secret);
    // The length before each part keeps ('ab', 'c') and ('a', 'bc') apart.
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part);
    return hmac.digest('base64url').slice(0, 22);
  };
