import { canonicalJson } from '../contract/canonical-json.ts';
import type { ReceiptPublicKey } from './receipt-key.ts';
import { findReceipts, listReceipts, type SignedReceipt } from './receipts.ts';
import type { RegisterDeps } from './register.ts';
import type { PrivacyRequest } from './request.ts';

/** What says that a file is a proof, and by which rules it is read. */
export const PROOF_FORMAT = 'promotion-functions privacy proof';
export const PROOF_VERSION = 1;

/** Everything that a stranger needs to verify what became of a request. */
export interface Proof {
  readonly format: typeof PROOF_FORMAT;
  readonly version: typeof PROOF_VERSION;
  readonly request: string;
  /** In PEM. */
  readonly publicKey: string;
  /** Those of the request and their neighbours, or all there are, in the order of the chain. */
  readonly receipts: readonly SignedReceipt[];
}

/** The bytes of a file that holds a proof, or a receipt alone: one line of canonical JSON, in which every byte counts. */
export const fileText = (content: Proof | SignedReceipt): string => `${canonicalJson(content)}\n`;

/**
 * The proof of a request: its receipts, and of the others those that stand right before and after them in the chain. What
 * else there is would tell a stranger of other people's requests.
 *
 * @param wholeChain all receipts that there are, for whoever audits the account.
 */
export const proofOf = async (
  { id, receipts: own }: PrivacyRequest,
  publicKey: Pick<ReceiptPublicKey, 'pem'>,
  wholeChain: boolean,
  deps: RegisterDeps,
): Promise<Proof> => {
  const head = { format: PROOF_FORMAT, version: PROOF_VERSION, request: id, publicKey: publicKey.pem } as const;
  if (wholeChain) return { ...head, receipts: await Array.fromAsync(listReceipts(deps)) };
  const near = new Set(own.flatMap((sequence) => [sequence - 1, sequence, sequence + 1]));
  const sequences = [...near].filter((sequence) => sequence > 0).sort((left, right) => left - right);
  return { ...head, receipts: await findReceipts(sequences, deps) };
};
