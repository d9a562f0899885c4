import { type ReceiptKey, receiptKey } from '../privacy/receipt-key.ts';
import { once } from './deps.ts';

/** The headers of an answer or a callback of ours, as OpenDSR names them. */
export interface OpenDsrHeaders {
  readonly 'x-opendsr-processor-domain': string;
  readonly 'x-opendsr-signature': string;
}

/** Where the public key is that the signatures are verified with. */
export const KEY_PATH = '/.well-known/erasure-receipt-key';

/**
 * Signs a body by Ed25519, over its bytes, with the key of receipts; in base64, as OpenDSR writes signatures.
 *
 * @param domain the one on which the request came in.
 */
export const openDsrHeaders = (body: string, domain: string, { sign }: Pick<ReceiptKey, 'sign'>): OpenDsrHeaders => ({
  'x-opendsr-processor-domain': domain,
  'x-opendsr-signature': Buffer.from(sign(Buffer.from(body)), 'base64url').toString('base64'),
});

/** The host that a request was sent to, without its port; `localhost` where it says none that could be one. */
export const domainOf = (host: string | undefined): string => {
  const [name = ''] = (host ?? '').toLowerCase().split(':');
  return /^[a-z\d]([a-z\d.-]{0,251}[a-z\d])?$/.test(name) ? name : 'localhost';
};

/** The stage's key of receipts. */
export const openReceiptKey = (): Promise<ReceiptKey> =>
  once('receipt key', ['KEY_SECRET'], ({ KEY_SECRET }) => receiptKey(KEY_SECRET));
