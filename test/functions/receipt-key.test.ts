import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { ConfigurationError } from '../../lib/contract/errors.ts';
import { jsonLogger } from '../../lib/lambda/logger.ts';
import { type ReceiptKeyDeps, receiptKeyHandler } from '../../lib/lambda/receipt-key-handler.ts';
import { receiptKey } from '../../lib/privacy/receipt-key.ts';

const SECRET = 'a secret that never changes';

const answer = async (publicKey: ReceiptKeyDeps['publicKey']) => {
  const lines: string[] = [];
  const log = jsonLogger((line) => void lines.push(line));
  const { statusCode, headers, body = '' } = await receiptKeyHandler({ publicKey, log })();
  return { statusCode, headers, body, lines };
};

test('the key of receipts is answered to everybody as PEM and JWK with its fingerprint, for a day', async () => {
  const { publicKey } = receiptKey(SECRET);
  const { statusCode, headers, body } = await answer(async () => publicKey);
  expect({ statusCode, headers }).toEqual({
    statusCode: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=86400' },
  });
  const { algorithm, fingerprint, jwk, pem } = JSON.parse(body);
  expect({ algorithm, fingerprint, pem }).toEqual({
    algorithm: 'Ed25519',
    fingerprint: publicKey.fingerprint,
    pem: publicKey.pem,
  });
  expect(jwk).toMatchObject({ alg: 'EdDSA', kid: fingerprint, use: 'sig' });
  expect(createPublicKey({ key: jwk, format: 'jwk' }).equals(createPublicKey(pem))).toBe(true);
});

test('nothing of the private half is in the answer', async () => {
  const { body } = await answer(async () => receiptKey(SECRET).publicKey);
  expect(body).not.toContain('PRIVATE');
  expect(JSON.parse(body).jwk).not.toHaveProperty('d');
});

test('a stage without its secret answers 500, says why in its log, and is not kept by anybody', async () => {
  const { statusCode, headers, lines } = await answer(async () => {
    throw new ConfigurationError('KEY_SECRET is not set');
  });
  expect(statusCode).toBe(500);
  expect(headers).not.toHaveProperty('cache-control');
  expect(lines.join()).toContain('KEY_SECRET is not set');
});
