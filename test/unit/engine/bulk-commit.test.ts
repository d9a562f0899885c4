import { hash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { ConflictError } from '../../../lib/contract/errors.ts';
import { BULK_LIST } from '../../../lib/engine/accepted-rows.ts';
import { updateCustomerProfileAudiences } from '../../../lib/engine/audiences.ts';
import { listed } from '../../../lib/engine/listing.ts';
import type { AnyBulkOperation } from '../../../lib/engine/operation.ts';
import { updateCustomerProfilesV2 } from '../../../lib/engine/profiles-bulk.ts';
import type { ProfileRecord, ReferralRecord } from '../../../lib/engine/records.ts';
import { createReferralsForMultipleAdvocates } from '../../../lib/engine/referral-batch.ts';
import { createCouponReservation, deleteCouponReservation } from '../../../lib/engine/reservations.ts';
import { sweepBulk } from '../../../lib/engine/sweep.ts';
import { type Change, type Key, StaleWriteError } from '../../../lib/store/store.ts';
import { application, campaign, refusal, snapshot, type TestEngine, testEngine } from '../../support/engine.ts';

// Thousands of rows, time and again.
vi.setConfig({ testTimeout: 60_000 });

const OPERATIONS: readonly AnyBulkOperation[] = [
  updateCustomerProfilesV2,
  updateCustomerProfileAudiences,
  createCouponReservation,
  deleteCouponReservation,
  createReferralsForMultipleAdvocates,
];

const PROMOTIONS = snapshot({
  applications: [application(), application({ id: 2, name: 'Other' })],
  audiences: [{ id: 7, name: 'Regulars' }],
});

const MARK: Key = { partition: 'mark', sort: 'mark' };
const mark: Change = { put: { key: MARK, data: { done: true } }, expect: 'absent' };

/** Longer than the time in which nobody but the call itself finishes its rows. */
const A_WHILE = 10 * 60_000;

const wait = ({ clock }: TestEngine): void => {
  clock.now = new Date(clock.now.getTime() + A_WHILE);
};

/** A sweep some time later, by a container of its own; what it warned of. */
const sweep = async (engine: TestEngine, operations = OPERATIONS): Promise<unknown[]> => {
  wait(engine);
  const warned: unknown[] = [];
  const { deps } = testEngine(PROMOTIONS, engine.store);
  const terms = { mayBegin: () => true, warn: (error: unknown) => warned.push(error) };
  await sweepBulk(operations, { ...deps, now: engine.deps.now, promotions: engine.deps.promotions }, terms);
  return warned;
};

/** Everything stored but what differs from run to run: ids, times, codes and what is made of codes. */
const essence = async (engine: TestEngine): Promise<string[]> =>
  (await engine.store.items())
    .filter(({ key }) => key.partition !== '1/ids')
    .map(({ key, ...item }) => {
      const isReferral = key.partition.startsWith('1/1/referral/');
      return JSON.stringify({ key: isReferral ? 'referral' : key, ...item })
        .replaceAll(/"id":\d+/g, '"id":0')
        .replaceAll(/"(code|batchId)":"[A-Za-z0-9]+"/g, '"$1":"*"')
        .replaceAll(/"\d{4}-[-\d]+T[:.\d]+Z"/g, '"time"')
        .replaceAll(/"[^"]{200,}"/g, (long) => hash('md5', long));
    })
    .sort();

const waiting = async ({ store }: TestEngine): Promise<readonly Key[]> => {
  const of = { list: BULK_LIST, until: new Date('9000-01-01T00:00:00Z') };
  return (await listed({ of, keep: () => true }, store)).map(({ key }) => key);
};

/** Whether anything of an accepted request is left in the store. */
const leftovers = async ({ store }: TestEngine): Promise<number> =>
  (await store.items()).filter(({ key }) => key.partition.startsWith('1/bulk/')).length;

/** Ends the call at its `nth` write, as a power cut does. */
const cutAt = ({ store }: TestEngine, nth: number): void => {
  const before = store.trips.write;
  store.beforeWrite = (count) => {
    if (count >= before + nth) throw new Error('power cut');
  };
};

const recover = ({ store }: TestEngine): void => {
  store.beforeWrite = () => {};
};

const noise = (name: string, bytes: number): string =>
  Array.from({ length: Math.ceil(bytes / 88) }, (_, part) => hash('sha512', `${name}/${part}`, 'base64')).join('');

/** Rows of several parts; every fifth one names a profile that an earlier row named, mostly of another part. */
const profileRows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    integrationId: `p${index % 5 === 4 ? Math.floor(index / 3) : index}`,
    attributes: { row: index, [`row${index % 3}`]: index, note: noise(String(index), 350) },
  }));

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

/** A fresh store in which some of the profiles are there already. */
const begun = async (): Promise<TestEngine> => {
  const engine = testEngine(PROMOTIONS);
  await engine.profiles(ids(60).map((integrationId) => ({ integrationId, attributes: { old: true } })));
  return engine;
};

const CALLS: readonly (readonly [string, number, (engine: TestEngine) => Promise<unknown>])[] = [
  ['400 profiles', 400, (engine) => engine.profiles(profileRows(400))],
  ['300 audience actions', 300, (engine) => engine.audiences(ids(300).map((id, n) => `${n % 9 ? '+' : '-'}${id} 7`))],
  ['200 reservations', 200, (engine) => engine.reserve('SUMMER', ids(200))],
  ['200 reservations taken back', 200, (engine) => engine.unreserve('SUMMER', ids(200))],
  ['150 referrals', 150, (engine) => engine.referrals([...ids(100), ...ids(50)])],
];

describe.each(CALLS)('%s', (name, _rows, call) => {
  const ready = async () => {
    const engine = await begun();
    if (name.includes('taken back')) await engine.reserve('SUMMER', ids(250));
    return engine;
  };

  test('a power cut at any write is made good by the sweep: the end is that of a calm run', async () => {
    const calm = await ready();
    const untouched = await essence(calm);
    await call(calm);
    const expected = await essence(calm);
    expect(expected).not.toEqual(untouched);
    for (let nth = 1; ; nth++) {
      const engine = await ready();
      cutAt(engine, nth);
      const ended = await call(engine).then(
        () => 'answered',
        (error: Error) => error.message,
      );
      recover(engine);
      const accepted = (await waiting(engine)).length > 0;
      expect(await sweep(engine)).toEqual([]);
      expect(await waiting(engine)).toEqual([]);
      expect(await leftovers(engine)).toBe(0);
      if (ended === 'answered') {
        // There is a write for the acceptance, and several for the rows.
        expect(nth).toBeGreaterThan(3);
        expect(await essence(engine)).toEqual(expected);
        return;
      }
      expect(ended).toBe('power cut');
      expect(await essence(engine)).toEqual(accepted ? expected : untouched);
    }
  });

  test('a sweep that breaks off at every second write gets there all the same', async () => {
    const calm = await ready();
    await call(calm);
    const engine = await ready();
    const before = engine.store.trips.write;
    let accepted: number | undefined;
    engine.store.beforeWrite = (count) => {
      if (accepted !== undefined && count > accepted) throw new Error('power cut');
    };
    // The first write with rows in it is the acceptance.
    const { write } = engine.store;
    engine.store.write = async (changes, attempt) => {
      await write(changes, attempt);
      if (changes.some((change) => 'put' in change && change.put.due?.list === BULK_LIST)) {
        accepted ??= engine.store.trips.write;
      }
    };
    await expect(call(engine)).rejects.toThrow('power cut');
    expect(accepted).toBeGreaterThan(before);
    for (let round = 0; (await waiting(engine)).length > 0; round++) {
      expect(round).toBeLessThan(60);
      const from = engine.store.trips.write;
      engine.store.beforeWrite = (count) => {
        if (count - from > 2) throw new Error('power cut');
      };
      await sweep(engine);
      recover(engine);
    }
    expect(await leftovers(engine)).toBe(0);
    expect(await essence(engine)).toEqual(await essence(calm));
  });

  test('the guard’s changes are written once, with the acceptance', async () => {
    const engine = await ready();
    const told: unknown[] = [];
    const { write } = engine.store;
    const written: (readonly Change[])[] = [];
    engine.store.write = async (changes, attempt) => {
      written.push(changes);
      await write(changes, attempt);
    };
    const { profiles, audiences, reserve, unreserve, referrals } = engine;
    const guard = (effects: readonly unknown[]) => {
      told.push(effects);
      return [mark];
    };
    const guarded = {
      ...engine,
      profiles: (rows: readonly object[]) => profiles(rows, { guard }),
      audiences: (rows: readonly string[]) => audiences(rows, { guard }),
      reserve: (code: string, rows: readonly string[]) => reserve(code, rows, { guard }),
      unreserve: (code: string, rows: readonly string[]) => unreserve(code, rows, { guard }),
      referrals: (rows: readonly string[]) => referrals(rows, {}, { guard }),
    };
    await call(guarded as TestEngine);
    expect(told).toEqual([[]]);
    const withMark = written.filter((changes) => changes.includes(mark));
    expect(withMark).toHaveLength(1);
    expect(withMark[0]?.some((change) => 'put' in change && change.put.due?.list === BULK_LIST)).toBe(true);
    expect(await engine.stored({ key: MARK })).toEqual({ done: true });
  });
});

describe('what fits into one write', () => {
  const fresh = (count: number) => ids(count).map((id) => `new-${id}`);
  const marks = Array.from({ length: 10 }, (_, index): Change => {
    return { put: { key: { partition: 'mark', sort: String(index) }, data: {} }, expect: 'absent' };
  });
  const guard = () => marks;

  test.each<readonly [AnyBulkOperation, (engine: TestEngine, count: number) => Promise<unknown>]>([
    [
      updateCustomerProfilesV2,
      (engine, count) =>
        engine.profiles(
          fresh(count).map((integrationId) => ({ integrationId })),
          { guard },
        ),
    ],
    [
      updateCustomerProfileAudiences,
      (engine, count) =>
        engine.audiences(
          fresh(count).map((id) => `+${id} 7`),
          { guard },
        ),
    ],
    [createCouponReservation, (engine, count) => engine.reserve('SUMMER', fresh(count), { guard })],
    [deleteCouponReservation, (engine, count) => engine.unreserve('SUMMER', fresh(count), { guard })],
    [createReferralsForMultipleAdvocates, (engine, count) => engine.referrals(fresh(count), {}, { guard })],
  ])('$id: as many rows as the operation says, and ten changes of the guard', async ({ id, rowsPerWrite }, call) => {
    for (const [count, parts] of [
      [rowsPerWrite, 0],
      [rowsPerWrite + 1, 2],
    ] as const) {
      const engine = testEngine(PROMOTIONS);
      if (id === 'deleteCouponReservation') await engine.reserve('SUMMER', fresh(count));
      const written: (readonly Change[])[] = [];
      const { write } = engine.store;
      engine.store.write = async (changes, attempt) => {
        await write(changes, attempt);
        if (changes.length > 1) written.push(changes);
      };
      await call(engine, count);
      expect(written).toHaveLength(1 + parts);
      expect(written[0]).toEqual(expect.arrayContaining(marks));
      expect(await leftovers(engine)).toBe(0);
    }
  });

  test('is written at once, the guard with it', async () => {
    const engine = await begun();
    const { write } = engine.store.trips;
    await engine.profiles(profileRows(60), { guard: () => [mark] });
    expect(engine.store.trips.write - write).toBeLessThanOrEqual(2); // A block of ids, and all of the rest.
    expect(await engine.stored({ key: MARK })).toEqual({ done: true });
  });

  test('is decided again when others were faster', async () => {
    const engine = await begun();
    const rows = ids(50).map((integrationId) => ({ integrationId, attributes: { a: 1 } }));
    const others = ids(50).map((integrationId) => ({ integrationId, attributes: { b: 2 } }));
    await Promise.all([engine.profiles(rows), engine.profiles(others)]);
    for (const id of ids(50)) {
      expect(await engine.stored(engine.records.profile(id))).toMatchObject({ attributes: { old: true, a: 1, b: 2 } });
    }
  });

  test('by its number but not by its bytes is applied in several', async () => {
    const engine = testEngine(PROMOTIONS);
    const profiles = ids(60);
    for (const integrationId of profiles) {
      await engine.profiles([{ integrationId, attributes: { note: noise(integrationId, 110_000) } }]);
    }
    await engine.profiles(profiles.map((integrationId) => ({ integrationId, attributes: { a: 1 } })));
    for (const id of profiles) {
      expect((await engine.stored(engine.records.profile(id)))?.attributes.a).toBe(1);
    }
    expect(await leftovers(engine)).toBe(0);
  });
});

describe('a guard that meets another state than it expects', () => {
  test.each([10, 1000])('ends a call of %i rows with its StaleWriteError, and nothing is written', async (count) => {
    const engine = await begun();
    await engine.session('s', {}, { guard: () => [mark] });
    const before = await essence(engine);
    await expect(engine.profiles(profileRows(count), { guard: () => [mark] })).rejects.toThrow(StaleWriteError);
    expect(await essence(engine)).toEqual(before);
  });
});

describe('parallel calls', () => {
  test('two of 1000 rows on the same profiles both apply every row', async () => {
    const engine = await begun();
    const rows = (name: string) => ids(1000).map((integrationId) => ({ integrationId, attributes: { [name]: 1 } }));
    const [one, other] = await Promise.all([engine.profiles(rows('a')), engine.profiles(rows('b'))]);
    expect(one?.integrationStates).toHaveLength(1000);
    expect(other?.integrationStates).toHaveLength(1000);
    for (const id of ids(1000)) {
      expect((await engine.stored(engine.records.profile(id)))?.attributes).toMatchObject({ a: 1, b: 1 });
    }
    expect(await leftovers(engine)).toBe(0);
  });

  test('of 1000 rows and single ones: nothing is lost', async () => {
    const engine = await begun();
    const rows = ids(1000).map((integrationId) => ({ integrationId, attributes: { a: 1 } }));
    const single = ids(20).map((id) => engine.profile(id, { attributes: { b: 1 } }));
    await Promise.all([engine.profiles(rows), ...single]);
    for (const id of ids(20)) {
      expect((await engine.stored(engine.records.profile(id)))?.attributes).toMatchObject({ a: 1, b: 1 });
    }
  });

  test('two sweeps at once apply each row once', async () => {
    const calm = await begun();
    await calm.referrals(ids(400));
    const engine = await begun();
    cutAt(engine, 4);
    await expect(engine.referrals(ids(400))).rejects.toThrow('power cut');
    recover(engine);
    expect(await waiting(engine)).not.toEqual([]);
    await Promise.all([sweep(engine), sweep(engine), sweep(engine)]);
    await sweep(engine);
    expect(await leftovers(engine)).toBe(0);
    expect(await essence(engine)).toEqual(await essence(calm));
  });

  test.each([1, 4])(
    'a sweep and the call at once apply each row once; the call that did not apply them all answers 409 (%i)',
    async (nth) => {
      const calm = await begun();
      await calm.referrals(ids(400));
      const engine = await begun();
      let noted = 0;
      const { write } = engine.store;
      engine.store.write = async (changes, attempt) => {
        await write(changes, attempt);
        const notes = changes.some((change) => 'put' in change && change.put.due?.list === BULK_LIST);
        if (notes && ++noted === nth) await sweep(engine);
      };
      await expect(engine.referrals(ids(400))).rejects.toThrow(ConflictError);
      expect(await leftovers(engine)).toBe(0);
      expect(await essence(engine)).toEqual(await essence(calm));
    },
  );

  test.each([1, 2, 3, 4])(
    'a sweep that another one overtakes once it has read applies nothing twice (%i)',
    async (nth) => {
      const calm = await begun();
      await calm.referrals(ids(100));
      const engine = await begun();
      cutAt(engine, 3);
      await expect(engine.referrals(ids(100))).rejects.toThrow('power cut');
      recover(engine);
      let reads = 0;
      const { get } = engine.store;
      engine.store.get = async (keys) => {
        const items = await get(keys);
        if (keys[0]?.sort.startsWith('progress/') && ++reads === nth) await sweep(engine);
        return items;
      };
      expect(await sweep(engine)).toEqual([]);
      expect(await leftovers(engine)).toBe(0);
      expect(await essence(engine)).toEqual(await essence(calm));
    },
  );

  test('a call whose rows others keep in the way of answers 409, and the sweep finishes it', async () => {
    const engine = await begun();
    const isApplying = (changes: readonly Change[]) =>
      changes.some((change) => 'put' in change && change.put.key.sort === 'profile');
    const { write } = engine.store;
    engine.store.write = async (changes, attempt) => {
      if (isApplying(changes)) throw new StaleWriteError([MARK]);
      await write(changes, attempt);
    };
    await expect(engine.profiles(profileRows(200))).rejects.toThrow(ConflictError);
    engine.store.write = write;
    expect(await sweep(engine)).toEqual([]);
    expect(await engine.stored(engine.records.profile('p198'))).toMatchObject({ attributes: { row: 198 } });
  });
});

describe('the order of rows', () => {
  /** As `begun`, with a clock that goes on while calls are at work. */
  const begunInTime = async (): Promise<TestEngine> => {
    const engine = await begun();
    engine.deps.now = () => {
      engine.clock.now = new Date(engine.clock.now.getTime() + 1000);
      return engine.clock.now;
    };
    return engine;
  };

  const last = async (engine: TestEngine, id: string) =>
    (await engine.stored<ProfileRecord>(engine.records.profile(id)))?.attributes.row;

  /** `count` rows of several parts, which all name profiles from p0 to p9. */
  const rows = (count: number, from: number) =>
    Array.from({ length: count }, (_, index) => ({
      integrationId: `p${index % 10}`,
      attributes: { row: from + index, note: noise(String(index), 1500) },
    }));

  test('is kept where a crash comes in the middle of a part', async () => {
    for (let nth = 1; nth < 20; nth++) {
      const engine = await begunInTime();
      cutAt(engine, nth);
      const crashed = await engine.profiles(rows(500, 0)).then(
        () => false,
        () => true,
      );
      recover(engine);
      const accepted = (await waiting(engine)).length > 0;
      await sweep(engine);
      if (accepted) for (const index of [0, 3, 9]) expect(await last(engine, `p${index}`)).toBe(490 + index);
      if (!crashed) return;
    }
    throw new Error('never ended');
  });

  test('is kept between requests: what was accepted earlier is applied earlier', async () => {
    for (const nth of [2, 3, 4, 5]) {
      const engine = await begunInTime();
      cutAt(engine, nth);
      await expect(engine.profiles(rows(500, 0))).rejects.toThrow('power cut');
      recover(engine);
      engine.clock.now = new Date(engine.clock.now.getTime() + 10_000);
      cutAt(engine, 2);
      await expect(engine.profiles(rows(500, 10_000))).rejects.toThrow('power cut');
      recover(engine);
      expect(await sweep(engine)).toEqual([]);
      for (const index of [0, 3, 9]) expect(await last(engine, `p${index}`)).toBe(10_490 + index);
    }
  });

  test('is kept where the sweep cannot apply a part now: the request’s later ones wait for it', async () => {
    const engine = await begunInTime();
    cutAt(engine, 3);
    await expect(engine.profiles(rows(1000, 0))).rejects.toThrow('power cut');
    recover(engine);
    const [first] = await waiting(engine);
    let failing = true;
    const { get } = engine.store;
    engine.store.get = async (keys) => {
      if (failing && keys.length === 2 && keys[0]?.sort === first?.sort) throw new Error('cannot be read');
      return get(keys);
    };
    const before = (await waiting(engine)).length;
    expect(before).toBeGreaterThan(2);
    expect(await sweep(engine)).toEqual([expect.objectContaining({ message: 'cannot be read' })]);
    expect(await waiting(engine)).toHaveLength(before);
    failing = false;
    await sweep(engine);
    for (const index of [0, 3, 9]) expect(await last(engine, `p${index}`)).toBe(990 + index);
  });
});

describe('too much', () => {
  test('a single profile that is too large answers 413, and nothing is stored', async () => {
    const engine = await begun();
    const before = await essence(engine);
    const large = { integrationId: 'large', attributes: { note: noise('large', 900_000) } };
    for (const rows of [[large], [...profileRows(999), large]]) {
      expect((await refusal(engine.profiles(rows))).status).toBe(413);
    }
    expect(await essence(engine)).toEqual(before);
  });

  test('a profile that only all of its rows make too large answers 413, and nothing is stored', async () => {
    const engine = await begun();
    const before = await essence(engine);
    const large = ['a', 'b', 'c', 'd'].map((name) => ({
      integrationId: 'large',
      attributes: { [name]: noise(name, 200_000) },
    }));
    for (const rows of [large, [...large.slice(0, 2), ...profileRows(300), ...large.slice(2)]]) {
      expect((await refusal(engine.profiles(rows))).status).toBe(413);
    }
    expect(await essence(engine)).toEqual(before);
  });

  test('an audience on top of a profile that has no room left answers 413, whatever the number of actions', async () => {
    const engine = await begun();
    const others = ids(200).map((id) => `+${id} 7`);
    // Found out by trying: the largest that can be stored.
    let note = 546_000;
    while (
      await engine.profile('full', { attributes: { note: noise('full', note) } }).then(
        () => 0,
        () => 1,
      )
    ) {
      note -= 440;
    }
    const audiences = Array.from({ length: 300 }, (_, id) => ({ id: 1_000_000 + id * 7919, name: String(id) }));
    engine.publish({ ...PROMOTIONS, audiences: [...PROMOTIONS.audiences, ...audiences] });
    const before = await essence(engine);
    const actions = audiences.map(({ id }) => `+full ${id}`);
    for (const all of [actions, [...others, ...actions]]) {
      expect((await refusal(engine.audiences(all))).status).toBe(413);
    }
    expect(await essence(engine)).toEqual(before);
  });

  test('more than can be accepted at once answers 413, and nothing is stored', async () => {
    const engine = await begun();
    const before = await essence(engine);
    const advocates = ids(1000);
    const attributes = { note: noise('shared', 60_000) };
    expect((await refusal(engine.referrals(advocates, { attributes }))).status).toBe(413);
    expect(await essence(engine)).toEqual(before);
  });

  test('five megabytes of rows are accepted and applied', async () => {
    const engine = testEngine(PROMOTIONS);
    const rows = ids(1000).map((integrationId) => ({
      integrationId,
      attributes: { note: noise(integrationId, 5000) },
    }));
    expect(JSON.stringify(rows).length).toBeGreaterThan(5 * 1000 * 1000);
    expect((await engine.profiles(rows))?.integrationStates).toHaveLength(1000);
    expect(await engine.stored(engine.records.profile('p999'))).toMatchObject(rows[999] as object);
    expect(await leftovers(engine)).toBe(0);
  });
});

describe('a sweep', () => {
  const cut = async (engine: TestEngine, call: () => Promise<unknown>) => {
    cutAt(engine, 3);
    await expect(call()).rejects.toThrow('power cut');
    recover(engine);
  };

  test('finds nothing while the call may still be at work', async () => {
    const engine = await begun();
    await cut(engine, () => engine.profiles(profileRows(300)));
    const { deps } = engine;
    const warn = vi.fn();
    expect(await sweepBulk(OPERATIONS, deps, { mayBegin: () => true, warn })).toBe(0);
    expect(await waiting(engine)).not.toEqual([]);
  });

  test('tells how many parts of requests it finished', async () => {
    const engine = await begun();
    await cut(engine, () => engine.profiles(profileRows(1000)));
    const parts = (await waiting(engine)).length;
    wait(engine);
    expect(parts).toBeGreaterThan(1);
    expect(await sweepBulk(OPERATIONS, engine.deps, { mayBegin: () => true, warn: () => {} })).toBe(parts);
    expect(await sweepBulk(OPERATIONS, engine.deps, { mayBegin: () => true, warn: () => {} })).toBe(0);
  });

  test('begins nothing when there is no time', async () => {
    const engine = await begun();
    await cut(engine, () => engine.profiles(profileRows(1000)));
    wait(engine);
    const before = await essence(engine);
    expect(await sweepBulk(OPERATIONS, engine.deps, { mayBegin: () => false, warn: () => {} })).toBe(0);
    expect(await essence(engine)).toEqual(before);
    let begins = 0;
    expect(await sweepBulk(OPERATIONS, engine.deps, { mayBegin: () => begins++ === 0, warn: () => {} })).toBe(1);
  });

  test('warns of rows of an operation that it does not know, keeps them, and goes on with others', async () => {
    const engine = await begun();
    await cut(engine, () => engine.profiles(profileRows(300)));
    await cut(engine, () => engine.audiences(ids(300).map((id) => `+${id} 7`)));
    const parts = (await waiting(engine)).length;
    const warned = await sweep(engine, [updateCustomerProfileAudiences]);
    expect(warned).toEqual([
      expect.objectContaining({ message: expect.stringContaining('no operation updateCustomerProfilesV2') }),
    ]);
    expect(await waiting(engine)).toHaveLength(parts - 1);
    expect(await engine.stored(engine.records.profile('p299'))).toMatchObject({ audiences: [7] });
    expect(await sweep(engine)).toEqual([]);
    expect(await leftovers(engine)).toBe(0);
  });

  test('warns where the Application is gone, and goes on with others', async () => {
    const engine = await begun();
    await cut(engine, () => engine.profiles(profileRows(200), { application: 2 }));
    await cut(engine, () => engine.audiences(ids(300).map((id) => `+${id} 7`)));
    engine.publish({ ...PROMOTIONS, applications: [application()] });
    expect(await sweep(engine)).toHaveLength(1);
    expect(await engine.stored(engine.records.profile('p299'))).toMatchObject({ audiences: [7] });
  });

  test('comes to what lies behind a hundred parts that cannot be applied', async () => {
    const engine = await begun();
    const stuck = Array.from({ length: 130 }, (_, index): Change => {
      const key = { partition: `1/bulk/stuck-${index}`, sort: 'progress/0000' };
      const data = { operation: 'updateNothing', application: 1, next: 0 };
      return { put: { key, data, due: { list: BULK_LIST, at: new Date(index) } }, expect: 'absent' };
    });
    await engine.store.write(stuck.slice(0, 70), 'one');
    await engine.store.write(stuck.slice(70), 'other');
    await cut(engine, () => engine.profiles(profileRows(300)));
    expect(await sweep(engine)).toHaveLength(130);
    expect(await waiting(engine)).toHaveLength(130);
    expect(await engine.stored(engine.records.profile('p298'))).toMatchObject({ attributes: { row: 298 } });
  });
});

test('an accepted row whose pattern others use up gets a code that looks otherwise', async () => {
  const referralSettings = { couponPattern: 'C-##', validCharacters: [...'0123456789'] };
  const engine = testEngine(snapshot({ campaigns: [campaign({ referralSettings })] }));
  cutAt(engine, 2);
  await expect(engine.referrals(ids(60))).rejects.toThrow('power cut');
  recover(engine);
  const all = Array.from({ length: 100 }, (_, n) => `C-${String(n).padStart(2, '0')}`);
  const foreign = all.slice(0, 95).map((code): Change => {
    return { put: { key: engine.records.referral(code).key, data: { code } }, expect: 'absent' };
  });
  await engine.store.write(foreign, 'foreign');
  expect(await sweep(engine)).toEqual([]);
  expect(await leftovers(engine)).toBe(0);
  const records = (await engine.store.items()).filter(({ key }) => key.sort === 'referral');
  const codes = records.map(({ data }) => (data as unknown as ReferralRecord).code);
  expect(codes.filter((code) => all.includes(code)).sort()).toEqual(all);
  expect(codes.filter((code) => /^[A-Z0-9]{8}$/.test(code))).toHaveLength(55);
  expect(new Set(codes).size).toBe(155);
});

test('a code that others take between acceptance and application is replaced by another', async () => {
  const referralSettings = { couponPattern: 'C-###', validCharacters: [...'0123456789'] };
  const engine = testEngine(snapshot({ campaigns: [campaign({ referralSettings })] }));
  cutAt(engine, 2);
  await expect(engine.referrals(ids(300))).rejects.toThrow('power cut');
  recover(engine);
  const [accepted] = (await engine.store.items()).filter(({ key }) => key.sort.startsWith('rows/'));
  const promised = ((accepted?.data ?? []) as unknown as { referral: ReferralRecord }[]).map(
    ({ referral }) => referral.code,
  );
  expect(promised).toHaveLength(300);
  const taken = promised.slice(0, 40);
  const foreign = taken.map((code): Change => {
    const data = { code, advocateProfileIntegrationId: 'somebody' };
    return { put: { key: engine.records.referral(code).key, data }, expect: 'absent' };
  });
  await engine.store.write(foreign, 'foreign');
  expect(await sweep(engine)).toEqual([]);
  const all = (await engine.store.items()).filter(({ key }) => key.sort === 'referral');
  const records = all.map(({ data }) => data as unknown as ReferralRecord);
  expect(records).toHaveLength(340);
  expect(
    records
      .filter(({ advocateProfileIntegrationId: who }) => who === 'somebody')
      .map(({ code }) => code)
      .sort(),
  ).toEqual(taken.toSorted());
  const own = records.filter(({ advocateProfileIntegrationId: who }) => who !== 'somebody');
  expect(own.map(({ advocateProfileIntegrationId: who }) => who).sort()).toEqual(ids(300).sort());
  for (const { code } of own) expect(code).toMatch(/^C-\d{3}$/);
  expect(new Set(own.map(({ batchId }) => batchId)).size).toBe(1);
});
