import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { LOCAL_BEARER, LOCAL_KEY } from '../lambda/authenticate.ts';
import { readPromotions } from '../promotions/file.ts';
import { publish } from '../promotions/publish.ts';
import type { Snapshot } from '../promotions/snapshot.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { keyRegister } from './key-register.ts';
import { readLocalKeySecret } from './local-secret.ts';
import { databaseIn } from './local-settings.ts';

const DEMO_PROMOTIONS = 'events/demo/promotions.yaml';

/** The promotions that `npm start` publishes. @throws RuleError when the file is refused. */
export const readDemoPromotions = async (): Promise<Snapshot> =>
  readPromotions(await readFile(DEMO_PROMOTIONS, 'utf8'), DEMO_PROMOTIONS);

/** Fills a folder with the state of a local stack: the demo's promotions, published, and the local keys. */
export const fillState = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const store = openSqliteStore(databaseIn(folder));
  try {
    await publishLocally(store, await readDemoPromotions());
  } finally {
    await store.close();
  }
};

/** Publishes promotions to a local store, with the fixed keys of the local stage for their first Application. */
const publishLocally = async (store: Store, snapshot: Snapshot): Promise<void> => {
  await publish(store, snapshot, randomUUID);
  const { accountId, applications } = snapshot;
  const now = () => new Date();
  const register = keyRegister({ store, accountId, keySecret: await readLocalKeySecret(), now, newId: randomUUID });
  const record = { application: applications[0]?.id ?? 1, title: 'local', created: now().toISOString() };
  await register.add(LOCAL_KEY, { ...record, kind: 'apiKey', signs: true });
  await register.add(LOCAL_BEARER, { ...record, kind: 'bearer' });
};
