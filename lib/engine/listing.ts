import type { Item, Key, Page, Store } from '../store/store.ts';

/** Items that are found by listing them: a part of a partition, all of an owner, or all of a list in order of time. */
export interface Listing {
  readonly of:
    | { readonly partition: string; readonly prefix: string }
    | { readonly owner: string }
    | { readonly list: string; readonly until: Date };
  /** Which of them to have at hand. */
  keep(item: Item): boolean;
}

/** The items that are kept. Owners and lists are listed late on DynamoDB: what was written a moment ago may be missing. */
export const listed = async ({ of, keep }: Listing, store: Store): Promise<Item[]> => {
  const kept: Item[] = [];
  let from: string | undefined;
  do {
    const page = await pageOf(of, from === undefined ? {} : { from }, store);
    kept.push(...page.items.filter(keep));
    from = page.next;
  } while (from !== undefined);
  return kept;
};

const pageOf = async (of: Listing['of'], at: { readonly from?: string }, store: Store): Promise<Page<Item>> => {
  if ('partition' in of) return store.query('items', { ...of, ...at });
  if ('owner' in of) {
    const page = await store.query('byOwner', { ...of, ...at });
    const items = await itemsAt(page, store);
    // What has changed hands since it was listed is no longer theirs.
    return { ...page, items: items.filter(({ owner }) => owner === of.owner) };
  }
  const page = await store.query('byDue', { ...of, ...at });
  return { ...page, items: await itemsAt(page, store) };
};

const itemsAt = async ({ items: keys }: Page<Key>, store: Store): Promise<Item[]> =>
  keys.length === 0 ? [] : (await store.get(keys)).filter((item) => item !== undefined);
