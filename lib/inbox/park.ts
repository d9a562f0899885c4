import { randomUUID } from 'node:crypto';
import { type Change, type Item, type Json, type Key, StaleWriteError, type Store } from '../store/store.ts';

/** Why a message is parked. */
export type ParkReason =
  | 'unreadable'
  | 'unknown-version'
  | 'unknown-shop'
  | 'unknown-operation'
  /** The event cannot be turned into calls, such as one in another currency. */
  | 'unusable'
  /** A hosted API may have applied the call or not; repeating it could do harm. */
  | 'outcome-unknown'
  /** The API refuses the call, and always will. */
  | 'refused'
  /** A fault of ours that outlived the retries. */
  | 'unexpected'
  /** An outage lasted until the queue was about to lose the message. */
  | 'outlasted';

/** A message that can never be applied as it is. The text names no value of the message. */
export class ParkError extends Error {
  override readonly name = 'ParkError';
  readonly reason: ParkReason;

  constructor(reason: ParkReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** What is parked. */
export interface Parking {
  /** The queue's id of the message: parked twice, it is there once. */
  readonly id: string;
  readonly message: string;
  readonly reason: ParkReason;
  /** What was wrong, for people. */
  readonly error: string;
  readonly at: Date;
  /** When the message was sent, so that a second parking of it finds the first. */
  readonly sentAt: Date | undefined;
  /** Whose data the message holds, where that is known: erasure reaches it by this. */
  readonly owner: string | undefined;
  /** When it is forgotten; absent: it is kept until somebody settles it. */
  readonly expires?: Date | undefined;
}

/** A parked message as it is listed, oldest first. */
export interface Parked {
  readonly key: Key;
  readonly reason: ParkReason;
  readonly error: string;
  /** When it was parked, RFC 3339. */
  readonly at: string;
  readonly message: string;
}

/** Where parked messages live. */
export interface ParkDeps {
  readonly store: Store;
  readonly accountId: number;
}

/** Characters of a message in one item: at three bytes each they fit (LIMITS.itemBytes) even if nothing compresses. */
const PART = 100_000;

const partition = (accountId: number): string => `${accountId}/parked`;

/** Puts a message aside with its reason. Parking the same message again changes nothing. */
export const park = async (parking: Parking, { store, accountId }: ParkDeps): Promise<void> => {
  const { id, message, reason, error, at, sentAt, owner, expires } = parking;
  const sort = `${(sentAt ?? at).toISOString()}/${id || randomUUID()}`;
  const put = (key: Key, data: Json): Change => ({
    put: { key, data, ...(owner !== undefined && { owner }), ...(expires && { expires }) },
    expect: 'absent',
  });
  const rest = Array.from({ length: Math.max(0, Math.ceil(message.length / PART) - 1) }, (_, index) =>
    put(partKey(accountId, sort, index + 1), { message: message.slice((index + 1) * PART, (index + 2) * PART) }),
  );
  const entry = { message: message.slice(0, PART), parts: rest.length + 1, reason, error, at: at.toISOString() };
  const key = { partition: partition(accountId), sort };
  try {
    // After a crash here the message is delivered again and found parked.
    await store.write([put(key, entry), ...rest], randomUUID());
  } catch (fault) {
    const [parked] = fault instanceof StaleWriteError ? await store.get([key]) : [];
    if (!parked) throw fault;
  }
};

const partKey = (accountId: number, sort: string, part: number): Key => ({
  partition: `${partition(accountId)}/${sort}`,
  sort: String(part),
});

interface Entry {
  readonly message: string;
  readonly parts: number;
  readonly reason: ParkReason;
  readonly error: string;
  readonly at: string;
}

/** Everything that is parked, oldest message first. */
export async function* listParked({ store, accountId }: ParkDeps): AsyncGenerator<Parked> {
  let from: string | undefined;
  do {
    const page = await store.query('items', { partition: partition(accountId), ...(from !== undefined && { from }) });
    for (const item of page.items) yield await whole(item, store, accountId);
    from = page.next;
  } while (from !== undefined);
}

const whole = async ({ key, data }: Item, store: Store, accountId: number): Promise<Parked> => {
  const { message, parts, reason, error, at } = data as unknown as Entry;
  const keys = Array.from({ length: parts - 1 }, (_, index) => partKey(accountId, key.sort, index + 1));
  const rest = keys.length === 0 ? [] : await store.get(keys);
  const texts = rest.map((item) => (item?.data as { message: string } | undefined)?.message ?? '');
  return { key, reason, error, at, message: [message, ...texts].join('') };
};
