import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  sign as signWith,
  verify as verifyWith,
} from 'node:crypto';

/** How receipts are signed: their canonical bytes, as RFC 8032 says. */
export const SIGNATURE_ALGORITHM = 'Ed25519';

/** The public half of the key of receipts. */
export interface ReceiptPublicKey {
  /** SPKI in PEM. */
  readonly pem: string;
  /** RFC 8037. */
  readonly jwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
  /** SHA-256 of the SPKI in DER, base64url: what a receipt says that it is signed with. */
  readonly fingerprint: string;
}

/** What signs receipts. */
export interface ReceiptKey {
  readonly publicKey: ReceiptPublicKey;
  /** @returns the signature in base64url. */
  sign(bytes: Uint8Array): string;
}

/** Keeps this use of the secret apart from all others. */
const LABEL = 'promotion-functions privacy receipts v1';
const SEED_BYTES = 32;

/** What stands before the seed in a private key of Ed25519 (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key pair that HKDF-SHA256 derives from the stage's secret: the same as long as the secret is, and kept nowhere.
 *
 * @param secret the stage's KEY_SECRET.
 */
export const receiptKey = (secret: string): ReceiptKey => {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', LABEL, SEED_BYTES));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  return {
    publicKey: described(createPublicKey(key)),
    sign: (bytes) => signWith(null, bytes, key).toString('base64url'),
  };
};

const described = (key: KeyObject): ReceiptPublicKey => ({
  pem: key.export({ format: 'pem', type: 'spki' }).toString(),
  jwk: { kty: 'OKP', crv: SIGNATURE_ALGORITHM, x: key.export({ format: 'jwk' }).x ?? '' },
  fingerprint: createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64url'),
});

/** A public key in PEM that somebody gives; undefined: it is no public key of Ed25519. A private key is none either. */
export const readPublicKey = (pem: string): ReceiptPublicKey | undefined => {
  try {
    if (!pem.includes('-----BEGIN PUBLIC KEY-----')) return undefined;
    const key = createPublicKey({ key: pem, format: 'pem' });
    return key.asymmetricKeyType === 'ed25519' ? described(key) : undefined;
  } catch {
    return undefined;
  }
};

/** Whether a signature is this key's for these bytes, and is written as we write it. */
export const isSignedBy = ({ pem }: ReceiptPublicKey, bytes: Uint8Array, signature: string): boolean => {
  const written = Buffer.from(signature, 'base64url');
  // The last digit of base64url has bits to spare: another text could stand for the same signature.
  if (written.toString('base64url') !== signature) return false;
  return verifyWith(null, bytes, createPublicKey(pem), written);
};
