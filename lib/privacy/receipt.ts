import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../contract/canonical-json.ts';
import { SIGNATURE_ALGORITHM } from './receipt-key.ts';
import type { PrivacyRequest } from './request.ts';
import type { Target } from './targets/target.ts';

/** What says that a JSON text is a receipt of ours, and by which rules it is read. */
export const RECEIPT_FORMAT = 'promotion-functions privacy receipt';
export const RECEIPT_VERSION = 1;

const Moment = z.iso.datetime();
const Count = z.int().min(0);
const Sequence = z.int().min(1);
const Hash = z.string().regex(/^[\da-f]{64}$/, 'expected a SHA-256 in 64 hexadecimal digits');
const Text = z.string().min(1);
const Counts = z.record(Text, Count);

/** The states of a request that a receipt is issued for. */
const ReceiptStatus = z.enum(['completed', 'verified', 'partial']);

/**
 * A receipt: what became of a request, for people who were not there. No field holds personal data, and none leads to the
 * person without the stage's KEY_SECRET. Times are RFC 3339 in UTC.
 */
export const Receipt = z.strictObject({
  format: z.literal(RECEIPT_FORMAT),
  version: z.literal(RECEIPT_VERSION),
  /** Its place in the one chain of all receipts of the account. */
  sequence: Sequence,
  /** SHA-256 of the canonical bytes of the receipt before it; null for the first. */
  previous: Hash.nullable(),
  issued: Moment,
  software: Text,
  algorithm: z.literal(SIGNATURE_ALGORITHM),
  /** Fingerprint of the public key that verifies it (receipt-key.ts). */
  key: Text,
  request: Text,
  /** The request's earlier receipts, so that none can be left out unnoticed. */
  earlier: z.array(Sequence),
  /** Keyed hash of the person's first profile id. */
  subject: Text,
  kind: z.enum(['erasure', 'access']),
  regulation: z.enum(['gdpr', 'ccpa']),
  environment: z.enum(['live', 'sandbox']),
  source: Text,
  status: ReceiptStatus,
  times: z.strictObject({
    received: Moment,
    /** The law's date: the first instant that is too late. */
    legal: Moment,
    safe: Moment,
    extension: z.strictObject({ months: z.union([z.literal(1), z.literal(2)]), reason: Text, told: Moment }).optional(),
    firstDeletion: Moment.optional(),
    /** Erased everywhere and read back absent once; of an access request: its data was made ready. */
    completed: Moment.optional(),
    verified: Moment.optional(),
  }),
  targets: z.array(
    z.strictObject({
      name: Text,
      state: z.enum(['pending', 'sent', 'confirmed', 'not_found', 'unsupported', 'failed', 'verified']),
      /** Since when. */
      at: Moment,
      reason: Text.optional(),
      removed: Counts.optional(),
      checked: Text,
      unchecked: Text.optional(),
    }),
  ),
  checks: z.array(
    z.strictObject({
      due: Moment,
      at: Moment.optional(),
      found: z.record(Text, z.enum(['absent', 'present', 'unknown'])).optional(),
    }),
  ),
  /** How often something of the person was there again after it had been read back absent. */
  resurrections: Count,
  /** What nobody could check, beside what each target says. */
  unchecked: z.array(Text),
  /** Who received data of customers (GDPR Article 19). */
  recipients: z.array(Text),
});
export type Receipt = z.output<typeof Receipt>;

/** What a receipt says that the request does not know. */
export interface ReceiptFacts {
  readonly sequence: number;
  readonly previous: string | null;
  readonly issued: Date;
  /** Name and version of what did it. */
  readonly software: string;
  /** Fingerprint of the key that will sign it. */
  readonly key: string;
  /** Names of effect targets and hosted accounts: to whom data of customers goes. */
  readonly recipients: readonly string[];
}

/** What holds of every erasure; each target says the rest of itself. */
const UNCHECKED = ["what the recipients keep, and the shop's platform of its own orders and customers"];

/** Whether a request in this status gets a receipt. */
export const hasReceipt = ({ status }: Pick<PrivacyRequest, 'status'>): boolean =>
  ReceiptStatus.safeParse(status).success;

/**
 * The receipt of a request as it stands. Pure.
 *
 * @param about what each target says of itself, by name; one that is not there any more says that.
 * @throws Error when a request of this status gets none: a mistake in the program.
 */
export const receiptOf = (
  request: PrivacyRequest,
  about: Readonly<Record<string, Target['about']>>,
  facts: ReceiptFacts,
): Receipt => {
  const { received, legal, safe, extension, kind, targets } = request;
  const names = Object.keys(targets).sort();
  const content = canonicalJson({
    format: RECEIPT_FORMAT,
    version: RECEIPT_VERSION,
    sequence: facts.sequence,
    previous: facts.previous,
    issued: facts.issued.toISOString(),
    software: facts.software,
    algorithm: SIGNATURE_ALGORITHM,
    key: facts.key,
    request: request.id,
    earlier: request.receipts,
    subject: request.subject,
    kind,
    regulation: request.regulation,
    environment: request.environment,
    source: request.source,
    status: request.status,
    times: { received, legal, safe, extension, ...reached(request) },
    targets: names.map((name) => targetIn(name, request, about[name])),
    checks: request.checks,
    resurrections: request.resurrections,
    unchecked: kind === 'access' ? [] : UNCHECKED,
    recipients: [...facts.recipients].sort(),
  });
  // Read back, it is what whoever verifies it will read: without fields that are undefined.
  return Receipt.parse(JSON.parse(content));
};

/** When it came to what its receipt tells of; what is not so any more, as after a resurrection, is left out. */
const reached = ({ log, status }: PrivacyRequest) => {
  const lastOf = (wanted: string) => log.findLast((entry) => entry.status === wanted)?.at;
  return {
    firstDeletion: log.find((entry) => entry.status === 'in_progress')?.at,
    completed: status === 'partial' ? undefined : lastOf('completed'),
    verified: status === 'verified' ? lastOf('verified') : undefined,
  };
};

const targetIn = (name: string, { targets }: PrivacyRequest, about: Target['about'] | undefined) => {
  const { state, at, reason, counts } = targets[name] ?? {};
  const { checked, unchecked } = about ?? { checked: 'nothing: the software does not know this target any more' };
  return { name, state, at, reason, removed: counts, checked, unchecked };
};

/** The bytes that are signed. */
export const receiptBytes = (receipt: Receipt): Buffer => Buffer.from(canonicalJson(receipt));

/** By what the next receipt names this one. */
export const receiptHash = (receipt: Receipt): string =>
  createHash('sha256').update(receiptBytes(receipt)).digest('hex');
