import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a `Content-Signature` header says. */
export interface ContentSignature {
  /** The Application whose key signed. */
  readonly signer: number;
  readonly digest: Buffer;
}

const SIGNER = /^[1-9]\d{0,8}$/;
const DIGEST = /^[\da-f]{32}$/i;

/**
 * Reads `signer=<applicationId>; signature=<hex>`: parted at `;`, then at the first `=`, trimmed (semantics.md H2).
 * Undefined for anything else, also when a part stands there twice.
 */
export const readContentSignature = (header: string): ContentSignature | undefined => {
  const parts = header.split(';').map((part): [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  const { signer = '', signature = '' } = Object.fromEntries(parts);
  if (parts.length !== 2 || !SIGNER.test(signer) || !DIGEST.test(signature)) return undefined;
  return { signer: Number(signer), digest: Buffer.from(signature, 'hex') };
};

/** What a signature is checked against where there is no key. */
const NOBODYS_KEY = randomBytes(32);

/**
 * Whether one of the keys signed exactly this body: HMAC-MD5 of its bytes (semantics.md H2). Every key is tried, and an
 * unknown signer costs what a known one with one key does, so that the time taken does not tell which it was.
 */
export const isSignedBy = (keys: readonly Uint8Array[], body: Uint8Array, digest: Uint8Array): boolean => {
  let isSigned = false;
  for (const key of keys.length === 0 ? [NOBODYS_KEY] : keys) {
    const isSame = timingSafeEqual(createHmac('md5', key).update(body).digest(), digest);
    isSigned = (isSame && key !== NOBODYS_KEY) || isSigned;
  }
  return isSigned;
};
