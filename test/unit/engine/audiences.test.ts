import { describe, expect, test } from 'vitest';
import type { ProfileRecord } from '../../../lib/engine/records.ts';
import { application, campaign, refusal, snapshot, type TestEngine, testEngine } from '../../support/engine.ts';

const PROMOTIONS = snapshot({
  applications: [application(), application({ id: 2 }), application({ id: 3, environment: 'sandbox' })],
  audiences: [
    { id: 7, name: 'Regulars' },
    { id: 8, name: 'Friends' },
    { id: 100, name: 'Everybody' },
  ],
});

const begin = (): TestEngine => testEngine(PROMOTIONS);

const audiencesOf = async (engine: TestEngine, id: string, application = 1) =>
  (await engine.stored<ProfileRecord>(engine.recordsIn(application).profile(id)))?.audiences;

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

test('profiles are added and taken out, and the answer is empty', async () => {
  const engine = begin();
  expect(await engine.audiences(['+ann 7', '+ben 7', '+ann 8'])).toBeUndefined();
  await engine.audiences(['-ann 7']);
  expect(await audiencesOf(engine, 'ann')).toEqual([8]);
  expect(await audiencesOf(engine, 'ben')).toEqual([7]);
});

test('the memberships are seen by every other call, with their names', async () => {
  const engine = begin();
  await engine.audiences(['+ann 100', '+ann 7']);
  const { profile } = await engine.inventory('ann', ['profile']);
  expect(profile?.audienceMemberships).toEqual([
    { id: 7, name: 'Regulars' },
    { id: 100, name: 'Everybody' },
  ]);
});

test('adding makes a missing profile, empty; taking out makes none', async () => {
  const engine = begin();
  await engine.audiences(['+ann 7', '-ben 7']);
  expect(await engine.stored(engine.records.profile('ann'))).toMatchObject({ attributes: {}, audiences: [7] });
  expect(await engine.stored(engine.records.profile('ben'))).toBeUndefined();
});

test('actions of one profile are taken in their order', async () => {
  const engine = begin();
  await engine.audiences(['+ann 7', '-ann 7', '-ben 7', '+ben 7', '+zoe 7', '+zoe 8', '-zoe 7', '+zoe 100']);
  expect(await audiencesOf(engine, 'ann')).toEqual([]);
  expect(await audiencesOf(engine, 'ben')).toEqual([7]);
  expect(await audiencesOf(engine, 'zoe')).toEqual([8, 100]);
});

test('adding a member and taking out who is none changes nothing', async () => {
  const engine = begin();
  await engine.audiences(['+ann 7']);
  const before = await engine.store.dump();
  const { write } = engine.store.trips;
  for (const time of ['2026-06-01T12:00:00Z', '2026-07-01T12:00:00Z']) {
    engine.clock.now = new Date(time);
    await engine.audiences(['+ann 7', '-ann 8', '-nobody 7']);
  }
  expect(await engine.store.dump()).toBe(before);
  expect(engine.store.trips.write).toBe(write);
});

test('no action: nothing happens', async () => {
  const engine = begin();
  expect(await engine.audiences([])).toBeUndefined();
  expect(await engine.store.dump()).toBe('[]');
});

test('no rule runs, and nothing of the profile but its audiences moves', async () => {
  const rule = { title: 'Always', condition: ['and', true], effects: [['setDiscount', 'x', 5]] } as const;
  const limits = [{ action: 'setDiscount', limit: 100, entities: [] }] as const;
  const engine = testEngine({ ...PROMOTIONS, campaigns: [campaign({ rules: [rule], limits })] });
  await engine.profile('ann', { attributes: { Name: 'Ann' } });
  const before = await engine.stored<ProfileRecord>(engine.records.profile('ann'));
  engine.clock.now = new Date('2026-07-01T00:00:00Z');
  await engine.audiences(['+ann 7']);
  expect(await engine.stored(engine.records.profile('ann'))).toEqual({ ...before, audiences: [7] });
  expect((await engine.store.items()).filter(({ key }) => key.partition.includes('/limit/'))).toEqual([]);
});

test('1000 actions on 1000 profiles are all taken; 1001 are refused', async () => {
  const engine = begin();
  await engine.audiences(ids(1000).map((id) => `+${id} 7`));
  expect((await engine.search({ nothing: null })).length).toBe(1000);
  for (const id of ids(1000)) expect(await audiencesOf(engine, id)).toEqual([7]);
  expect(await refusal(engine.audiences(ids(1001).map((id) => `+${id} 8`)))).toMatchObject({ status: 400 });
});

test('1000 actions on one profile are taken in their order', async () => {
  const engine = begin();
  await engine.audiences(ids(1000).map((_, index) => `${index % 2 ? '-' : '+'}ann ${index < 999 ? 7 : 8}`));
  expect(await audiencesOf(engine, 'ann')).toEqual([7]);
});

describe('a request is refused as a whole', () => {
  test('with a 404 that names every action on an audience that is not there, and nothing is stored', async () => {
    const engine = begin();
    const actions = ids(1000).map((id) => `+${id} 7`);
    const refused = await refusal(engine.audiences(actions.with(3, '+ann 9').with(800, '-ben 10')));
    expect(refused).toMatchObject({
      status: 404,
      issues: [
        ['Unknown', '/data/3/audienceId'],
        ['Unknown', '/data/800/audienceId'],
      ],
    });
    expect(await engine.store.dump()).toBe('[]');
  });

  test('with a 400 that names every action that is none', async () => {
    const engine = begin();
    const refused = await refusal(engine.audiences(['+ann 7', '+ 7', '+ann x', '+ann 7.5']));
    expect(refused.status).toBe(400);
    expect(refused.issues.map(([, place]) => place)).toEqual([
      '/data/1/profileIntegrationId',
      '/data/2/audienceId',
      '/data/3/audienceId',
    ]);
    expect(await engine.store.dump()).toBe('[]');
  });
});

test('audiences are the account’s: every Application of the environment sees them, no other environment', async () => {
  const engine = begin();
  await engine.audiences(['+ann 7'], { application: 2 });
  expect(await audiencesOf(engine, 'ann')).toEqual([7]);
  expect(await audiencesOf(engine, 'ann', 3)).toBeUndefined();
  await engine.audiences(['+ann 8'], { application: 3 });
  expect(await audiencesOf(engine, 'ann')).toEqual([7]);
  expect(await audiencesOf(engine, 'ann', 3)).toEqual([8]);
});

test('deleting a customer’s data takes the memberships with it', async () => {
  const engine = begin();
  await engine.audiences(['+ann 7']);
  await engine.erase('ann');
  await engine.profile('ann');
  expect(await audiencesOf(engine, 'ann')).toEqual([]);
});
