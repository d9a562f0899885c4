import { everyOwned } from '../store/every.ts';
import type { Item, Store } from '../store/store.ts';
import type { SessionRecord } from './records.ts';

/** What belongs to somebody, as far as it can be dealt with at once. */
export interface Owned {
  readonly items: readonly Item[];
  /** Whether that is all. */
  readonly complete: boolean;
}

/** Nothing, and that is all. */
export const NOTHING_OWNED: Owned = { items: [], complete: true };

/** How many items are looked at together: no write takes more, with the guard and the profile. */
export const AT_ONCE = 89;

/**
 * The items of some owners, and what belongs to one of these in turn (events of a session from before it had a profile).
 * What belongs to an item comes before it, or the item does not come yet: what is left can always be found.
 */
export const ownedItems = async (owners: readonly string[], store: Store): Promise<Owned> => {
  const items: Item[] = [];
  for (const owner of owners) {
    for await (const item of listed(owner, store)) {
      if (ownsOthers(item)) {
        for await (const dependent of listed(item.key.partition, store)) {
          if (items.length >= AT_ONCE) return { items, complete: false };
          items.push(dependent);
        }
      }
      if (items.length >= AT_ONCE) return { items, complete: false };
      items.push(item);
    }
  }
  return { items, complete: true };
};

/** Sessions alone own others, and say so: asking each of them would be a round trip an item. */
const ownsOthers = ({ data }: Item): boolean => (data as Partial<SessionRecord> | null)?.ownsEvents === true;

/** The store lists by owner late: an item is owned only if it says so itself. */
const listed = (owner: string, store: Store): AsyncGenerator<Item> => everyOwned(store, owner, AT_ONCE);
