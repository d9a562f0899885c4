import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../lib/contract/canonical-json.ts';
import { withId } from '../../../lib/promotions/canonical.ts';
import { CHUNK_BYTES, publish } from '../../../lib/promotions/publish.ts';
import type { CouponDefinition, Snapshot } from '../../../lib/promotions/snapshot.ts';
import { loadSnapshot } from '../../../lib/promotions/snapshot-store.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import type { Change, Item, Key, Store } from '../../../lib/store/store.ts';

const snapshot = (name: string, coupons: readonly CouponDefinition[] = [], accountId = 1): Snapshot =>
  withId({
    accountId,
    applications: [],
    campaigns: [
      {
        id: 1,
        applicationId: 1,
        name,
        description: 'für 5 €, 😀',
        state: 'enabled',
        features: [],
        tags: [],
        limits: [],
        coupons,
        rulesetId: 1,
        rules: [],
      },
    ],
    audiences: [],
    attributes: [],
    additionalCosts: [],
  });

const NOW = '2026-06-01T12:00:00.000Z';
const now = () => new Date(NOW);
/** As it is read back. */
const published = (snapshot: Snapshot): Snapshot => ({ ...snapshot, published: NOW });

const manyCoupons = (count: number): CouponDefinition[] =>
  Array.from({ length: count }, (_none, id) => ({
    id,
    value: `€😀${randomBytes(48).toString('base64')}`,
    usageLimit: 1,
  }));

/** A store that counts, and lets something happen before a write. */
const watched = (store: Store) => {
  const writes: (readonly Change[])[] = [];
  let before = async (_changes: readonly Change[]): Promise<void> => {};
  const watching = Object.assign(Object.create(store) as Store, {
    get: (keys: readonly Key[]): Promise<(Item | undefined)[]> => store.get(keys),
    write: async (changes: readonly Change[], attempt: string) => {
      await before(changes);
      await store.write(changes, attempt);
      writes.push(changes);
    },
  });
  return {
    store: watching,
    writes,
    beforeWrite: (act: typeof before) => {
      before = act;
    },
  };
};

let store: Store;
beforeEach(() => {
  store = openSqliteStore(':memory:');
});
afterEach(() => store.close());

const sortsOf = async (): Promise<string[]> =>
  (await store.query('items', { partition: '1/promotions' })).items.map(({ key }) => key.sort);

describe('what is published is read back', () => {
  test('whole, by the pointer and by its id', async () => {
    const summer = snapshot('Summer');
    await publish(store, summer, randomUUID, now);
    expect(await loadSnapshot(store, 1)).toEqual(published(summer));
    expect(await loadSnapshot(store, 1, summer.id)).toEqual(published(summer));
  });

  test('nothing published: nothing to read', async () => {
    expect(await loadSnapshot(store, 1)).toBeUndefined();
    expect(await loadSnapshot(store, 1, 'unknown')).toBeUndefined();
  });

  test('in parts within the size of an item, cut between characters', async () => {
    const large = snapshot('Large', manyCoupons(30_000));
    await publish(store, large, randomUUID, now);
    const { items } = await store.query('items', { partition: '1/promotions', prefix: 'chunk/' });
    const { id: _id, ...content } = large;
    expect(items.length).toBe(Math.ceil(Buffer.byteLength(canonicalJson(content)) / CHUNK_BYTES));
    expect(items.length).toBeGreaterThan(10);
    for (const { data } of items) {
      expect(Buffer.byteLength(data as string)).toBeLessThanOrEqual(CHUNK_BYTES);
      expect(data).not.toContain('\u{fffd}');
    }
    expect(await loadSnapshot(store, 1)).toEqual(published(large));
  });

  test('accounts do not see each other', async () => {
    await publish(store, snapshot('A', [], 1), randomUUID, now);
    await publish(store, snapshot('B', [], 2), randomUUID, now);
    expect((await loadSnapshot(store, 1))?.campaigns[0]?.name).toBe('A');
    expect((await loadSnapshot(store, 2))?.campaigns[0]?.name).toBe('B');
  });
});

test('publishing replaces, and publishing an earlier file reverts', async () => {
  const [summer, winter] = [snapshot('Summer'), snapshot('Winter')];
  await publish(store, summer, randomUUID, now);
  await publish(store, winter, randomUUID, now);
  expect((await loadSnapshot(store, 1))?.id).toBe(winter.id);
  expect(await loadSnapshot(store, 1, summer.id)).toEqual(published(summer));
  const { store: watching, writes } = watched(store);
  await publish(watching, summer, randomUUID, now);
  expect((await loadSnapshot(store, 1))?.id).toBe(summer.id);
  expect(writes.map((changes) => changes.length)).toEqual([1]);
});

test('a snapshot keeps the time of its first publishing', async () => {
  const [summer, winter] = [snapshot('Summer'), snapshot('Winter')];
  await publish(store, summer, randomUUID, now);
  await publish(store, winter, randomUUID, () => new Date('2027-01-01T00:00:00Z'));
  expect((await loadSnapshot(store, 1))?.published).toBe('2027-01-01T00:00:00.000Z');
  const again = (await loadSnapshot(store, 1, summer.id)) as Snapshot;
  await publish(store, again, randomUUID, () => new Date('2028-01-01T00:00:00Z'));
  expect(await loadSnapshot(store, 1)).toEqual(published(summer));
});

test('publishing the same again writes nothing', async () => {
  await publish(store, snapshot('Summer'), randomUUID, now);
  const { store: watching, writes } = watched(store);
  await publish(watching, snapshot('Summer'), randomUUID, now);
  expect(writes).toEqual([]);
});

test('equal parts are stored once', async () => {
  const large = snapshot('Large', manyCoupons(10_000));
  await publish(store, large, randomUUID, now);
  const parts = (await sortsOf()).filter((sort) => sort.startsWith('chunk/')).length;
  // Only the name at the end differs, so only the last part does.
  await publish(
    store,
    withId({ ...withoutId(large), campaigns: large.campaigns.map((c) => ({ ...c, name: 'Lorge' })) }),
    randomUUID,
    now,
  );
  expect((await sortsOf()).filter((sort) => sort.startsWith('chunk/')).length).toBe(parts + 1);
});

const withoutId = ({ id: _id, ...content }: Snapshot): Omit<Snapshot, 'id'> => content;

test('a snapshot is in force only when all of it is stored', async () => {
  const large = snapshot('Large', manyCoupons(30_000));
  const small = snapshot('Small');
  await publish(store, small, randomUUID, now);
  for (let crash = 0; ; crash += 1) {
    let writes = 0;
    const { store: watching, beforeWrite } = watched(store);
    beforeWrite(async () => {
      if (writes++ === 1) throw new Error('crash');
    });
    const crashed = await publish(watching, large, randomUUID, now).then(
      () => false,
      () => true,
    );
    if (!crashed) break;
    expect(await loadSnapshot(store, 1)).toEqual(published(small));
    expect(crash).toBeLessThan(10);
  }
  expect(await loadSnapshot(store, 1)).toEqual(published(large));
});

describe('two publish at the same time', () => {
  test('both succeed, and one of them is in force, whole', async () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    await Promise.all(names.map((name) => publish(store, snapshot(name), randomUUID, now)));
    const current = await loadSnapshot(store, 1);
    expect(names).toContain(current?.campaigns[0]?.name);
    for (const name of names)
      expect(await loadSnapshot(store, 1, snapshot(name).id)).toEqual(published(snapshot(name)));
  });

  test('who finds the pointer moved reads it again and moves it', async () => {
    const { store: watching, beforeWrite } = watched(store);
    let interfered = false;
    beforeWrite(async ([change]) => {
      if (interfered || !change || !('put' in change) || change.put.key.sort !== 'pointer') return;
      interfered = true;
      await publish(store, snapshot('Other'), randomUUID, now);
    });
    await publish(watching, snapshot('Mine'), randomUUID, now);
    expect(interfered).toBe(true);
    expect((await loadSnapshot(store, 1))?.campaigns[0]?.name).toBe('Mine');
  });

  test('the same content twice is stored once', async () => {
    const { store: watching, beforeWrite } = watched(store);
    let interfered = false;
    beforeWrite(async () => {
      if (interfered) return;
      interfered = true;
      await publish(store, snapshot('Same'), randomUUID, now);
    });
    await publish(watching, snapshot('Same'), randomUUID, now);
    expect(await sortsOf()).toHaveLength(3);
  });
});

test('a snapshot whose id is not that of its content is not published', async () => {
  await expect(publish(store, { ...snapshot('Summer'), id: 'mine' }, randomUUID, now)).rejects.toThrow(
    'does not have the content',
  );
  expect(await sortsOf()).toEqual([]);
});

test.each([
  ['missing', (key: Key): Change => ({ remove: key })],
  ['altered', (key: Key): Change => ({ put: { key, data: '{}' }, expect: 1 })],
])('a part that is %s is noticed', async (_how, damage) => {
  await publish(store, snapshot('Summer'), randomUUID, now);
  const [chunk] = (await store.query('items', { partition: '1/promotions', prefix: 'chunk/' })).items;
  await store.write([damage((chunk as Item).key)], randomUUID());
  await expect(loadSnapshot(store, 1)).rejects.toThrow(/are damaged$/);
});
