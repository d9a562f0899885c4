import { everyItem } from '../store/every.ts';
import type { Change, Item, Json, Key, Store } from '../store/store.ts';
import type { Delivery } from './delivery.ts';
import { OUTBOX_LIST, outboxPartition, type Publication } from './outbox.ts';

/** A publication that was not delivered yet. */
export interface Waiting {
  readonly key: Key;
  readonly publication: Publication;
  /** What became of the attempts to deliver it; absent before one failed. */
  readonly delivery?: Delivery;
}

/** Reads an item of the outbox. */
export const waitingIn = ({ key, data }: Item): Waiting => {
  const { delivery, ...publication } = data as unknown as Publication & { readonly delivery?: Delivery };
  return { key, publication, ...(delivery && { delivery }) };
};

/**
 * A change that notes what became of it, if nothing else has happened to it meanwhile.
 *
 * @param due when the sweep is to bring it up again; undefined: never by itself.
 */
export const waitingChange = (item: Item, delivery: Delivery | undefined, due: Date | undefined): Change => {
  const { key, publication } = waitingIn(item);
  const put = {
    key,
    data: { ...publication, ...(delivery && { delivery }) } as unknown as Json,
    ...(item.owner !== undefined && { owner: item.owner }),
    ...(due && { due: { list: OUTBOX_LIST, at: due } }),
  };
  return { put, expect: item.version };
};

/** Everything that waits in the outbox, with what became of its attempts; in no promised order. */
export async function* listOutbox(store: Store, accountId: number): AsyncGenerator<Item> {
  yield* everyItem(store, { partition: outboxPartition(accountId) });
}
