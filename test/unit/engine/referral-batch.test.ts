import { describe, expect, test } from 'vitest';
import { ReferralList } from '../../../lib/contract/schemas/codes.ts';
import type { Campaign } from '../../../lib/promotions/snapshot.ts';
import type { Change } from '../../../lib/store/store.ts';
import { application, campaign, refusal, snapshot, story, type TestEngine, testEngine } from '../../support/engine.ts';

const FRIENDS: Partial<Campaign> = {
  features: ['referrals'],
  coupons: [],
  rules: [{ title: 'Friend', condition: ['referralValid'], effects: [['setDiscount', 'friend', 5]] }],
};

const engineWith = (over: Partial<Campaign> = {}) =>
  testEngine(snapshot({ campaigns: [campaign({ ...FRIENDS, ...over })] }));

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

const codesOf = async (engine: TestEngine, advocates: readonly string[], body: object = {}): Promise<string[]> =>
  (await engine.referrals(advocates, body))?.data.map(({ code }) => code) ?? [];

describe('the answer', () => {
  test('is a code for each advocate, in their order, with everything that was asked for', async () => {
    const answer = await engineWith().referrals(['ann', 'ben'], {
      usageLimit: 3,
      startDate: '2026-06-01T02:00:00+02:00',
      expiryDate: '2026-07-01T00:00:00Z',
      attributes: { channel: 'mail', none: null },
    });
    expect(ReferralList.parse(answer)).toEqual(answer);
    const referral = (advocateProfileIntegrationId: string) => ({
      id: expect.any(Number),
      created: '2026-06-01T12:00:00.000Z',
      campaignId: 1,
      code: expect.stringMatching(/^[A-Z0-9]{8}$/),
      advocateProfileIntegrationId,
      friendProfileIntegrationId: '',
      startDate: '2026-06-01T00:00:00.000Z',
      expiryDate: '2026-07-01T00:00:00.000Z',
      usageLimit: 3,
      usageCounter: 0,
      attributes: { channel: 'mail' },
      batchId: expect.stringMatching(/^[a-z2-7]{16}$/),
    });
    expect(answer).toEqual({ totalResultSize: 2, data: [referral('ann'), referral('ben')] });
  });

  test('is empty for silent=yes, and the codes are made all the same', async () => {
    for (const count of [1, 200]) {
      const engine = engineWith();
      expect(await engine.referrals(ids(count), {}, { silent: true })).toBeUndefined();
      expect((await engine.inventory(`p${count - 1}`, ['referrals'])).referrals).toHaveLength(1);
    }
  });

  test('of 1000 advocates has 1000 codes and ids, each once, in their order, and one batchId', async () => {
    const { totalResultSize, data = [] } = (await engineWith().referrals(ids(1000))) ?? {};
    expect(totalResultSize).toBe(1000);
    expect(data.map((each) => each.advocateProfileIntegrationId)).toEqual(ids(1000));
    expect(new Set(data.map(({ code }) => code)).size).toBe(1000);
    expect(new Set(data.map(({ id }) => id)).size).toBe(1000);
    expect(new Set(data.map(({ batchId }) => batchId)).size).toBe(1);
  });
});

test('an advocate who is named twice gets two codes', async () => {
  const engine = engineWith();
  const codes = await codesOf(engine, ['ann', 'ann', 'ben', 'ann']);
  expect(new Set(codes).size).toBe(4);
  const { referrals = [] } = await engine.inventory('ann', ['referrals']);
  expect(referrals.map(({ code }) => code)).toEqual([codes[0], codes[1], codes[3]]);
});

test('every call makes others, under another batchId', async () => {
  const engine = engineWith();
  const [one, other] = [await engine.referrals(ids(3)), await engine.referrals(ids(3))];
  const all = [...(one?.data ?? []), ...(other?.data ?? [])];
  expect(new Set(all.map(({ code }) => code)).size).toBe(6);
  expect(new Set(all.map(({ batchId }) => batchId)).size).toBe(2);
});

test('a code serves a friend, as one that was made alone does', async () => {
  const engine = engineWith();
  const [code = ''] = await codesOf(engine, ['ann', 'ben']);
  expect(story(await engine.session('s', { profileId: 'zoe', referralCode: code, state: 'closed' }))).toEqual([
    `acceptReferral ${code}`,
    'setDiscount friend 5',
  ]);
  expect(story(await engine.session('t', { profileId: 'kim', referralCode: code }))).toEqual([
    `rejectReferral ${code} ReferralLimitReached`,
  ]);
  expect(story(await engine.session('u', { profileId: 'ann', referralCode: code }))).toEqual([
    `rejectReferral ${code} ReferralRecipientIdSameAsAdvocate`,
  ]);
});

test('missing advocates are made, empty; those who are there are not touched', async () => {
  const engine = engineWith();
  await engine.profile('ann', { attributes: { Name: 'Ann' } });
  const before = await engine.stored(engine.records.profile('ann'));
  engine.clock.now = new Date('2026-07-01T00:00:00Z');
  await engine.referrals(['ann', 'ben', 'ben']);
  expect(await engine.stored(engine.records.profile('ann'))).toEqual(before);
  expect(await engine.stored(engine.records.profile('ben'))).toMatchObject({ attributes: {}, closedSessions: 0 });
});

test('a campaign that is not running issues codes all the same, and its budget is not asked', async () => {
  const limits = [{ action: 'createReferral', limit: 0, entities: [] }] as const;
  for (const over of [{ state: 'disabled' }, { endTime: '2020-01-01T00:00:00Z' }, { limits }] as const) {
    expect(await codesOf(engineWith(over), ids(2))).toHaveLength(2);
  }
});

describe('codes look', () => {
  const referralSettings = { couponPattern: 'OWN-##', validCharacters: [...'ABCDEFGHIJ'] };

  test('as the request says', async () => {
    const body = { referralPattern: 'VIP-###-x', validCharacters: [...'0123456789'] };
    for (const code of await codesOf(engineWith(), ids(20), body)) expect(code).toMatch(/^VIP-\d{3}-x$/);
  });

  test('where it says nothing, as the campaign says; each of the two by itself', async () => {
    const codes = (body: object) => codesOf(engineWith({ referralSettings }), ids(5), body);
    for (const code of await codes({})) expect(code).toMatch(/^OWN-[A-J]{2}$/);
    for (const code of await codes({ validCharacters: [] })) expect(code).toMatch(/^OWN-[A-J]{2}$/);
    for (const code of await codes({ referralPattern: 'X###' })) expect(code).toMatch(/^X[A-J]{3}$/);
    for (const code of await codes({ validCharacters: ['1', '2', '3'] })) expect(code).toMatch(/^OWN-[123]{2}$/);
  });

  test('where nobody says anything, like eight capitals and digits', async () => {
    for (const code of await codesOf(engineWith(), ids(20))) expect(code).toMatch(/^[A-Z0-9]{8}$/);
  });

  test('of characters that are several ones, each taken as one', async () => {
    const body = { referralPattern: 'A##', validCharacters: ['é', 'ab', '👍'] };
    for (const code of await codesOf(engineWith(), ids(5), body)) expect(code).toMatch(/^A(é|ab|👍){2}$/u);
  });

  test('folded as the Application compares them', async () => {
    const applications = [application({ caseSensitivity: 'insensitive-lowercase' })];
    const engine = testEngine(snapshot({ applications, campaigns: [campaign(FRIENDS)] }));
    const [code = ''] = await codesOf(engine, ['ann'], { referralPattern: 'VIP-####' });
    expect(code).toMatch(/^vip-[a-z0-9]{4}$/);
    const answer = await engine.session('s', { profileId: 'ben', referralCode: code.toUpperCase() });
    expect(story(answer)).toContain(`acceptReferral ${code}`);
  });
});

describe('a small space', () => {
  const DIGITS = { referralPattern: 'C-#', validCharacters: [...'0123456789'] };

  test('gives all of its codes, each once', async () => {
    const engine = engineWith();
    const codes = [...(await codesOf(engine, ids(4), DIGITS)), ...(await codesOf(engine, ids(6), DIGITS))];
    expect(codes.sort()).toEqual([...'0123456789'].map((digit) => `C-${digit}`));
  });

  test('of a thousand gives a thousand', async () => {
    const codes = await codesOf(engineWith(), ids(1000), { ...DIGITS, referralPattern: 'C-###' });
    expect(new Set(codes).size).toBe(1000);
  });

  test('of ten thousand gives its very last code', async () => {
    const engine = engineWith();
    const all = Array.from({ length: 10_000 }, (_, n) => `C-${String(n).padStart(4, '0')}`).filter(
      (c) => c !== 'C-7777',
    );
    for (let from = 0; from < all.length; from += 100) {
      const taken = all.slice(from, from + 100).map((code): Change => {
        return { put: { key: engine.records.referral(code).key, data: { code } }, expect: 'absent' };
      });
      await engine.store.write(taken, String(from));
    }
    expect(await codesOf(engine, ['ann'], { ...DIGITS, referralPattern: 'C-####' })).toEqual(['C-7777']);
  });

  test.each([
    ['more advocates than codes', 11, DIGITS],
    ['a pattern without a place, for two', 2, { referralPattern: 'FIX' }],
    ['characters that are one where case is ignored', 4, { referralPattern: 'C-#', validCharacters: ['a', 'A', 'b'] }],
    ['two ways to write the same', 4, { referralPattern: 'C##', validCharacters: ['x', 'xx'] }],
  ])('that is too small is a 400, and nothing is stored: %s', async (_, count, body) => {
    const applications = [application({ caseSensitivity: 'insensitive-uppercase' })];
    const engine = testEngine(snapshot({ applications, campaigns: [campaign(FRIENDS)] }));
    expect(await refusal(engine.referrals(ids(count), body))).toMatchObject({
      status: 400,
      issues: [['Invalid value', '/referralPattern']],
    });
    expect(await engine.store.dump()).toBe('[]');
    // It is not the request that is wrong, but its number.
    expect(await codesOf(engine, ids(1), body)).toHaveLength(1);
  });

  test('of the campaign’s own is the campaign’s fault', async () => {
    const engine = engineWith({ referralSettings: { couponPattern: 'C-#', validCharacters: ['1', '2'] } });
    expect(await refusal(engine.referrals(ids(3)))).toMatchObject({
      status: 400,
      issues: [['Invalid value', '/campaignId']],
    });
  });

  test('that others use too has room for what they left', async () => {
    const engine = engineWith({ referralSettings: { couponPattern: 'C-#', validCharacters: [...'0123456789'] } });
    const before = await codesOf(engine, ids(7), DIGITS);
    expect((await refusal(engine.referrals(ids(4), DIGITS))).status).toBe(400);
    const { code } = await engine.referral('ann');
    expect(before).not.toContain(code);
    expect(new Set([...before, code, ...(await codesOf(engine, ids(2), DIGITS))]).size).toBe(10);
  });

  test('that two calls use at once gives each code once', async () => {
    const engine = engineWith();
    const both = await Promise.all([codesOf(engine, ids(5), DIGITS), codesOf(engine, ids(5), DIGITS)]);
    expect(new Set(both.flat()).size).toBe(10);
  });

  test('a pattern without a place gives its code once', async () => {
    const engine = engineWith();
    expect(await codesOf(engine, ['ann'], { referralPattern: 'FIXED' })).toEqual(['FIXED']);
    expect((await refusal(engine.referrals(['ben'], { referralPattern: 'FIXED' }))).status).toBe(400);
  });
});

test('codes are of their Application: another may have the same, and does not know these', async () => {
  const applications = [application(), application({ id: 2 })];
  const campaigns = [1, 2].map((id) => campaign({ ...FRIENDS, id, applicationId: id, rulesetId: id }));
  const engine = testEngine(snapshot({ applications, campaigns }));
  const fixed = { referralPattern: 'FIXED' };
  expect(await codesOf(engine, ['ann'], fixed)).toEqual(['FIXED']);
  const other = engine.session('s', { profileId: 'ben', referralCode: 'FIXED' }, { application: 2 });
  expect(story(await other)).toEqual(['rejectReferral FIXED ReferralNotFound']);
  expect((await refusal(engine.referrals(['ann'], { ...fixed, campaignId: 2 }))).status).toBe(404);
});

describe('a request is refused as a whole, and nothing is stored', () => {
  test('for a campaign that is not there', async () => {
    const engine = engineWith();
    expect((await refusal(engine.referrals(ids(3), { campaignId: 9 }))).status).toBe(404);
    expect(await engine.store.dump()).toBe('[]');
  });

  test('for one bad advocate of 1000, naming it', async () => {
    const engine = engineWith();
    const refused = await refusal(engine.referrals(ids(1000).with(500, '')));
    expect(refused.issues.map(([, place]) => place)).toEqual(['/advocateProfileIntegrationIds/500']);
    expect(await engine.store.dump()).toBe('[]');
  });

  test('for a campaign without referrals and undeclared attributes, naming all of it', async () => {
    const engine = testEngine(
      snapshot({
        campaigns: [campaign({ features: ['coupons'] })],
        attributes: [{ id: 1, entity: 'Referral', name: 'channel', type: 'string' }],
      }),
    );
    const refused = await refusal(engine.referrals(ids(3), { attributes: { channel: 5, from: 'x' } }));
    expect(refused).toMatchObject({
      status: 400,
      issues: [
        ['Invalid value', '/campaignId'],
        ['Invalid type', '/attributes/channel'],
        ['Unknown', '/attributes/from'],
      ],
    });
    expect(await engine.store.dump()).toBe('[]');
  });

  test.each<[string, object, string]>([
    ['no advocate', { advocateProfileIntegrationIds: [] }, '/advocateProfileIntegrationIds'],
    ['1001 advocates', { advocateProfileIntegrationIds: ids(1001) }, '/advocateProfileIntegrationIds'],
    ['no usage limit', { usageLimit: undefined }, '/usageLimit'],
    ['a pattern of two characters', { referralPattern: '##' }, '/referralPattern'],
    ['a pattern of 101 characters', { referralPattern: '#'.repeat(101) }, '/referralPattern'],
    ['codes that would be longer', { referralPattern: '#'.repeat(60), validCharacters: ['ab'] }, '/validCharacters'],
    ['an empty character', { validCharacters: ['a', ''] }, '/validCharacters/1'],
    ['a character twice', { validCharacters: ['a', 'a'] }, '/validCharacters'],
  ])('for %s', async (_, body, pointer) => {
    const engine = engineWith();
    const refused = await refusal(engine.referrals(['ann'], body));
    expect(refused.status).toBe(400);
    expect(refused.issues.map(([, place]) => place)).toEqual([pointer]);
    expect(await engine.store.dump()).toBe('[]');
  });
});

test('codes that only pattern and characters of two sides make too long are refused, naming what was sent', async () => {
  const wide = ['a'.repeat(40), 'b'.repeat(40)];
  const patterned = { referralSettings: { couponPattern: '#'.repeat(60), validCharacters: ['a', 'b'] } };
  expect(await refusal(engineWith(patterned).referrals(ids(2), { validCharacters: wide }))).toMatchObject({
    status: 400,
    issues: [['Invalid value', '/validCharacters']],
  });
  const characters = { referralSettings: { couponPattern: 'X#', validCharacters: wide } };
  expect(await refusal(engineWith(characters).referrals(ids(2), { referralPattern: 'X###' }))).toMatchObject({
    status: 400,
    issues: [['Invalid value', '/referralPattern']],
  });
  expect(await codesOf(engineWith(characters), ids(2), { referralPattern: 'X##' })).toHaveLength(2);
});

test('deleting an advocate’s data makes the codes serve nobody, and leaves the others’ alone', async () => {
  const engine = engineWith();
  const [ann = '', ben = ''] = await codesOf(engine, ['ann', 'ben'], { attributes: { note: 'secret' } });
  await engine.erase('ann');
  expect(await engine.store.dump()).not.toContain('"ann"');
  expect(await engine.stored(engine.records.referral(ann))).toMatchObject({ attributes: {} });
  expect(story(await engine.session('s', { profileId: 'zoe', referralCode: ann }))).toEqual([
    `rejectReferral ${ann} ReferralNotFound`,
  ]);
  expect(story(await engine.session('t', { profileId: 'zoe', referralCode: ben }))).toContain(`acceptReferral ${ben}`);
});
