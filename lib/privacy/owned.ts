import { everyOwned } from '../store/every.ts';
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
    for await (const item of everyOwned(deps.store, owner)) {
      yield item;
      if (item.key.partition !== owner) yield* everyOwned(deps.store, item.key.partition);
    }
  }
}

/** Whether any item still says that it is the person's. */
export const isAnythingOwned = async (person: Person, deps: OwnedDeps): Promise<boolean> => {
  for await (const _ of ownedItems(person, deps)) return true;
  return false;
};
