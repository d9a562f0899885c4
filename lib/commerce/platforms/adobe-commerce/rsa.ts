import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Smaller keys can be broken. */
const MIN_BITS = 2048;

/** A public key from its PEM text; undefined for anything but an RSA key of at least 2048 bits. */
export const publicKeyOf = (pem: string): KeyObject | undefined => {
  // A private key would be read too, as the public one that belongs to it.
  if (!pem.includes('PUBLIC KEY')) return undefined;
  try {
    const key = createPublicKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= MIN_BITS ? key : undefined;
  } catch {
    return undefined;
  }
};

/** Whether the base64 text is the RSA-SHA256 signature of these bytes. Base64 that another text would decode to is not. */
export const isSigned = (bytes: Uint8Array, signature: string, key: KeyObject): boolean => {
  const given = Buffer.from(signature, 'base64');
  return given.toString('base64') === signature && verify('RSA-SHA256', bytes, key, given);
};
