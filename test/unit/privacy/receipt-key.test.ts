import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSignedBy, readPublicKey, receiptKey } from '../../../lib/privacy/receipt-key.ts';

const SECRET = 'a secret that never changes';
const BYTES = Buffer.from('what is signed');

test('the same secret gives the same key, and another secret another', () => {
  expect(receiptKey(SECRET).publicKey).toEqual(receiptKey(SECRET).publicKey);
  expect(receiptKey('another secret than before').publicKey.fingerprint).not.toBe(
    receiptKey(SECRET).publicKey.fingerprint,
  );
});

test('PEM, JWK and fingerprint are of one key, as other software reads them', () => {
  const { pem, jwk, fingerprint } = receiptKey(SECRET).publicKey;
  const der = createPublicKey(pem).export({ format: 'der', type: 'spki' });
  expect(createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({ format: 'der', type: 'spki' })).toEqual(der);
  expect(fingerprint).toBe(createHash('sha256').update(der).digest('base64url'));
});

test('what it signs, anybody verifies with the public key alone', () => {
  const { publicKey, sign } = receiptKey(SECRET);
  const signature = sign(BYTES);
  expect(verify(null, BYTES, publicKey.pem, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(isSignedBy(publicKey, BYTES, signature)).toBe(true);
});

test('a signature of another key, of other bytes, cut, or written in another way is none', () => {
  const { publicKey, sign } = receiptKey(SECRET);
  const signature = sign(BYTES);
  const last = signature.at(-1) ?? '';
  const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // The next digit differs in a bit that no byte holds.
  const sameBytes = `${signature.slice(0, -1)}${DIGITS[DIGITS.indexOf(last) + 1]}`;
  expect(Buffer.from(sameBytes, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
  const others = [
    receiptKey('another secret than before').sign(BYTES),
    sign(Buffer.from('something else')),
    signature.slice(0, -2),
    `${signature}=`,
    sameBytes,
    '',
  ];
  for (const other of others) expect(isSignedBy(publicKey, BYTES, other), other).toBe(false);
});

test('a public key reads as it was written; a private key, another kind and nonsense are none', () => {
  const { publicKey } = receiptKey(SECRET);
  expect(readPublicKey(publicKey.pem)).toEqual(publicKey);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'pem', type: 'spki' });
  const own = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  for (const other of [rsa.toString(), own.toString(), 'nonsense', '', publicKey.pem.slice(0, 60)]) {
    expect(readPublicKey(other)).toBeUndefined();
  }
});
