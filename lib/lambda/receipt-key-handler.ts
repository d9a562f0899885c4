import { type ReceiptPublicKey, receiptKey, SIGNATURE_ALGORITHM } from '../privacy/receipt-key.ts';
import { log, once } from './deps.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from './http-answer.ts';
import type { Logger } from './logger.ts';

/** What the endpoint of the key needs. */
export interface ReceiptKeyDeps {
  publicKey(): Promise<ReceiptPublicKey>;
  readonly log: Logger;
}

/** The key that receipts of the stage are verified with. */
const openReceiptPublicKey = (): Promise<ReceiptPublicKey> =>
  once('receipt public key', ['KEY_SECRET'], ({ KEY_SECRET }) => receiptKey(KEY_SECRET).publicKey);

const open = (): ReceiptKeyDeps => ({ publicKey: openReceiptPublicKey, log });

/** The key is the same as long as the stage's secret is. */
const CACHED = { 'cache-control': 'public, max-age=86400' };

/** The Lambda handler of `GET /.well-known/erasure-receipt-key`: the public key of receipts, for everybody. */
export const receiptKeyHandler =
  ({ publicKey, log: logger }: ReceiptKeyDeps = open()) =>
  async (): Promise<HttpAnswer> => {
    try {
      const { fingerprint, jwk, pem } = await publicKey();
      const named = { ...jwk, kid: fingerprint, use: 'sig', alg: 'EdDSA' };
      return jsonAnswer(200, { algorithm: SIGNATURE_ALGORITHM, fingerprint, jwk: named, pem }, CACHED);
    } catch (error) {
      logger.error('receipt key', { outcome: 'failed', error });
      return errorAnswer(error);
    }
  };
