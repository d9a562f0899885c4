import { randomUUID } from 'node:crypto';
import { type Change, LIMITS } from '../../store/store.ts';
import { isAnythingOwned, type OwnedDeps, ownedItems } from '../owned.ts';
import type { Target } from './target.ts';

/**
 * Everything of a person in the store, in an environment for which no promotions are published: nothing is left that
 * would need it as fact, so all of it is removed.
 */
export const storeTarget = (deps: OwnedDeps): Target => ({
  name: 'store',
  about: {
    checked: 'no item of the store names the person as its owner',
    unchecked: 'backups of the table, which point-in-time recovery keeps for up to 35 days',
  },
  erase: async (person) => {
    let removed = 0;
    let changes: Change[] = [];
    const flush = async (): Promise<void> => {
      // After a crash here the next call removes the rest.
      if (changes.length > 0) await deps.store.write(changes, randomUUID());
      removed += changes.length;
      changes = [];
    };
    for await (const { key } of ownedItems(person, deps)) {
      changes.push({ remove: key });
      if (changes.length === LIMITS.changesPerWrite) await flush();
    }
    await flush();
    return removed === 0 ? { outcome: 'not_found' } : { outcome: 'confirmed', counts: { items: removed } };
  },
  check: async (person) => ((await isAnythingOwned(person, deps)) ? 'present' : 'absent'),
});
