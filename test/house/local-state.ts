import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import { publishLocally, readDemoPromotions } from '../../lib/tools/publish.ts';

/** Fills a folder with the state that recorded events are made for: the demo's promotions, published, and the local key. */
export const fillState = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const store = openSqliteStore(join(folder, 'state.db'));
  try {
    await publishLocally(store, await readDemoPromotions());
  } finally {
    await store.close();
  }
};
