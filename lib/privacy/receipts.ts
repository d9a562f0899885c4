import type { Item, Json, Key } from '../store/store.ts';
import type { Issued } from './move.ts';
import { type Receipt, receiptBytes, receiptHash, receiptOf } from './receipt.ts';
import type { ReceiptKey } from './receipt-key.ts';
import type { RegisterDeps } from './register.ts';
import type { PrivacyRequest } from './request.ts';
import type { Target } from './targets/target.ts';

/** A receipt with its signature: what is handed out. */
export interface SignedReceipt {
  readonly receipt: Receipt;
  /** Of the receipt's canonical bytes, base64url. */
  readonly signature: string;
}

/** What issuing needs. */
export interface ReceiptDeps extends RegisterDeps {
  readonly key: ReceiptKey;
  /** What each target says of itself, by name. */
  readonly about: Readonly<Record<string, Target['about']>>;
  /** Names of effect targets and hosted accounts: to whom data of customers goes. */
  readonly recipients: readonly string[];
  now(): Date;
}

/** What stands in receipts as their maker: name and version of package.json. */
export const SOFTWARE = 'promotion-functions 0.1.0';

/** The end of the chain. */
interface Head {
  readonly sequence: number;
  readonly hash: string;
}

const DIGITS = 12;

/** All numbers of so many digits that anybody will ever reach begin with it, and the head does not. */
const PADDING = '0';

const partitionOf = (accountId: number): string => `${accountId}/privacy/receipts`;
const headKey = (accountId: number): Key => ({ partition: partitionOf(accountId), sort: 'head' });
const placeOf = (accountId: number, sequence: number): Key => ({
  partition: partitionOf(accountId),
  sort: String(sequence).padStart(DIGITS, PADDING),
});

const signedIn = (item: Item): SignedReceipt => item.data as unknown as SignedReceipt;

/**
 * Makes the receipt of a request as it stands, as the next of the chain. Its changes ride in the write that brings the
 * request there: there is no state without its receipt, no receipt without its state, and the write fails with
 * StaleWriteError when another receipt was issued since; it is then to be made again from here.
 */
export const issueReceipt = async (
  request: PrivacyRequest,
  { store, accountId, key, about, recipients, now }: ReceiptDeps,
): Promise<Issued> => {
  const [item] = await store.get([headKey(accountId)]);
  const last = item?.data as unknown as Head | undefined;
  const sequence = (last?.sequence ?? 0) + 1;
  const receipt = receiptOf(request, about, {
    sequence,
    previous: last?.hash ?? null,
    issued: now(),
    software: SOFTWARE,
    key: key.publicKey.fingerprint,
    recipients,
  });
  const signed: SignedReceipt = { receipt, signature: key.sign(receiptBytes(receipt)) };
  const head: Head = { sequence, hash: receiptHash(receipt) };
  return {
    sequence,
    changes: [
      { put: { key: placeOf(accountId, sequence), data: signed as unknown as Json }, expect: 'absent' },
      { put: { key: headKey(accountId), data: { ...head } }, expect: item?.version ?? 'absent' },
    ],
  };
};

/** The receipts of these numbers, in their order; what is not there is left out. At most 100. */
export const findReceipts = async (
  sequences: readonly number[],
  { store, accountId }: RegisterDeps,
): Promise<SignedReceipt[]> => {
  if (sequences.length === 0) return [];
  const items = await store.get(sequences.map((sequence) => placeOf(accountId, sequence)));
  return items.flatMap((item) => (item ? [signedIn(item)] : []));
};

/** All receipts, in the order of the chain. */
export async function* listReceipts({ store, accountId }: RegisterDeps): AsyncGenerator<SignedReceipt> {
  let from: string | undefined;
  do {
    const query = { partition: partitionOf(accountId), prefix: PADDING, ...(from !== undefined && { from }) };
    const page = await store.query('items', query);
    for (const item of page.items) yield signedIn(item);
    from = page.next;
  } while (from !== undefined);
}
