import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withId } from '../../../lib/promotions/canonical.ts';
import { publish } from '../../../lib/promotions/publish.ts';
import type { Snapshot } from '../../../lib/promotions/snapshot.ts';
import { snapshotReader } from '../../../lib/promotions/snapshot-reader.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import type { Key, Store } from '../../../lib/store/store.ts';

const snapshot = (name: string): Snapshot =>
  withId({
    accountId: 1,
    applications: [],
    campaigns: [],
    audiences: [{ id: 1, name }],
    attributes: [],
    additionalCosts: [],
  });

let store: Store;
/** What was read, by the first part of the sort key. */
let reads: string[];
let fails: boolean;
let clock: number;
let reader: ReturnType<typeof snapshotReader>;

beforeEach(() => {
  store = openSqliteStore(':memory:');
  reads = [];
  fails = false;
  clock = 1_000_000;
  const counting = Object.assign(Object.create(store) as Store, {
    get: async (keys: readonly Key[]) => {
      reads.push(...keys.map(({ sort }) => sort.split('/')[0] as string));
      if (fails) throw new Error('store is down');
      return store.get(keys);
    },
  });
  reader = snapshotReader(counting, 1, () => new Date(clock));
});
afterEach(() => store.close());

const put = (name: string) => publish(store, snapshot(name), randomUUID, () => new Date(clock));
const nameNow = async () => (await reader.current())?.audiences[0]?.name;

describe('the pointer', () => {
  test('is taken from memory for 10 seconds, and no longer', async () => {
    await put('A');
    expect(await nameNow()).toBe('A');
    await put('B');
    clock += 9_999;
    expect(await nameNow()).toBe('A');
    clock += 1;
    expect(await nameNow()).toBe('B');
    expect(reads).toEqual(['pointer', 'chunk', 'pointer', 'chunk']);
  });

  test('is read again when the clock went back', async () => {
    await put('A');
    await nameNow();
    await put('B');
    clock -= 1;
    expect(await nameNow()).toBe('B');
  });

  test('that is not there is looked for again after 10 seconds', async () => {
    expect(await nameNow()).toBeUndefined();
    await put('A');
    expect(await nameNow()).toBeUndefined();
    clock += 10_000;
    expect(await nameNow()).toBe('A');
  });
});

describe('snapshots', () => {
  test('are read once, and stay the same object', async () => {
    await put('A');
    const first = await reader.current();
    clock += 10_000;
    expect(await reader.current()).toBe(first);
    expect(await reader.byId(snapshot('A').id)).toBe(first);
    expect(reads).toEqual(['pointer', 'chunk', 'pointer']);
  });

  test('of any time are found by id', async () => {
    await put('A');
    await put('B');
    expect((await reader.byId(snapshot('A').id))?.audiences[0]?.name).toBe('A');
    expect(reads).toEqual(['snapshot', 'chunk']);
  });

  test('that are unknown are looked for again', async () => {
    expect(await reader.byId(snapshot('A').id)).toBeUndefined();
    await put('A');
    expect(await reader.byId(snapshot('A').id)).toMatchObject(snapshot('A'));
  });

  test('are kept in small number: the one not used for longest goes first', async () => {
    for (const name of ['A', 'B', 'C', 'D', 'E']) await put(name);
    const load = (name: string) => reader.byId(snapshot(name).id);
    for (const name of ['A', 'B', 'C', 'D']) await load(name);
    await load('A');
    await load('E');
    reads = [];
    for (const name of ['A', 'C', 'D', 'E']) await load(name);
    expect(reads).toEqual([]);
    await load('B');
    expect(reads).toEqual(['snapshot', 'chunk']);
  });
});

test('who asks at the same time shares one read', async () => {
  await put('A');
  const all = await Promise.all(Array.from({ length: 50 }, () => reader.current()));
  expect(new Set(all).size).toBe(1);
  expect(reads).toEqual(['pointer', 'chunk']);
});

test('a read under way is shared however long it takes', async () => {
  await put('A');
  const early = reader.current();
  clock += 60_000;
  const late = reader.current();
  expect(await late).toBe(await early);
  expect(reads).toEqual(['pointer', 'chunk']);
});

test('a failure reaches who asked, and is forgotten', async () => {
  await put('A');
  fails = true;
  await expect(reader.current()).rejects.toThrow('store is down');
  await expect(reader.byId(snapshot('A').id)).rejects.toThrow('store is down');
  fails = false;
  expect(await nameNow()).toBe('A');
});

test('a failure to read the parts is forgotten as well', async () => {
  await put('A');
  fails = false;
  const once = reader.current();
  fails = true;
  await expect(once).rejects.toThrow('store is down');
  fails = false;
  expect(await nameNow()).toBe('A');
});
