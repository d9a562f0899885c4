import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyItem, LOCAL_KEY } from '../lambda/authenticate.ts';
import { readPromotions } from '../promotions/file.ts';
import { publish } from '../promotions/publish.ts';
import type { Snapshot } from '../promotions/snapshot.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';

const DEMO_PROMOTIONS = 'events/demo/promotions.yaml';

/** The promotions that `npm start` publishes. @throws RuleError when the file is refused. */
export const readDemoPromotions = async (): Promise<Snapshot> =>
  readPromotions(await readFile(DEMO_PROMOTIONS, 'utf8'), DEMO_PROMOTIONS);

/** Fills a folder with the state of a local stack: the demo's promotions, published, and the local key. */
export const fillState = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const store = openSqliteStore(join(folder, 'state.db'));
  try {
    await publishLocally(store, await readDemoPromotions());
  } finally {
    await store.close();
  }
};

/** Publishes promotions to a local store, with the fixed key of the local stage for their first Application. */
const publishLocally = async (store: Store, snapshot: Snapshot): Promise<void> => {
  await publish(store, snapshot, randomUUID);
  const application = snapshot.applications[0]?.id ?? 1;
  await publishKey(store, snapshot.accountId, application);
};

const publishKey = async (store: Store, accountId: number, application: number): Promise<void> => {
  const item = keyItem(LOCAL_KEY, accountId, { application, title: 'local' });
  const [stored] = await store.get([item.key]);
  if (!stored) await store.write([{ put: item, expect: 'absent' }], randomUUID());
};
