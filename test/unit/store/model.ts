// A store as a Map: what any sequence of writes must come to. The suite runs it beside the real ones.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import {
  type Change,
  type Counts,
  type Due,
  type Expectation,
  type Item,
  type Json,
  type Key,
  keyText,
  StaleWriteError,
  type Store,
} from '../../../lib/store/store.ts';

interface Entry {
  readonly key: Key;
  readonly version: number;
  readonly data: Json;
  readonly counts: Counts;
  readonly owner?: string | undefined;
  readonly due?: Due | undefined;
  readonly expires?: Date | undefined;
}

type Refusal = { readonly stale: readonly string[] } | 'mixed';

class Model {
  readonly entries = new Map<string, Entry>();
  now = new Date('2026-01-01T00:00:00Z');

  live(key: Key): Entry | undefined {
    const entry = this.entries.get(keyText(key));
    return entry?.expires && entry.expires <= this.now ? undefined : entry;
  }

  write(changes: readonly Change[]): Refusal | undefined {
    if (changes.some((change) => 'add' in change && (this.live(change.add)?.version ?? 0) > 0)) return 'mixed';
    const stale = changes.filter((change) => !this.#isMet(change)).map((change) => keyText(keyOf(change)));
    if (stale.length > 0) return { stale };
    for (const change of changes) this.#apply(change);
    return undefined;
  }

  #isMet(change: Change): boolean {
    const entry = this.live(keyOf(change));
    if ('add' in change) {
      const counts = entry?.counts ?? {};
      return Object.entries(change.atMost ?? {}).every(
        ([name, most]) => (counts[name] ?? 0) + (change.by[name] ?? 0) <= most,
      );
    }
    if (change.expect === undefined) return true;
    return change.expect === 'absent' ? entry === undefined : entry?.version === change.expect;
  }

  #apply(change: Change): void {
    const name = keyText(keyOf(change));
    if ('remove' in change) this.entries.delete(name);
    if ('put' in change) {
      const version = change.expect === 'absent' ? 1 : change.expect + 1;
      this.entries.set(name, { ...change.put, version, counts: {} });
    }
    if ('add' in change) {
      const { owner, expires, counts = {} } = this.live(change.add) ?? {};
      const sums = Object.entries(change.by).map(([count, by]) => [count, (counts[count] ?? 0) + by]);
      this.entries.set(name, {
        key: change.add,
        version: 0,
        data: null,
        counts: { ...counts, ...Object.fromEntries(sums) },
        owner: change.owner ?? owner,
        expires: change.expires ?? expires,
      });
    }
  }
}

const keyOf = (change: Change): Key =>
  'put' in change ? change.put.key : 'remove' in change ? change.remove : 'add' in change ? change.add : change.check;

/** What a change of a random run can see when its turn comes. */
interface World {
  readonly model: Model;
  readonly keys: readonly [Key, Key, Key, Key];
  /** Makes names of owners and lists this run's own. */
  readonly own: (name: string) => string;
}

interface Draft {
  readonly key: number;
  readonly toChange: (world: World) => Change;
  readonly [fc.toStringMethod]: () => string;
}

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const key = fc.nat({ max: 3 });
const expectation = fc.constantFrom('right', 'right', 'right', 'absent', 1, 2);
const owner = option(fc.constantFrom('ann', 'bob'));
const seconds = option(fc.nat({ max: 4 }));
const counts = fc.dictionary(fc.constantFrom('x', 'y'), fc.integer({ min: -3, max: 3 }), { maxKeys: 2 });
/** Through JSON once: it knows no -0. */
const data = fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value)));

const keyAt = ({ keys }: World, index: number): Key => keys[index] ?? keys[0];

/** An expectation; `right` is whatever a fresh read would have said. */
const expected = (world: World, index: number, wanted: string | number) => {
  if (wanted !== 'right') return wanted as Expectation;
  return world.model.live(keyAt(world, index))?.version || 'absent';
};

const after = ({ model }: World, passed: number): Date => new Date(model.now.getTime() + passed * 1000);

/** A change to be made when its turn comes; fast-check shows it by what it was made from. */
const drafted = <S extends { readonly key: number }>(
  kind: string,
  specs: fc.Arbitrary<S>,
  toChange: (world: World, spec: S) => Change,
): fc.Arbitrary<Draft> =>
  specs.map((spec) => ({
    key: spec.key,
    toChange: (world) => toChange(world, spec),
    [fc.toStringMethod]: () => `${kind} ${JSON.stringify(spec)}`,
  }));

const put = drafted(
  'put',
  fc.record({ key, expectation, owner, due: seconds, lifetime: seconds, data }),
  (world, spec) => ({
    put: {
      key: keyAt(world, spec.key),
      data: spec.data,
      ...(spec.owner !== undefined && { owner: world.own(spec.owner) }),
      ...(spec.due !== undefined && { due: { list: world.own('list'), at: after(world, spec.due) } }),
      ...(spec.lifetime !== undefined && { expires: after(world, spec.lifetime) }),
    },
    expect: expected(world, spec.key, spec.expectation),
  }),
);

const add = drafted(
  'add',
  fc.record({ key, by: counts, atMost: option(counts), owner, lifetime: seconds }),
  (world, spec) => ({
    add: keyAt(world, spec.key),
    by: spec.by,
    ...(spec.atMost !== undefined && { atMost: spec.atMost }),
    ...(spec.owner !== undefined && { owner: world.own(spec.owner) }),
    ...(spec.lifetime !== undefined && { expires: after(world, spec.lifetime) }),
  }),
);

const remove = drafted('remove', fc.record({ key, expectation: option(expectation) }), (world, spec) => {
  const expect = spec.expectation === undefined ? 'absent' : expected(world, spec.key, spec.expectation);
  return { remove: keyAt(world, spec.key), ...(expect !== 'absent' && { expect }) };
});

const check = drafted('check', fc.record({ key, expectation }), (world, spec) => ({
  check: keyAt(world, spec.key),
  expect: expected(world, spec.key, spec.expectation),
}));

const change = fc.oneof(
  { weight: 4, arbitrary: put },
  { weight: 4, arbitrary: add },
  { weight: 2, arbitrary: remove },
  { weight: 1, arbitrary: check },
);

type Step =
  | { readonly write: readonly Draft[] }
  /** The write before once more, as after a lost reply. */
  | { readonly again: true }
  | { readonly pass: number };

/** A run: writes of up to three keys, repetitions, passing time. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        write: fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: (draft) => draft.key }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ again: fc.constant(true as const) }) },
    { weight: 2, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 3 }) }) },
  ),
  { minLength: 5, maxLength: 25 },
);

const refusalOf = async (write: Promise<void>): Promise<Refusal | undefined> => {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (error instanceof StaleWriteError) return { stale: error.keys.map(keyText) };
    if (error instanceof Error && error.message.startsWith('add to an item that holds data')) return 'mixed';
    throw error;
  }
};

const seen = (item: Item | Entry | undefined) =>
  item && {
    version: item.version,
    data: item.data,
    counts: item.counts,
    owner: item.owner,
    due: item.due,
    expires: item.expires,
  };

/** Runs the steps on the store and on the model, and expects them to agree at every step and in all listings. */
export const runSteps = async (
  open: (now: () => Date) => Promise<Store>,
  run: readonly Step[],
  own: (name: string) => string,
): Promise<void> => {
  const model = new Model();
  const store = await open(() => model.now);
  const keys = [
    { partition: own('p'), sort: 'a' },
    { partition: own('p'), sort: 'b' },
    { partition: own('p'), sort: 'é😀' },
    { partition: own('q'), sort: 'a' },
  ] as const;
  const world: World = { model, keys, own };
  let last: { changes: Change[]; attempt: string } | undefined;
  for (const step of run) {
    if ('pass' in step) model.now = after(world, step.pass);
    if ('again' in step && last) expect(await refusalOf(store.write(last.changes, last.attempt))).toBeUndefined();
    if ('write' in step) {
      const changes = step.write.map((draft) => draft.toChange(world));
      const attempt = randomUUID();
      const refusal = model.write(changes);
      expect(await refusalOf(store.write(changes, attempt))).toEqual(refusal);
      last = refusal ? undefined : { changes, attempt };
    }
    if ('pass' in step) last = undefined;
    expect((await store.get(keys)).map(seen)).toEqual(keys.map((each) => seen(model.live(each))));
  }

  const live = keys.map((each) => model.live(each)).filter((entry) => entry !== undefined);
  for (const partition of [own('p'), own('q')]) {
    const { items } = await store.query('items', { partition });
    expect(items.map(seen)).toEqual(live.filter((entry) => entry.key.partition === partition).map(seen));
  }
  for (const name of ['ann', 'bob']) {
    const { items } = await store.query('byOwner', { owner: own(name) });
    expectNamed(items, live, [...model.entries.values()], (entry) => entry.owner === own(name));
  }
  const { items } = await store.query('byDue', { list: own('list'), until: after(world, 2) });
  expectNamed(items, live, [...model.entries.values()], ({ due }) => due !== undefined && due.at <= after(world, 2));
  await store.close();
};

/** An index names all that is live, and besides it at most what has expired and is stored still. */
const expectNamed = (
  named: readonly Key[],
  live: readonly Entry[],
  stored: readonly Entry[],
  isMeant: (entry: Entry) => boolean,
): void => {
  const texts = (entries: readonly Entry[]) => entries.filter(isMeant).map((entry) => keyText(entry.key));
  expect(named.map(keyText)).toEqual(expect.arrayContaining(texts(live)));
  expect(texts(stored)).toEqual(expect.arrayContaining(named.map(keyText)));
};
