import { describe, expect, test } from 'vitest';
import { CustomerProfileList } from '../../../lib/contract/schemas/profile.ts';
import type { AttributeDefinition } from '../../../lib/promotions/snapshot.ts';
import { application, campaign, refusal, snapshot, type TestEngine, testEngine } from '../../support/engine.ts';

const declared = (...attributes: [name: string, type: AttributeDefinition['type']][]): AttributeDefinition[] =>
  attributes.map(([name, type], index) => ({ id: index + 1, entity: 'CustomerProfile', name, type }));

const fill = async (engine: TestEngine, profiles: Record<string, object>) => {
  for (const [id, attributes] of Object.entries(profiles)) await engine.profile(id, { attributes });
};

const engineWith = async (profiles: Record<string, object>) => {
  const engine = testEngine();
  await fill(engine, profiles);
  return engine;
};

test('a profile is found when it has every attribute that was sent, whatever else it has', async () => {
  const engine = await engineWith({
    ann: { City: 'Bonn', Age: 30 },
    ben: { City: 'Bonn', Age: 31 },
    zoe: { City: 'Bonn', Age: 30, Vip: true },
    kim: { Age: 30 },
  });
  expect(await engine.search({ City: 'Bonn', Age: 30 })).toEqual(['ann', 'zoe']);
  expect(await engine.search({ City: 'Bonn' })).toEqual(['ann', 'ben', 'zoe']);
  expect(await engine.search({ City: 'Ulm' })).toEqual([]);
});

test('the answer is the list of profiles as every call answers them', async () => {
  const engine = await engineWith({ ann: { City: 'Bonn' } });
  const request = { params: {}, query: {}, body: { attributes: { City: 'Bonn' } } };
  const answer = await engine.api.getCustomerProfilesByAttributes(request, engine.call);
  expect(CustomerProfileList.parse(answer)).toEqual(answer);
  expect(answer).toEqual({
    totalResultSize: 1,
    data: [
      {
        id: expect.any(Number),
        created: '2026-06-01T12:00:00.000Z',
        integrationId: 'ann',
        attributes: { City: 'Bonn' },
        accountId: 1,
        closedSessions: 0,
        totalSales: 0,
        loyaltyMemberships: [],
        audienceMemberships: [],
        lastActivity: '2026-06-01T12:00:00.000Z',
      },
    ],
  });
});

describe('values are equal', () => {
  test.each<[string, unknown, unknown, boolean]>([
    ['a number and itself', 1, 1, true],
    ['zero and its negative, which JSON can write', 0, -0, true],
    ['a number and its text', 1, '1', false],
    ['true and its text', true, 'true', false],
    ['true and one', true, 1, false],
    ['texts of another case', 'Bonn', 'bonn', false],
    ['texts with blanks', 'Bonn', 'Bonn ', false],
    ['lists in order', ['a', 'b'], ['a', 'b'], true],
    ['lists in another order', ['a', 'b'], ['b', 'a'], false],
    ['a list and its part', ['a', 'b'], ['a'], false],
    ['a list of one and its value', ['a'], 'a', false],
    ['empty lists', [], [], true],
    ['locations, however their parts are ordered', { lat: 1, lon: 2 }, { lon: 2, lat: 1 }, true],
    ['locations elsewhere', { lat: 1, lon: 2 }, { lat: 1, lon: 3 }, false],
    ['an empty text and none', '', null, false],
  ])('%s', async (_, stored, asked, isFound) => {
    const engine = await engineWith({ ann: { a: stored } });
    expect(await engine.search({ a: asked })).toEqual(isFound ? ['ann'] : []);
  });

  test('times, where they are the same instant, alone and in lists', async () => {
    const attributes = declared(['Born', 'time'], ['Visits', '(list time)'], ['Note', 'string']);
    const engine = testEngine(snapshot({ attributes }));
    await fill(engine, {
      ann: { Born: '2000-01-01T00:00:00Z', Visits: ['2026-01-01T12:00:00+01:00'], Note: '2000-01-01T00:00:00Z' },
    });
    expect(await engine.search({ Born: '2000-01-01T01:00:00.000+01:00' })).toEqual(['ann']);
    expect(await engine.search({ Born: '2000-01-01T00:00:01Z' })).toEqual([]);
    expect(await engine.search({ Visits: ['2026-01-01T11:00:00Z'] })).toEqual(['ann']);
    // A text stays a text.
    expect(await engine.search({ Note: '2000-01-01T01:00:00+01:00' })).toEqual([]);
  });
});

test('null asks for profiles without the attribute', async () => {
  const engine = await engineWith({ ann: { City: 'Bonn' }, ben: { Vip: true }, zoe: { City: 'Ulm', Vip: true } });
  expect(await engine.search({ City: null })).toEqual(['ben']);
  expect(await engine.search({ City: null, Vip: true })).toEqual(['ben']);
});

test('names that every object has are names like others', async () => {
  const engine = await engineWith({ ann: { constructor: 'x' }, ben: {} });
  expect(await engine.search({ constructor: 'x' })).toEqual(['ann']);
  expect(await engine.search({ toString: null, constructor: null })).toEqual(['ben']);
});

test('what was changed or removed is searched as it is now', async () => {
  const engine = await engineWith({ ann: { City: 'Bonn', Age: 30 } });
  await engine.profile('ann', { attributes: { City: 'Ulm', Age: null } });
  expect(await engine.search({ City: 'Bonn' })).toEqual([]);
  expect(await engine.search({ Age: 30 })).toEqual([]);
  expect(await engine.search({ City: 'Ulm', Age: null })).toEqual(['ann']);
});

test('profiles are found however they came to be', async () => {
  const engine = testEngine(snapshot({ audiences: [{ id: 7, name: 'Regulars' }] }));
  await engine.profile('profile');
  await engine.profiles([{ integrationId: 'bulk' }]);
  await engine.session('s', { profileId: 'session' });
  await engine.event('t', { profileId: 'event' });
  await engine.referral('referral');
  await engine.referrals(['batch']);
  await engine.reserve('SUMMER', ['reservation']);
  await engine.audiences(['+audience 7']);
  expect(await engine.search({ nothing: null })).toEqual([
    'profile',
    'bulk',
    'session',
    'event',
    'referral',
    'batch',
    'reservation',
    'audience',
  ]);
});

test('all Applications of the environment are searched, and no other environment', async () => {
  const applications = [application(), application({ id: 2 }), application({ id: 3, environment: 'sandbox' })];
  const engine = testEngine(snapshot({ applications, campaigns: [campaign()] }));
  for (const id of [1, 2, 3]) await engine.profile(`p${id}`, { attributes: { City: 'Bonn' } }, {}, id);
  expect(await engine.search({ City: 'Bonn' })).toEqual(['p1', 'p2']);
  expect(await engine.search({ City: 'Bonn' }, 2)).toEqual(['p1', 'p2']);
  expect(await engine.search({ City: 'Bonn' }, 3)).toEqual(['p3']);
});

test('the first thousand are listed by their ids, and all are counted', async () => {
  const engine = testEngine();
  const rows = Array.from({ length: 1100 }, (_, index) => ({
    integrationId: `p${index}`,
    attributes: { City: 'Bonn' },
  }));
  await engine.profiles(rows.slice(0, 550));
  await engine.profiles(rows.slice(550));
  const request = { params: {}, query: {}, body: { attributes: { City: 'Bonn' } } };
  const { totalResultSize, data } = await engine.api.getCustomerProfilesByAttributes(request, engine.call);
  expect(totalResultSize).toBe(1100);
  expect(data.map(({ integrationId }) => integrationId)).toEqual(rows.slice(0, 1000).map((row) => row.integrationId));
});

test('nothing is written, and searching is no activity', async () => {
  const engine = await engineWith({ ann: { City: 'Bonn' } });
  const before = await engine.store.dump();
  engine.clock.now = new Date('2026-07-01T00:00:00Z');
  await engine.search({ City: 'Bonn' });
  expect(await engine.store.dump()).toBe(before);
});

test('who was deleted is not found any more', async () => {
  const engine = await engineWith({ ann: { City: 'Bonn' }, ben: { City: 'Bonn' } });
  await engine.erase('ann');
  expect(await engine.search({ City: 'Bonn' })).toEqual(['ben']);
  expect(await engine.search({ nothing: null })).toEqual(['ben']);
});

describe('a search is refused', () => {
  test.each<[string, object | undefined, string]>([
    ['without any attribute, which every profile would match', {}, '/attributes'],
    ['without attributes', undefined, '/attributes'],
    ['for an attribute that is none', { a: [[1]] }, '/attributes/a'],
  ])('%s', async (_, attributes, pointer) => {
    const refused = await refusal(testEngine().search(attributes as object));
    expect(refused).toMatchObject({ status: 400, issues: [[expect.any(String), pointer]] });
  });

  test('for attributes that are not declared or of another type, naming all of them', async () => {
    const engine = testEngine(snapshot({ attributes: declared(['City', 'string'], ['Age', 'number']) }));
    const refused = await refusal(engine.search({ Town: 'Bonn', City: 5, Age: 30, Vip: null }));
    expect(refused).toMatchObject({
      status: 400,
      issues: [
        ['Unknown', '/attributes/Town'],
        ['Invalid type', '/attributes/City'],
        ['Unknown', '/attributes/Vip'],
      ],
    });
  });
});
