import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { MultipleCustomerProfileIntegrationResponseV2 } from '../../../lib/contract/schemas/state.ts';
import type { ProfileRecord } from '../../../lib/engine/records.ts';
import { application, campaign, refusal, snapshot, type TestEngine, testEngine } from '../../support/engine.ts';

// The comparison with single calls makes hundreds of them.
vi.setConfig({ testTimeout: 60_000 });

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

const rowsOf = (count: number) => ids(count).map((integrationId, row) => ({ integrationId, attributes: { row } }));

const profile = (engine: TestEngine, id: string, application = 1) =>
  engine.stored<ProfileRecord>(engine.recordsIn(application).profile(id));

describe('the answer', () => {
  test('is a state for each row, in their order: the profile, and no effects', async () => {
    const answer = await testEngine().profiles([
      { integrationId: 'ann', attributes: { Name: 'Ann' } },
      { integrationId: 'ben' },
    ]);
    expect(MultipleCustomerProfileIntegrationResponseV2.parse(answer)).toEqual(answer);
    const state = (integrationId: string, attributes: object) => ({
      customerProfile: {
        id: expect.any(Number),
        created: '2026-06-01T12:00:00.000Z',
        integrationId,
        attributes,
        accountId: 1,
        closedSessions: 0,
        totalSales: 0,
        loyaltyMemberships: [],
        audienceMemberships: [],
        lastActivity: '2026-06-01T12:00:00.000Z',
      },
      effects: [],
      createdCoupons: [],
      createdReferrals: [],
    });
    expect(answer).toEqual({ integrationStates: [state('ann', { Name: 'Ann' }), state('ben', {})] });
  });

  test('is empty for silent=yes, and the rows are stored all the same', async () => {
    for (const count of [1, 1000]) {
      const engine = testEngine();
      expect(await engine.profiles(rowsOf(count), { silent: true })).toBeUndefined();
      expect(await profile(engine, `p${count - 1}`)).toMatchObject({ attributes: { row: count - 1 } });
    }
  });

  test('of 1000 rows has 1000 states, in their order, with ids of their own', async () => {
    const { integrationStates = [] } = (await testEngine().profiles(rowsOf(1000))) ?? {};
    expect(integrationStates.map(({ customerProfile }) => customerProfile?.integrationId)).toEqual(ids(1000));
    expect(new Set(integrationStates.map(({ customerProfile }) => customerProfile?.id)).size).toBe(1000);
  });
});

describe('a profile', () => {
  test('that is named more than once gets its rows in their order, and each answer is what it was then', async () => {
    const engine = testEngine();
    const answer = await engine.profiles([
      { integrationId: 'ann', attributes: { a: 1, b: 1 } },
      { integrationId: 'ben', attributes: { a: 0 } },
      { integrationId: 'ann', attributes: { a: 2, b: null } },
      { integrationId: 'ann', attributes: { c: [] } },
    ]);
    expect(answer?.integrationStates?.map(({ customerProfile }) => customerProfile?.attributes)).toEqual([
      { a: 1, b: 1 },
      { a: 0 },
      { a: 2 },
      { a: 2, c: [] },
    ]);
    expect(await profile(engine, 'ann')).toMatchObject({ attributes: { a: 2, c: [] } });
    expect(new Set(answer?.integrationStates?.map(({ customerProfile }) => customerProfile?.id)).size).toBe(2);
  });

  test('that is named a thousand times is one', async () => {
    const engine = testEngine();
    const rows = Array.from({ length: 1000 }, (_, row) => ({ integrationId: 'ann', attributes: { row } }));
    const { integrationStates = [] } = (await engine.profiles(rows)) ?? {};
    expect(integrationStates.map(({ customerProfile }) => customerProfile?.attributes.row)).toEqual([
      ...Array(1000).keys(),
    ]);
    expect(new Set(integrationStates.map(({ customerProfile }) => customerProfile?.id)).size).toBe(1);
    expect(await profile(engine, 'ann')).toMatchObject({ attributes: { row: 999 } });
  });

  test('keeps what was not sent, and all that is not attributes; this is no activity', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'ann', state: 'closed', cartItems: [] });
    await engine.profile('ann', { attributes: { Name: 'Ann', City: 'Bonn' } });
    const before = await profile(engine, 'ann');
    engine.clock.now = new Date('2026-07-01T00:00:00Z');
    await engine.profiles([{ integrationId: 'ann', attributes: { City: 'Ulm' } }]);
    expect(await profile(engine, 'ann')).toEqual({ ...before, attributes: { Name: 'Ann', City: 'Ulm' } });
  });

  test('that stays as it is is not written again, however long ago it was active', async () => {
    const engine = testEngine();
    await engine.profiles(rowsOf(50));
    const before = await engine.store.dump();
    engine.clock.now = new Date('2026-07-01T00:00:00Z');
    await engine.profiles(rowsOf(50));
    expect(await engine.store.dump()).toBe(before);
  });

  test('is the environment’s, and no other environment’s', async () => {
    const applications = [application(), application({ id: 2 }), application({ id: 3, environment: 'sandbox' })];
    const engine = testEngine(snapshot({ applications }));
    for (const id of [1, 2, 3]) {
      await engine.profiles([{ integrationId: 'ann', attributes: { [`from${id}`]: true } }], { application: id });
    }
    expect(await profile(engine, 'ann')).toMatchObject({ attributes: { from1: true, from2: true } });
    expect((await profile(engine, 'ann', 3))?.attributes).toEqual({ from3: true });
  });
});

test('no rule runs', async () => {
  const rule = { title: 'Always', condition: ['and', true], effects: [['setDiscount', 'x', 5]] } as const;
  const limits = [{ action: 'setDiscount', limit: 100, entities: [] }] as const;
  const engine = testEngine(snapshot({ campaigns: [campaign({ rules: [rule], limits })] }));
  await engine.profiles(rowsOf(3));
  expect((await engine.store.items()).filter(({ key }) => key.partition.includes('/limit/'))).toEqual([]);
});

describe('a request is refused as a whole, and nothing is stored', () => {
  const ATTRIBUTES = snapshot({
    attributes: [
      { id: 1, entity: 'CustomerProfile', name: 'row', type: 'number' },
      { id: 2, entity: 'CustomerProfile', name: 'City', type: 'string' },
    ],
  });

  test('for one bad attribute in 1000 rows, naming row and attribute', async () => {
    const engine = testEngine(ATTRIBUTES);
    await engine.profiles(rowsOf(10));
    const before = await engine.store.dump();
    const rows = rowsOf(1000).with(997, { integrationId: 'p997', attributes: { row: '997' as never } });
    expect(await refusal(engine.profiles(rows))).toMatchObject({
      status: 400,
      message: 'The submitted data was invalid',
      issues: [['Invalid type', '/customerProfiles/997/attributes/row']],
    });
    expect(await engine.store.dump()).toBe(before);
  });

  test('for undeclared attributes and wrong types, naming all of them', async () => {
    const engine = testEngine(ATTRIBUTES);
    const refused = await refusal(
      engine.profiles([
        { integrationId: 'a', attributes: { Town: 'Bonn', City: 5 } },
        { integrationId: 'b', attributes: { City: 'Bonn' } },
        { integrationId: 'c', attributes: { row: 'x', 'a/b': null } },
      ]),
    );
    expect(refused).toMatchObject({
      status: 400,
      issues: [
        ['Unknown', '/customerProfiles/0/attributes/Town'],
        ['Invalid type', '/customerProfiles/0/attributes/City'],
        ['Invalid type', '/customerProfiles/2/attributes/row'],
        ['Unknown', '/customerProfiles/2/attributes/a~1b'],
      ],
    });
    expect(await engine.store.dump()).toBe('[]');
  });

  test.each<[string, unknown, string]>([
    ['no row', [], '/customerProfiles'],
    ['1001 rows', rowsOf(1001), '/customerProfiles'],
    ['a row without an id', [{ attributes: {} }], '/customerProfiles/0/integrationId'],
    ['a row with an empty id', [{ integrationId: '' }], '/customerProfiles/0/integrationId'],
    ['a row that is none', [{ integrationId: 'ann' }, 5], '/customerProfiles/1'],
    ['attributes that are none', [{ integrationId: 'ann', attributes: 5 }], '/customerProfiles/0/attributes'],
  ])('for %s', async (_, rows, pointer) => {
    const engine = testEngine();
    const refused = await refusal(engine.profiles(rows as object[]));
    expect(refused).toMatchObject({ status: 400, issues: [[expect.any(String), pointer]] });
    expect(await engine.store.dump()).toBe('[]');
  });
});

test('a call on any rows leaves what single calls leave, one for each row', async () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 3 }),
  );
  const row = fc.record(
    {
      integrationId: fc.oneof(fc.constantFrom('ann', 'ben', 'zoe'), fc.string({ minLength: 1, maxLength: 5 })),
      attributes: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'constructor'), value),
    },
    { requiredKeys: ['integrationId'] },
  );
  const essence = async (engine: TestEngine): Promise<unknown[]> =>
    (await engine.store.items())
      .filter(({ key }) => key.partition !== '1/ids')
      .map(({ version: _, data, ...item }) => ({ ...item, data: { ...(data as object), id: 0 } }));
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 120 }), async (rows) => {
      const [bulk, single] = [testEngine(), testEngine()];
      for (const engine of [bulk, single]) await engine.profile('ann', { attributes: { a: 'old', b: 'old' } });
      const states = (await bulk.profiles(rows))?.integrationStates ?? [];
      for (const [index, { integrationId, ...body }] of rows.entries()) {
        const content = { ...body, responseContent: ['customerProfile'] };
        const { customerProfile } = await single.profile(integrationId, content);
        expect(states[index]?.customerProfile).toEqual({ ...customerProfile, id: expect.any(Number) });
      }
      expect(await essence(bulk)).toEqual(await essence(single));
    }),
    { numRuns: 60 },
  );
});
