import { everyItem } from '../store/every.ts';
import { type Item, type Json, type Key, StaleWriteError } from '../store/store.ts';
import { hasReceipt, type Receipt, receiptBytes, receiptHash, receiptOf } from './receipt.ts';
import type { ReceiptKey } from './receipt-key.ts';
import { changeRequest, type Decide, type Decision, type RegisterDeps } from './register.ts';
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
const receiptKeyOf = (accountId: number, sequence: number): Key => ({
  partition: partitionOf(accountId),
  sort: String(sequence).padStart(DIGITS, PADDING),
});

const signedIn = (item: Item): SignedReceipt => item.data as unknown as SignedReceipt;

/** Whether a change of a request calls for a receipt: it came to a state that has one. */
export const isReceiptDue = (before: PrivacyRequest, after: PrivacyRequest): boolean =>
  hasReceipt(after) && after.status !== before.status;

/** How often an issue is begun again because others issued too. */
const ATTEMPTS = 20;

/**
 * Changes a request as `changeRequest` does, and issues the receipt that the change calls for, in the same write: there is
 * no state without its receipt, no receipt without its state, and one chain however many issue at the same time.
 *
 * @throws what `decide` throws; StaleWriteError when others were faster time and again. Then nothing is changed.
 */
export const changeWithReceipt = async (
  id: string,
  decide: Decide,
  deps: ReceiptDeps,
): Promise<PrivacyRequest | undefined> => {
  const decideAndIssue: Decide = async (request) => {
    const decided = await decide(request);
    return decided && isReceiptDue(request, decided.request) ? withReceipt(decided, deps) : decided;
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await changeRequest(id, decideAndIssue, deps);
    } catch (error) {
      if (!isHeadMoved(error) || attempt >= ATTEMPTS) throw error;
    }
  }
};

const isHeadMoved = (error: unknown): boolean =>
  error instanceof StaleWriteError && error.keys.some(({ sort }) => sort === headKey(0).sort);

const withReceipt = async ({ request, beside = [] }: Decision, deps: ReceiptDeps): Promise<Decision> => {
  const { store, accountId, key, about, recipients } = deps;
  const [item] = await store.get([headKey(accountId)]);
  const last = item?.data as unknown as Head | undefined;
  const sequence = (last?.sequence ?? 0) + 1;
  const receipt = receiptOf(request, about, {
    sequence,
    previous: last?.hash ?? null,
    issued: deps.now(),
    software: SOFTWARE,
    key: key.publicKey.fingerprint,
    recipients,
  });
  const signed: SignedReceipt = { receipt, signature: key.sign(receiptBytes(receipt)) };
  const head: Head = { sequence, hash: receiptHash(receipt) };
  return {
    request: { ...request, receipts: [...request.receipts, sequence] },
    beside: [
      ...beside,
      { put: { key: receiptKeyOf(accountId, sequence), data: signed as unknown as Json }, expect: 'absent' },
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
  const items = await store.get(sequences.map((sequence) => receiptKeyOf(accountId, sequence)));
  return items.flatMap((item) => (item ? [signedIn(item)] : []));
};

/** All receipts, in the order of the chain. */
export async function* listReceipts({ store, accountId }: RegisterDeps): AsyncGenerator<SignedReceipt> {
  const query = { partition: partitionOf(accountId), prefix: PADDING };
  for await (const item of everyItem(store, query)) yield signedIn(item);
}
