import * as z from 'zod';
import { canonicalJson } from '../contract/canonical-json.ts';
import { PROOF_FORMAT, PROOF_VERSION } from './proof.ts';
import { RECEIPT_FORMAT, RECEIPT_VERSION, Receipt, receiptBytes, receiptHash } from './receipt.ts';
import { isSignedBy, type ReceiptPublicKey, readPublicKey } from './receipt-key.ts';

/** What somebody knows of the key from elsewhere than the file. */
export interface TrustedKey {
  readonly key?: ReceiptPublicKey;
  readonly fingerprint?: string;
}

/** What a file was found to be. */
export interface Verdict {
  /** Everything that is wrong; empty: the file is what its key's holder issued. */
  readonly faults: readonly string[];
  /** The receipts that are right, in the order of the chain. */
  readonly receipts: readonly Receipt[];
  /** Whether a receipt stands right behind the one before it: by sequence number. */
  readonly linked: ReadonlySet<number>;
  /** The request that it is about; undefined: the file could not be read. */
  readonly request?: string;
  readonly key?: ReceiptPublicKey;
  /** Whether the key is the one that was known from elsewhere. */
  readonly isKeyTrusted: boolean;
}

const Signed = z.strictObject({ receipt: Receipt, signature: z.string() });
const ProofFile = z.strictObject({
  format: z.literal(PROOF_FORMAT),
  version: z.literal(PROOF_VERSION),
  request: z.string(),
  publicKey: z.string(),
  receipts: z.array(Signed).min(1, 'expected one receipt at least'),
});

/** What a file holds, whichever of the two it is. */
interface Opened {
  readonly request: string;
  /** Absent in the file of one receipt. */
  readonly publicKey?: string;
  readonly receipts: readonly z.output<typeof Signed>[];
}

/**
 * Verifies the file of a receipt or of a proof (proof.ts), with nothing but the file: that it is byte for byte as it was
 * issued, that each receipt is signed with the key, and that they follow each other. Pure; it throws nothing whatever the
 * bytes are.
 */
export const verifyFile = (bytes: Uint8Array, trusted: TrustedKey = {}): Verdict => {
  const opened = openFile(bytes);
  if ('fault' in opened) return { ...NOTHING, faults: [opened.fault] };
  const { request } = opened;
  const found = keyOf(opened, trusted);
  if ('fault' in found) return { ...NOTHING, request, faults: [found.fault] };
  const { key } = found;
  const isKeyTrusted = trusted.key !== undefined || trusted.fingerprint !== undefined;
  const unsigned = opened.receipts.flatMap((signed) => signatureFaults(signed, key));
  if (unsigned.length > 0) return { ...NOTHING, request, key, isKeyTrusted, faults: unsigned };
  const receipts = opened.receipts.map(({ receipt }) => receipt);
  const faults = [...chainFaults(receipts), ...requestFaults(opened)];
  return { faults, receipts, linked: new Set(linksOf(receipts)), request, key, isKeyTrusted };
};

const NOTHING = { receipts: [], linked: new Set<number>(), isKeyTrusted: false } as const;

type Fault = { readonly fault: string };

const openFile = (bytes: Uint8Array): Opened | Fault => {
  let text: string;
  let content: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    content = JSON.parse(text);
  } catch {
    return { fault: 'The file is no JSON text: it is no receipt, or it was changed' };
  }
  const version = newerVersion(content);
  if (version !== undefined) {
    return { fault: `The file is of version ${version}: verify it with the promotion-functions that can read that` };
  }
  return read(content, text);
};

const read = (content: unknown, text: string): Opened | Fault => {
  const isProof = isObject(content) && 'receipts' in content;
  const { success, data, error } = isProof ? ProofFile.safeParse(content) : Signed.safeParse(content);
  if (!success) {
    const faults = error.issues
      .slice(0, MOST_FAULTS)
      .map(({ path, message }) => `${path.join('.') || '(file)'}: ${message}`);
    return { fault: `The file is neither a receipt nor a proof, or it was changed: ${faults.join('; ')}` };
  }
  // What was read, and not what was parsed: no byte may stand in the file that nobody looks at.
  if (`${canonicalJson(data)}\n` !== text) {
    return {
      fault: 'The file is not byte for byte as it was issued: it was changed, or another program wrote it anew',
    };
  }
  return 'receipts' in data ? data : { request: data.receipt.request, receipts: [data] };
};

const MOST_FAULTS = 5;

const isObject = (content: unknown): content is Record<string, unknown> =>
  typeof content === 'object' && content !== null;

/** The version of a file of ours that is not this one's. */
const newerVersion = (content: unknown): number | undefined => {
  if (!isObject(content)) return undefined;
  const { format, version } = isObject(content.receipt) ? content.receipt : content;
  const known = format === PROOF_FORMAT ? PROOF_VERSION : format === RECEIPT_FORMAT ? RECEIPT_VERSION : undefined;
  return typeof version === 'number' && known !== undefined && version !== known ? version : undefined;
};

const keyOf = ({ publicKey }: Opened, { key: known, fingerprint }: TrustedKey): { key: ReceiptPublicKey } | Fault => {
  const key = publicKey === undefined ? known : readPublicKey(publicKey);
  if (publicKey === undefined && !key) {
    return { fault: 'The file holds no public key: give it (--key)' };
  }
  if (!key || (publicKey !== undefined && key.pem !== publicKey)) {
    return { fault: 'The public key in the file is none of Ed25519: it was changed' };
  }
  const expected = known?.fingerprint ?? fingerprint;
  return expected !== undefined && key.fingerprint !== expected
    ? { fault: `The key is another one than you know: its fingerprint is ${key.fingerprint}, not ${expected}` }
    : { key };
};

const signatureFaults = ({ receipt, signature }: z.output<typeof Signed>, key: ReceiptPublicKey): string[] => {
  if (receipt.key !== key.fingerprint) {
    return [`Receipt ${receipt.sequence} says that it is signed with the key ${receipt.key}, not ${key.fingerprint}`];
  }
  return isSignedBy(key, receiptBytes(receipt), signature)
    ? []
    : [`The signature of receipt ${receipt.sequence} is wrong: the receipt or its signature was changed`];
};

const chainFaults = (receipts: readonly Receipt[]): string[] =>
  receipts.flatMap((receipt, index) => {
    const { sequence, previous } = receipt;
    if ((previous === null) !== (sequence === 1)) {
      return [`Receipt ${sequence} is wrong about being the first: only the first has none before it`];
    }
    const before = receipts[index - 1];
    if (!before) return [];
    if (before.sequence >= sequence) return [`Receipt ${sequence} stands behind receipt ${before.sequence}`];
    return before.sequence === sequence - 1 && previous !== receiptHash(before)
      ? [`Receipt ${sequence} does not follow the receipt ${before.sequence} that is here: the chain is broken`]
      : [];
  });

const linksOf = (receipts: readonly Receipt[]): number[] =>
  receipts.flatMap(({ sequence }, index) => (receipts[index - 1]?.sequence === sequence - 1 ? [sequence] : []));

const requestFaults = ({ request, publicKey, receipts }: Opened): string[] => {
  const own = receipts.map(({ receipt }) => receipt).filter((receipt) => receipt.request === request);
  const last = own.at(-1);
  if (!last) return [`No receipt here is of the request ${request}`];
  // The file of one receipt claims to hold no others.
  if (publicKey === undefined) return [];
  const here = new Set(own.map(({ sequence }) => sequence));
  return last.earlier
    .filter((sequence) => !here.has(sequence))
    .map((sequence) => `Receipt ${sequence} of the request is missing: it was taken out`);
};
