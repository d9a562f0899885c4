import { everyDue } from '../store/every.ts';
import type { Store } from '../store/store.ts';
import type { ProfileRecord, Records } from './records.ts';

/**
 * The ids of an environment's profiles that begin so, page by page: it looks at every profile of the environment. One that
 * was made a moment ago may be missing.
 */
export async function* profileIdsWith(
  prefix: string,
  { profiles: list }: Pick<Records, 'profiles'>,
  { store, now }: { readonly store: Store; now(): Date },
): AsyncGenerator<string> {
  for await (const keys of everyDue(store, list, now())) {
    const items = keys.length === 0 ? [] : await store.get(keys);
    for (const item of items) {
      const id = item && (item.data as unknown as ProfileRecord).integrationId;
      if (id?.startsWith(prefix)) yield id;
    }
  }
}
