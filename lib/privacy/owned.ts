import type { Item, Store } from '../store/store.ts';
import { type Naming, ownerOfProfile, type Person } from './person.ts';

/** What looking for a person's items needs. */
export interface OwnedDeps extends Naming {
  readonly store: Store;
}

/** The texts by which items of a person are found: what a profile did, and its codes (lib/engine/records.ts `walletOf`). */
export const ownersOf = ({ environment, profiles }: Person, naming: Naming): string[] =>
  profiles.flatMap((profile) => {
    const owner = ownerOfProfile(environment, profile, naming);
    return [owner, `${owner}/wallet`];
  });

/** Every item that says that it is the person's, or belongs to one that is: events of a session from before it had a profile. */
export async function* ownedItems(person: Person, deps: OwnedDeps): AsyncGenerator<Item> {
  for (const owner of ownersOf(person, deps)) {
    for await (const item of itemsOf(owner, deps)) {
      yield item;
      if (item.key.partition !== owner) yield* itemsOf(item.key.partition, deps);
    }
  }
}

/** The list is told late of changes: only the item itself says whose it is. */
async function* itemsOf(owner: string, { store }: OwnedDeps): AsyncGenerator<Item> {
  let from: string | undefined;
  do {
    const page = await store.query('byOwner', { owner, ...(from !== undefined && { from }) });
    const items = page.items.length === 0 ? [] : await store.get(page.items);
    for (const item of items) if (item?.owner === owner) yield item;
    from = page.next;
  } while (from !== undefined);
}

/** Whether any item still says that it is the person's. */
export const isAnythingOwned = async (person: Person, deps: OwnedDeps): Promise<boolean> => {
  for await (const _ of ownedItems(person, deps)) return true;
  return false;
};
