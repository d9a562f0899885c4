import { randomUUID } from 'node:crypto';
import { everyItem } from '../store/every.ts';
import { type Item, type Key, StaleWriteError, type Store } from '../store/store.ts';
import { storedMessage, storeMessage } from './stored-message.ts';

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
  /** The FIFO group that it came in: tried again, it goes there. */
  readonly group?: string | undefined;
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
  /** The FIFO group that it came in, where it had one. */
  readonly group?: string;
  /** The stored item: who removes it removes this version. */
  readonly item: Item;
}

/** Where parked messages live. */
export interface ParkDeps {
  readonly store: Store;
  readonly accountId: number;
}

const partition = (accountId: number): string => `${accountId}/parked`;

/** Where a message of this id is parked. */
export const parkedKey = (accountId: number, id: string, sentAt: Date): Key => ({
  partition: partition(accountId),
  sort: `${sentAt.toISOString()}/${id}`,
});

/** Puts a message aside with its reason. Parking the same message again changes nothing. */
export const park = async (parking: Parking, { store, accountId }: ParkDeps): Promise<void> => {
  const { id, message, reason, error, at, sentAt, group, owner, expires } = parking;
  const key = parkedKey(accountId, id || randomUUID(), sentAt ?? at);
  const facts = { reason, error, at: at.toISOString(), ...(group !== undefined && { group }) };
  try {
    // After a crash here the message is delivered again and found parked.
    await store.write(storeMessage(key, { message, ...facts }, owner, expires), randomUUID());
  } catch (fault) {
    const [parked] = fault instanceof StaleWriteError ? await store.get([key]) : [];
    if (!parked) throw fault;
  }
};

/** Everything that is parked, oldest message first. */
export async function* listParked({ store, accountId }: ParkDeps): AsyncGenerator<Parked> {
  for await (const item of everyItem(store, { partition: partition(accountId) })) yield await parkedOf(item, store);
}

const parkedOf = async (item: Item, store: Store): Promise<Parked> => {
  const { reason, error, at, group } = item.data as unknown as Omit<Parked, 'key' | 'item'>;
  const message = await storedMessage(item, store);
  return { key: item.key, item, reason, error, at, message, ...(group !== undefined && { group }) };
};
