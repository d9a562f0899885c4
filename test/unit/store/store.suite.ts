import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Change,
  type DueQuery,
  type Item,
  type ItemsQuery,
  ItemTooLargeError,
  type Json,
  type Key,
  keyText,
  type OwnerQuery,
  type Page,
  StaleWriteError,
  type Store,
} from '../../../lib/store/store.ts';
import { runSteps, steps } from './model.ts';

export interface SuiteOptions {
  /** Opens a store on the injected clock. Stores may share what is beneath: every test uses names of its own. */
  readonly open: (now: () => Date) => Promise<Store>;
  /** Runs of the random comparison with the model. */
  readonly runs: number;
}

/** The promises that every store keeps. */
export const storeSuite = (name: string, { open, runs }: SuiteOptions): void => {
  /** A fresh store, its clock, and names that no other test uses. */
  const begin = async () => {
    const id = randomUUID();
    const own = (text: string): string => `${id}/${text}`;
    let now = new Date('2026-03-01T12:00:00Z');
    const store = await open(() => now);
    return {
      store,
      own,
      key: (sort: string): Key => ({ partition: id, sort }),
      now: () => now,
      pass: (seconds: number): void => {
        now = new Date(now.getTime() + seconds * 1000);
      },
      in: (seconds: number): Date => new Date(now.getTime() + seconds * 1000),
      write: (...changes: Change[]): Promise<void> => store.write(changes, randomUUID()),
      read: async (key: Key): Promise<Item | undefined> => (await store.get([key]))[0],
    };
  };

  const put = (key: Key, data: Json, expectation: number | 'absent' = 'absent'): Change => ({
    put: { key, data },
    expect: expectation,
  });

  /** The keys that a refused write names. */
  const staleKeys = async (write: Promise<void>): Promise<readonly Key[]> => {
    const error = await write.then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(StaleWriteError);
    return error.keys;
  };

  /** What a mistake of the caller throws: neither of the errors that callers are meant to handle. */
  const expectMistake = async (promise: Promise<unknown>): Promise<void> => {
    const error = await promise.then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StaleWriteError);
    expect(error).not.toBeInstanceOf(ItemTooLargeError);
  };

  /** All pages of a listing, of `limit` each. */
  const pages = async <Q extends { from?: string }, T>(
    list: (query: Q) => Promise<Page<T>>,
    query: Q,
  ): Promise<(readonly T[])[]> => {
    const found: (readonly T[])[] = [];
    for (let from: string | undefined; ; ) {
      const page = await list({ ...query, ...(from !== undefined && { from }) });
      found.push(page.items);
      if (page.next === undefined) return found;
      from = page.next;
    }
  };

  /** Asks an index, which may lag behind, until it says what is expected or has had time enough. */
  const eventually = async <T>(ask: () => Promise<T>, expected: T): Promise<void> => {
    for (let asked = 0; asked < 50; asked += 1) {
      if (JSON.stringify(await ask()) === JSON.stringify(expected)) return;
    }
    expect(await ask()).toEqual(expected);
  };

  /** JSON that deflating hardly shortens: stored, `bytes` to within a few. */
  const noise = (bytes: number): string =>
    randomBytes(bytes)
      .toString('base64')
      .slice(0, Math.ceil((bytes * 4) / 3));

  describe(name, () => {
    describe('reading', () => {
      test('answers in the order asked, undefined for what is not there, a key asked twice twice', async () => {
        const { store, key, write } = await begin();
        await write(put(key('a'), 1), put(key('b'), 2));
        const items = await store.get([key('b'), key('none'), key('a'), key('b')]);
        expect(items.map((item) => item?.data)).toEqual([2, undefined, 1, 2]);
        expect(await store.get([])).toEqual([]);
      });

      test('an item comes back as it was put', async () => {
        const { key, write, read, own, in: after } = await begin();
        const item = {
          key: key('a'),
          data: { cart: [1, 'two', null] },
          owner: own('ann'),
          due: { list: own('mail'), at: new Date('2026-03-01T13:00:00.123Z') },
          expires: after(3600),
        };
        await write({ put: item, expect: 'absent' });
        expect(await read(key('a'))).toEqual({ ...item, version: 1, counts: {} });
      });

      test('JSON comes back exactly: unicode, deep, large, every number', async () => {
        const { key, write, read } = await begin();
        const data = {
          '': '',
          __proto__x: '\u0000\n"\\ é 漢 😀 \ud800 lone',
          numbers: [0, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, 1.7976931348623157e308],
          list: Array.from({ length: 20_000 }, (_, index) => ({ index, even: index % 2 === 0 })),
          nothing: [null, {}, []],
        };
        await write(put(key('a'), data), put(key('b'), null), put(key('c'), 'x'.repeat(5000)));
        expect((await read(key('a')))?.data).toEqual(data);
        expect((await read(key('b')))?.data).toBeNull();
        expect((await read(key('c')))?.data).toBe('x'.repeat(5000));
      });

      test('keys hold any characters, and no two are taken for one', async () => {
        const { store, own, write } = await begin();
        const keys = [
          { partition: own('a'), sort: 'b c' },
          { partition: own('a b'), sort: 'c' },
          { partition: own('a\n'), sort: 'b' },
          { partition: own('a'), sort: '\nb' },
          { partition: own('\u0000'), sort: '\u0000x' },
          { partition: own('\u0000'), sort: '\u0000' },
          { partition: own('é'), sort: 'e\u0301' },
          { partition: own('é'), sort: 'é' },
          { partition: own("'; DROP TABLE items; --"), sort: '%_*"' },
          { partition: own('😀'), sort: '漢字' },
        ];
        await write(...keys.map((key, index) => put(key, index)));
        const items = await store.get(keys);
        expect(items.map((item) => item?.data)).toEqual(keys.map((_, index) => index));
        expect(items.map((item) => item?.key)).toEqual(keys);
        expect(new Set(keys.map(keyText)).size).toBe(keys.length);
      });

      test('100 keys are one get, 101 are a mistake', async () => {
        const { store, key, write } = await begin();
        const keys = Array.from({ length: 101 }, (_, index) => key(`k${index}`));
        await write(...keys.slice(0, 100).map((each, index) => put(each, index)));
        const items = await store.get(keys.slice(0, 100));
        expect(items.map((item) => item?.data)).toEqual(items.map((_, index) => index));
        await expectMistake(store.get(keys));
      });
    });

    describe('writing', () => {
      test('a version starts at 1, rises by one with each put, and starts again after a removal', async () => {
        const { key, write, read } = await begin();
        await write(put(key('a'), 'first'));
        expect(await read(key('a'))).toMatchObject({ version: 1, data: 'first' });
        await write(put(key('a'), 'second', 1));
        expect(await read(key('a'))).toMatchObject({ version: 2, data: 'second' });
        await write({ remove: key('a'), expect: 2 });
        expect(await read(key('a'))).toBeUndefined();
        await write(put(key('a'), 'third'));
        expect(await read(key('a'))).toMatchObject({ version: 1, data: 'third' });
      });

      test('a put replaces the whole item: owner, due time and expiry too', async () => {
        const { store, key, own, write, read, in: after } = await begin();
        const due = { list: own('mail'), at: after(-1) };
        await write({ put: { key: key('a'), data: 1, owner: own('ann'), due, expires: after(9) }, expect: 'absent' });
        await write(put(key('a'), 2, 1));
        expect(await read(key('a'))).toEqual({ key: key('a'), data: 2, version: 2, counts: {} });
        const owned = async () => (await store.query('byOwner', { owner: own('ann') })).items;
        const dueNow = async () => (await store.query('byDue', { list: own('mail'), until: after(0) })).items;
        await eventually(owned, []);
        await eventually(dueNow, []);
      });

      test.each<[string, (key: Key) => Change]>([
        ['a put that expects absence, where something is', (key) => put(key, 0)],
        ['a put of an old version', (key) => put(key, 0, 1)],
        ['a put of a version yet to come', (key) => put(key, 0, 3)],
        ['a removal of an old version', (key) => ({ remove: key, expect: 1 })],
        ['a check for an old version', (key) => ({ check: key, expect: 1 })],
        ['a check for absence', (key) => ({ check: key, expect: 'absent' })],
      ])('%s is refused, alone and in company', async (_, change) => {
        const { key, write, read } = await begin();
        await write(put(key('a'), 'first'));
        await write(put(key('a'), 'second', 1));
        expect(await staleKeys(write(change(key('a'))))).toEqual([key('a')]);
        expect(await staleKeys(write(put(key('b'), 0), change(key('a'))))).toEqual([key('a')]);
        expect(await read(key('a'))).toMatchObject({ version: 2, data: 'second' });
        expect(await read(key('b'))).toBeUndefined();
      });

      test.each<[string, (key: Key) => Change]>([
        ['a put', (key) => put(key, 0, 1)],
        ['a removal', (key) => ({ remove: key, expect: 1 })],
        ['a check', (key) => ({ check: key, expect: 1 })],
      ])('%s of a version is refused where nothing is', async (_, change) => {
        const { key, write, read } = await begin();
        expect(await staleKeys(write(change(key('a'))))).toEqual([key('a')]);
        expect(await staleKeys(write(put(key('b'), 0), change(key('a'))))).toEqual([key('a')]);
        expect(await read(key('a'))).toBeUndefined();
        expect(await read(key('b'))).toBeUndefined();
      });

      test('a write is all or nothing, and names every key that was in the way', async () => {
        const { store, key, write } = await begin();
        await write(put(key('taken'), 'old'), put(key('kept'), 'old'), { add: key('count'), by: { n: 1 } });
        const changes: Change[] = [
          put(key('new'), 'new'),
          put(key('taken'), 'new'),
          { add: key('count'), by: { n: 1 } },
          { remove: key('kept') },
          { check: key('missing'), expect: 7 },
        ];
        expect(await staleKeys(write(...changes))).toEqual([key('taken'), key('missing')]);
        const items = await store.get(['new', 'taken', 'count', 'kept', 'missing'].map(key));
        expect(items.map((item) => item?.data)).toEqual([undefined, 'old', null, 'old', undefined]);
        expect(items[2]?.counts).toEqual({ n: 1 });
      });

      test('of two writers that expect the same version one wins', async () => {
        const { key, write, read } = await begin();
        await write(put(key('a'), 0));
        for (const company of [[], [{ add: key('count'), by: { n: 1 } }]]) {
          const version = (await read(key('a')))?.version ?? 0;
          const results = await Promise.allSettled(
            Array.from({ length: 8 }, (_, index) => write(put(key('a'), index, version), ...company)),
          );
          const lost = results.filter((result) => result.status === 'rejected');
          expect(lost).toHaveLength(7);
          for (const { reason } of lost) expect(reason).toBeInstanceOf(StaleWriteError);
          const winner = results.findIndex((result) => result.status === 'fulfilled');
          expect(await read(key('a'))).toMatchObject({ version: version + 1, data: winner });
        }
        expect((await read(key('count')))?.counts).toEqual({ n: 1 });
      });

      test('a removal without expectation takes whatever is there, and nothing is fine', async () => {
        const { key, write, read } = await begin();
        await write(put(key('a'), 1), { add: key('b'), by: { n: 1 } });
        await write({ remove: key('a') });
        await write({ remove: key('a') }, { remove: key('b') }, put(key('c'), 1));
        expect(await read(key('a'))).toBeUndefined();
        expect(await read(key('b'))).toBeUndefined();
        expect((await read(key('c')))?.data).toBe(1);
      });

      test('a check that holds lets the write pass and changes nothing', async () => {
        const { key, write, read } = await begin();
        await write(put(key('a'), 'kept'));
        await write({ check: key('a'), expect: 1 });
        await write({ check: key('a'), expect: 1 }, { check: key('none'), expect: 'absent' }, put(key('b'), 1));
        expect(await read(key('a'))).toMatchObject({ version: 1, data: 'kept' });
        expect(await read(key('none'))).toBeUndefined();
        expect((await read(key('b')))?.data).toBe(1);
      });

      test('100 changes are one write; none is fine', async () => {
        const { key, write, read } = await begin();
        await write(...Array.from({ length: 100 }, (_, index) => put(key(`k${index}`), index)));
        expect((await read(key('k99')))?.data).toBe(99);
        await write();
      });

      test('a mistake of the program is a plain error: nobody handles it', async () => {
        const { store, key, write, read } = await begin();
        await expectMistake(write(...Array.from({ length: 101 }, (_, index) => put(key(`k${index}`), index))));
        await expectMistake(write(put(key('a'), 1), { check: key('a'), expect: 'absent' }));
        await expectMistake(write({ put: { key: key('a'), data: 1 }, expect: 0 }));
        await expectMistake(write({ put: { key: key('a'), data: 1 }, expect: 1.5 }));
        await expectMistake(write({ add: key('a'), by: { n: 0.5 } }));
        await expectMistake(write({ add: key('a'), by: { n: 1 }, atMost: { n: Number.NaN } }));
        await expectMistake(
          write({ put: { key: key('a'), data: 1, expires: new Date(Number.NaN) }, expect: 'absent' }),
        );
        await expectMistake(write({ put: { key: key('a'), data: 1, owner: '' }, expect: 'absent' }));
        await expectMistake(write(put({ partition: '', sort: 'a' }, 1)));
        await expectMistake(write(put(key(''), 1)));
        await expectMistake(store.get([key('\ud800')]));
        await expectMistake(store.query('items', { partition: '' }));
        await expectMistake(store.query('items', { partition: 'p', prefix: '\ud800' }));
        await expectMistake(store.query('byOwner', { owner: '' }));
        await expectMistake(store.query('byDue', { list: '', until: new Date() }));
        expect(await read(key('a'))).toBeUndefined();
      });
    });

    describe('counts', () => {
      test('an add makes the item and adds to it, up and down, each count for itself', async () => {
        const { key, write, read } = await begin();
        await write({ add: key('c'), by: { used: 2, points: -5 } });
        await write({ add: key('c'), by: { used: 1 } });
        await write({ add: key('c'), by: { points: 10, zero: 0 } });
        expect(await read(key('c'))).toEqual({
          key: key('c'),
          data: null,
          version: 0,
          counts: { used: 3, points: 5, zero: 0 },
        });
      });

      test('counts have any names', async () => {
        const { key, write, read } = await begin();
        const by = Object.fromEntries(
          ['__proto__', 'v', 'pk', 'n:x', '#', ':a', 'a b', 'é', 'expires'].map((n) => [n, 1]),
        );
        await write({ add: key('c'), by });
        await write({ add: key('c'), by, atMost: Object.fromEntries(Object.keys(by).map((n) => [n, 2])) });
        const counts = (await read(key('c')))?.counts ?? {};
        expect(Object.entries(counts).toSorted()).toEqual(
          Object.keys(by)
            .map((n) => [n, 2])
            .toSorted(),
        );
      });

      test('a bounded count reaches its bound and never passes it', async () => {
        const { key, write, read } = await begin();
        const add = (n: number): Change => ({ add: key('c'), by: { n }, atMost: { n: 3 } });
        expect(await staleKeys(write(add(4)))).toEqual([key('c')]);
        expect(await read(key('c'))).toBeUndefined();
        await write(add(2));
        expect(await staleKeys(write(add(2)))).toEqual([key('c')]);
        await write(add(1));
        expect(await staleKeys(write(put(key('b'), 1), add(1)))).toEqual([key('c')]);
        expect((await read(key('c')))?.counts).toEqual({ n: 3 });
        expect(await read(key('b'))).toBeUndefined();
      });

      test('there is no lower bound, and a bound below zero holds', async () => {
        const { key, write, read } = await begin();
        expect(await staleKeys(write({ add: key('c'), by: { n: -1 }, atMost: { n: -2 } }))).toEqual([key('c')]);
        await write({ add: key('c'), by: { n: -2 }, atMost: { n: -2 } });
        await write({ add: key('c'), by: { n: -5 }, atMost: { n: 0 } });
        expect((await read(key('c')))?.counts).toEqual({ n: -7 });
      });

      test('a bound may be on a count that the add leaves alone', async () => {
        const { key, write, read } = await begin();
        await write({ add: key('c'), by: { n: 1 }, atMost: { other: 0 } });
        await write({ add: key('c'), by: { other: 5 } });
        expect(await staleKeys(write({ add: key('c'), by: { n: 1 }, atMost: { n: 9, other: 4 } }))).toEqual([key('c')]);
        expect(await staleKeys(write({ add: key('d'), by: {}, atMost: { n: -1 } }))).toEqual([key('d')]);
        expect((await read(key('c')))?.counts).toEqual({ n: 1, other: 5 });
      });

      test('a bounded count never passes its bound under 20 parallel writers', async () => {
        const { key, write, read } = await begin();
        const results = await Promise.allSettled(
          Array.from({ length: 20 }, (_, index) =>
            write({ add: key('c'), by: { n: 1 }, atMost: { n: 7 } }, put(key(`winner ${index}`), index)),
          ),
        );
        expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(7);
        expect((await read(key('c')))?.counts).toEqual({ n: 7 });
      });

      test('no add of 20 parallel writers is lost', async () => {
        const { key, write, read } = await begin();
        await Promise.all(Array.from({ length: 20 }, (_, index) => write({ add: key('c'), by: { n: index } })));
        expect((await read(key('c')))?.counts).toEqual({ n: 190 });
      });

      test('owner and expiry of counts are set when given and stay otherwise', async () => {
        const { store, key, own, write, read, in: after } = await begin();
        await write({ add: key('c'), by: { n: 1 }, owner: own('ann'), expires: after(60) });
        await write({ add: key('c'), by: { n: 1 } });
        expect(await read(key('c'))).toMatchObject({ owner: own('ann'), expires: after(60), counts: { n: 2 } });
        await write({ add: key('c'), by: { n: 1 }, owner: own('bob'), expires: after(120) });
        expect(await read(key('c'))).toMatchObject({ owner: own('bob'), expires: after(120), counts: { n: 3 } });
        await eventually(async () => (await store.query('byOwner', { owner: own('ann') })).items, []);
        await eventually(async () => (await store.query('byOwner', { owner: own('bob') })).items, [key('c')]);
      });

      test('an item holds data or counts, never both', async () => {
        const { key, write, read } = await begin();
        await write(put(key('data'), 'data'), { add: key('counts'), by: { n: 1 } });
        await expectMistake(write({ add: key('data'), by: { n: 1 } }));
        await expectMistake(write(put(key('b'), 1), { add: key('data'), by: { n: 1 } }));
        expect(await staleKeys(write(put(key('counts'), 1)))).toEqual([key('counts')]);
        expect(await staleKeys(write(put(key('counts'), 1, 1)))).toEqual([key('counts')]);
        expect(await read(key('data'))).toMatchObject({ data: 'data', counts: {} });
        expect(await read(key('counts'))).toMatchObject({ data: null, counts: { n: 1 } });
        expect(await read(key('b'))).toBeUndefined();
      });
    });

    describe('an attempt', () => {
      test.each<[string, (key: (sort: string) => Key) => Change[]]>([
        ['a put of something new', (key) => [put(key('new'), 1)]],
        ['a put of a version', (key) => [put(key('data'), 'changed', 1)]],
        ['an add', (key) => [{ add: key('counts'), by: { n: 1 }, atMost: { n: 2 } }]],
        ['a removal', (key) => [{ remove: key('data') }]],
        ['a removal of a version', (key) => [{ remove: key('data'), expect: 1 }]],
        ['a check', (key) => [{ check: key('data'), expect: 1 }]],
        [
          'several changes',
          (key) => [put(key('new'), 1), { add: key('counts'), by: { n: 1 } }, { remove: key('data'), expect: 1 }],
        ],
      ])(
        'of %s, sent again after a lost reply, changes nothing and succeeds, minutes later too',
        async (_, changes) => {
          const { store, key, write, pass } = await begin();
          await write(put(key('data'), 'data'), { add: key('counts'), by: { n: 1 } });
          const attempt = randomUUID();
          const keys = ['new', 'data', 'counts'].map(key);
          await store.write(changes(key), attempt);
          const after = await store.get(keys);
          await store.write(changes(key), attempt);
          expect(await store.get(keys)).toEqual(after);
          pass(300);
          await store.write(changes(key), attempt);
          expect(await store.get(keys)).toEqual(after);
        },
      );

      test('of an add counts once, whoever adds in between', async () => {
        const { store, key, write, read } = await begin();
        const attempt = randomUUID();
        await store.write([{ add: key('c'), by: { n: 1 } }], attempt);
        await write({ add: key('c'), by: { n: 10 } });
        await write({ add: key('c'), by: { n: 100 } });
        await store.write([{ add: key('c'), by: { n: 1 } }], attempt);
        expect((await read(key('c')))?.counts).toEqual({ n: 111 });
      });

      test('is a text of any length', async () => {
        const { store, key, read } = await begin();
        for (const attempt of [randomUUID().slice(0, 1), `${randomUUID()} é😀`.repeat(100)]) {
          const own = `${key('').partition} ${attempt}`;
          await store.write([{ add: key('c'), by: { n: 1 } }], own);
          await store.write([{ add: key('c'), by: { n: 1 } }], own);
        }
        expect((await read(key('c')))?.counts).toEqual({ n: 2 });
      });

      test('that was refused has changed nothing; the next decision takes another', async () => {
        const { store, key, write, read } = await begin();
        await write(put(key('a'), 'theirs'));
        expect(await staleKeys(store.write([put(key('a'), 'mine')], randomUUID()))).toEqual([key('a')]);
        await store.write([put(key('a'), 'mine', 1)], randomUUID());
        expect(await read(key('a'))).toMatchObject({ version: 2, data: 'mine' });
      });
    });

    describe('an expired item', () => {
      test('reads as absent from its second on, rounded up, and not before', async () => {
        const { key, write, read, pass, in: after } = await begin();
        await write({ put: { key: key('a'), data: 1, expires: after(1.2) }, expect: 'absent' });
        expect((await read(key('a')))?.expires).toEqual(after(2));
        pass(1.999);
        expect((await read(key('a')))?.data).toBe(1);
        pass(0.001);
        expect(await read(key('a'))).toBeUndefined();
      });

      test('is absent to every expectation', async () => {
        const { store, key, write, read, pass, in: after } = await begin();
        const expires = after(10);
        await write({ put: { key: key('a'), data: 'old', expires }, expect: 'absent' });
        await write({ put: { key: key('b'), data: 'old', expires }, expect: 'absent' });
        pass(10);
        expect(await staleKeys(write(put(key('a'), 1, 1)))).toEqual([key('a')]);
        expect(await staleKeys(write({ remove: key('a'), expect: 1 }))).toEqual([key('a')]);
        expect(await staleKeys(write({ check: key('a'), expect: 1 }))).toEqual([key('a')]);
        await write({ check: key('a'), expect: 'absent' });
        await write(put(key('a'), 'new'));
        await write({ check: key('c'), expect: 'absent' }, put(key('b'), 'new'));
        expect((await store.get([key('a'), key('b')])).map((item) => [item?.version, item?.data])).toEqual([
          [1, 'new'],
          [1, 'new'],
        ]);
        expect((await read(key('a')))?.expires).toBeUndefined();
      });

      test('is not listed with its partition, and hides nobody', async () => {
        const { store, key, write, pass, in: after } = await begin();
        const sorts = Array.from({ length: 10 }, (_, index) => `k${index}`);
        const brief = (sort: string) => (Number(sort.slice(1)) % 3 === 0 ? {} : { expires: after(5) });
        await write(
          ...sorts.map((sort): Change => ({ put: { key: key(sort), data: sort, ...brief(sort) }, expect: 'absent' })),
        );
        pass(5);
        const list = (query: ItemsQuery) => store.query('items', query);
        const found = await pages(list, { partition: key('').partition, limit: 3 });
        expect(found.map((page) => page.map((item) => item.data))).toEqual([['k0', 'k3', 'k6'], ['k9']]);
      });

      test('is named to its owner and its work list until it is removed: what is stored can be erased', async () => {
        const { store, key, own, write, pass, in: after } = await begin();
        const due = { list: own('mail'), at: after(1) };
        await write({ put: { key: key('a'), data: 1, owner: own('ann'), due, expires: after(5) }, expect: 'absent' });
        pass(5);
        const owned = async () => (await store.query('byOwner', { owner: own('ann') })).items;
        const dueNow = async () => (await store.query('byDue', { list: own('mail'), until: after(0) })).items;
        await eventually(owned, [key('a')]);
        await eventually(dueNow, [key('a')]);
        await write({ remove: key('a') });
        await eventually(owned, []);
        await eventually(dueNow, []);
      });

      test('starts again from zero with an add, with nothing of the old', async () => {
        const { key, own, write, read, pass, in: after } = await begin();
        await write({ add: key('c'), by: { n: 9, old: 1 }, owner: own('ann'), expires: after(5) });
        await write({ add: key('d'), by: { n: 9 }, expires: after(5) });
        await write({ put: { key: key('e'), data: 1, expires: after(5) }, expect: 'absent' });
        pass(5);
        expect(await staleKeys(write({ add: key('c'), by: { n: 4 }, atMost: { n: 3 } }))).toEqual([key('c')]);
        await write({ add: key('c'), by: { n: 2 }, atMost: { n: 3 }, expires: after(5) });
        expect(await read(key('c'))).toEqual({
          key: key('c'),
          data: null,
          version: 0,
          counts: { n: 2 },
          expires: after(5),
        });
        await write(put(key('b'), 1), { add: key('d'), by: { n: 1 } }, { add: key('e'), by: { n: 1 } });
        expect(await read(key('d'))).toEqual({ key: key('d'), data: null, version: 0, counts: { n: 1 } });
        expect(await read(key('e'))).toEqual({ key: key('e'), data: null, version: 0, counts: { n: 1 } });
        pass(1);
        await write({ add: key('c'), by: { n: 1 } });
        expect((await read(key('c')))?.counts).toEqual({ n: 3 });
      });

      test('counts each of 20 parallel restarts once', async () => {
        const { key, write, read, pass, in: after } = await begin();
        await write({ add: key('c'), by: { n: 9 }, expires: after(5) });
        pass(5);
        await Promise.all(Array.from({ length: 20 }, () => write({ add: key('c'), by: { n: 1 } })));
        expect((await read(key('c')))?.counts).toEqual({ n: 20 });
      });
    });

    describe('listing a partition', () => {
      test('goes in the order of the UTF-8 bytes', async () => {
        const { store, key, write } = await begin();
        // In UTF-16 the emoji would come before U+FF5E.
        const sorted = ['\u0000', ' ', '-', '0', '10', '2', 'A', 'B', '_', 'a', 'aa', 'b', 'é', '漢', '\uff5e', '😀'];
        await write(...sorted.toReversed().map((sort) => put(key(sort), sort)));
        const { items, next } = await store.query('items', { partition: key('').partition });
        expect(items.map((item) => item.data)).toEqual(sorted);
        expect(next).toBeUndefined();
      });

      test('takes a prefix literally', async () => {
        const { store, key, write } = await begin();
        const sorts = ['a', 'a%', 'a%b', 'a_', 'ab', 'a\u{10ffff}', 'a\u{10ffff}\u{10ffff}z', 'b', 'A', 'á'];
        await write(...sorts.map((sort) => put(key(sort), sort)));
        const list = async (prefix: string) =>
          (await store.query('items', { partition: key('').partition, prefix })).items.map((item) => item.data);
        expect(await list('a')).toEqual(['a', 'a%', 'a%b', 'a_', 'ab', 'a\u{10ffff}', 'a\u{10ffff}\u{10ffff}z']);
        expect(await list('a%')).toEqual(['a%', 'a%b']);
        expect(await list('a_')).toEqual(['a_']);
        expect(await list('a\u{10ffff}')).toEqual(['a\u{10ffff}', 'a\u{10ffff}\u{10ffff}z']);
        expect(await list('c')).toEqual([]);
        expect(await list('')).toHaveLength(sorts.length);
      });

      test('in pages gives every item once, in order, and ends where the items end', async () => {
        const { store, key, write } = await begin();
        const sorts = Array.from({ length: 10 }, (_, index) => `p${index}`);
        await write(...sorts.map((sort) => put(key(sort), sort)), put(key('other'), 0), put(key('q'), 0));
        const list = (query: ItemsQuery) => store.query('items', query);
        for (const limit of [1, 3, 5, 10, 100]) {
          const found = await pages(list, { partition: key('').partition, prefix: 'p', limit });
          expect(found.flat().map((item) => item.data)).toEqual(sorts);
          expect(found.map((page) => page.length)).toEqual(
            Array.from({ length: Math.ceil(10 / limit) }, (_, index) => Math.min(limit, 10 - index * limit)),
          );
        }
      });

      test('goes on after a place that is no longer there', async () => {
        const { store, key, write } = await begin();
        await write(...['a', 'b', 'c'].map((sort) => put(key(sort), sort)));
        const { next = '' } = await store.query('items', { partition: key('').partition, limit: 2 });
        await write({ remove: key('b') });
        const { items } = await store.query('items', { partition: key('').partition, from: next });
        expect(items.map((item) => item.data)).toEqual(['c']);
      });

      test('has no limit in bytes', async () => {
        const { store, key, write } = await begin();
        for (let index = 0; index < 20; index += 1) await write(put(key(`k${10 + index}`), noise(120_000)));
        const { items, next } = await store.query('items', { partition: key('').partition });
        expect(items).toHaveLength(20);
        expect(next).toBeUndefined();
      });

      test('has 100 items a page at most, 1 at least, and continues only its own listings', async () => {
        const { store, key, write } = await begin();
        const { partition } = key('');
        await write(...Array.from({ length: 100 }, (_, index) => put(key(`k${index}`), index)));
        await write(put(key('last'), 0));
        expect((await store.query('items', { partition })).items).toHaveLength(100);
        for (const limit of [0, 101, 1.5, -1]) await expectMistake(store.query('items', { partition, limit }));
        for (const from of ['', 'x', 'W10', 'WzFd']) await expectMistake(store.query('items', { partition, from }));
      });
    });

    describe('listing an owner', () => {
      test('names the keys of data and counts in all partitions, page by page', async () => {
        const { store, own, write } = await begin();
        const keys = Array.from({ length: 7 }, (_, index) => ({ partition: own(`p${index % 3}`), sort: `k${index}` }));
        const [first, ...rest] = keys;
        if (!first) return;
        await write(
          { add: first, by: { n: 1 }, owner: own('ann') },
          ...rest.map((key): Change => ({ put: { key, data: 0, owner: own('ann') }, expect: 'absent' })),
          { put: { key: { partition: own('p'), sort: 'bob' }, data: 0, owner: own('bob') }, expect: 'absent' },
          put({ partition: own('p'), sort: 'nobody' }, 0),
        );
        const list = (query: OwnerQuery) => store.query('byOwner', query);
        for (const limit of [1, 3, 7, 100]) {
          const listed = async () => (await pages(list, { owner: own('ann'), limit })).flat().map(keyText).toSorted();
          await eventually(listed, keys.map(keyText).toSorted());
        }
        expect(await pages(list, { owner: own('ann'), limit: 7 })).toHaveLength(1);
        expect((await list({ owner: own('carol') })).items).toEqual([]);
        expect(Object.keys((await list({ owner: own('bob') })).items[0] ?? {}).toSorted()).toEqual([
          'partition',
          'sort',
        ]);
      });

      test('follows an item to its new owner and forgets what is removed', async () => {
        const { store, key, own, write } = await begin();
        const listed = async (owner: string) => (await store.query('byOwner', { owner: own(owner) })).items;
        await write({ put: { key: key('a'), data: 0, owner: own('ann') }, expect: 'absent' });
        await eventually(() => listed('ann'), [key('a')]);
        await write({ put: { key: key('a'), data: 0, owner: own('bob') }, expect: 1 });
        await eventually(() => listed('ann'), []);
        await eventually(() => listed('bob'), [key('a')]);
        await write({ remove: key('a') });
        await eventually(() => listed('bob'), []);
      });
    });

    describe('listing what is due', () => {
      test('names the earliest first, up to and with the moment asked, page by page', async () => {
        const { store, key, own, write, in: after } = await begin();
        const due = (sort: string, seconds: number, list = 'mail'): Change => ({
          put: { key: key(sort), data: 0, due: { list: own(list), at: after(seconds) } },
          expect: 'absent',
        });
        await write(
          due('late', 0.001),
          due('now', 0),
          due('long ago', -86_400 * 400),
          due('before', -0.001),
          due('other', -5, 'sweep'),
        );
        const list = (query: DueQuery) => store.query('byDue', query);
        for (const limit of [1, 2, 100]) {
          const listed = async () => (await pages(list, { list: own('mail'), until: after(0), limit })).flat();
          await eventually(listed, [key('long ago'), key('before'), key('now')]);
        }
        expect(await pages(list, { list: own('mail'), until: after(0), limit: 3 })).toHaveLength(1);
      });

      test('gives each of many at the same moment once', async () => {
        const { store, own, write, in: after } = await begin();
        const keys = Array.from({ length: 9 }, (_, index) => ({ partition: own(`p${index % 2}`), sort: `k${index}` }));
        const due = { list: own('mail'), at: after(0) };
        await write(...keys.map((key): Change => ({ put: { key, data: 0, due }, expect: 'absent' })));
        const list = (query: DueQuery) => store.query('byDue', query);
        const listed = async () => (await pages(list, { list: own('mail'), until: after(0), limit: 2 })).flat();
        await eventually(async () => (await listed()).map(keyText).toSorted(), keys.map(keyText).toSorted());
      });

      test('follows an item to its new time', async () => {
        const { store, key, own, write, in: after } = await begin();
        const due = (seconds: number, version: number | 'absent'): Change => ({
          put: { key: key('a'), data: 0, due: { list: own('mail'), at: after(seconds) } },
          expect: version,
        });
        const listed = async () => (await store.query('byDue', { list: own('mail'), until: after(0) })).items;
        await write(due(-1, 'absent'));
        await eventually(listed, [key('a')]);
        await write(due(60, 1));
        await eventually(listed, []);
        await write(due(-60, 2));
        await eventually(listed, [key('a')]);
      });

      test('knows the years 0 to 9999', async () => {
        const { store, key, own, write } = await begin();
        const due = { list: own('mail'), at: new Date('+010000-01-01T00:00:00Z') };
        await expectMistake(write({ put: { key: key('a'), data: 0, due }, expect: 'absent' }));
        await expectMistake(store.query('byDue', { list: own('mail'), until: due.at }));
      });
    });

    describe('sizes', () => {
      test('count what is stored: text that deflates may be long, noise may not', async () => {
        const { key, write, read } = await begin();
        const long = 'promotion '.repeat(200_000);
        await write(put(key('long'), long));
        expect((await read(key('long')))?.data).toBe(long);
        const most = noise(406_500);
        await write(put(key('noise'), most));
        expect((await read(key('noise')))?.data).toBe(most);
        await expect(write(put(key('b'), 1), put(key('c'), noise(411_000)))).rejects.toThrow(ItemTooLargeError);
        await expect(write(put(key('noise'), noise(411_000), 1))).rejects.toThrow(ItemTooLargeError);
        expect(await read(key('b'))).toBeUndefined();
        expect((await read(key('noise')))?.version).toBe(1);
      });

      test('of a whole write are 4 MB at most', async () => {
        const { key, write, read } = await begin();
        const items = (count: number) =>
          Array.from({ length: count }, (_, index) => put(key(`k${index}`), noise(400_000)));
        await expect(write(...items(11))).rejects.toThrow(ItemTooLargeError);
        expect(await read(key('k0'))).toBeUndefined();
        await write(...items(10));
        expect(await read(key('k9'))).toBeDefined();
      });

      test('of keys count in UTF-8 bytes: 2048 and 1024', async () => {
        const { store, own, write, read } = await begin();
        const filled = (start: string, bytes: number) => start + 'é'.repeat((bytes - Buffer.byteLength(start)) / 2);
        const partition = filled(own('p'), 2048);
        const sort = filled('', 1024);
        expect(Buffer.byteLength(partition)).toBe(2048);
        await write({ put: { key: { partition, sort }, data: 1, owner: partition }, expect: 'absent' });
        expect((await read({ partition, sort }))?.data).toBe(1);
        await eventually(async () => (await store.query('byOwner', { owner: partition })).items, [{ partition, sort }]);
        expect((await store.query('items', { partition, prefix: sort })).items).toHaveLength(1);
        await expect(write(put({ partition: `${partition}x`, sort }, 1))).rejects.toThrow(ItemTooLargeError);
        await expect(write(put({ partition, sort: `${sort}x` }, 1))).rejects.toThrow(ItemTooLargeError);
        await expect(store.get([{ partition, sort: `${sort}x` }])).rejects.toThrow(ItemTooLargeError);
        const owner = `${partition}x`;
        const owned: Change = { put: { key: { partition, sort: 'b' }, data: 1, owner }, expect: 'absent' };
        await expect(write(owned)).rejects.toThrow(ItemTooLargeError);
      });
    });

    test('any run of writes comes to what the model says', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (run) => {
          const id = randomUUID();
          await runSteps(open, run, (text) => `${id}/${text}`);
        }),
        { numRuns: runs },
      );
    }, 60_000);
  });
};
