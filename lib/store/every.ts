import type { Item, ItemsQuery, Key, Page, Store } from './store.ts';

/** Pages of a listing, until there are no more. */
async function* pages<T>(read: (at: { readonly from?: string }) => Promise<Page<T>>): AsyncGenerator<readonly T[]> {
  let from: string | undefined;
  do {
    const page = await read(from === undefined ? {} : { from });
    yield page.items;
    from = page.next;
  } while (from !== undefined);
}

/** Every item of a partition, in order of `sort`; read page by page while it is asked for. */
export async function* everyItem(store: Store, query: Omit<ItemsQuery, 'from'>): AsyncGenerator<Item> {
  for await (const items of pages((at) => store.query('items', { ...query, ...at }))) yield* items;
}

/**
 * Every item of an owner. The index is told late of changes, so only an item that itself says whose it is is given; on
 * DynamoDB what was written a moment ago may be missing.
 */
export async function* everyOwned(store: Store, owner: string, limit?: number): AsyncGenerator<Item> {
  const query = { owner, ...(limit !== undefined && { limit }) };
  for await (const keys of pages<Key>((at) => store.query('byOwner', { ...query, ...at }))) {
    const items = keys.length === 0 ? [] : await store.get(keys);
    for (const item of items) if (item?.owner === owner) yield item;
  }
}

/** Keys of everything in a work list whose time has come, earliest first, by page; as late as the index is. */
export const everyDue = (store: Store, list: string, until: Date): AsyncGenerator<readonly Key[]> =>
  pages((at) => store.query('byDue', { list, until, ...at }));
