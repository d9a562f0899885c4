import { describe, expect, test } from 'vitest';
import { Referral } from '../../../lib/contract/schemas/codes.ts';
import { codeDrawer } from '../../../lib/engine/moment.ts';
import type { Campaign } from '../../../lib/promotions/snapshot.ts';
import { application, campaign, cart, effectsOf, refusal, snapshot, story, testEngine } from '../../support/engine.ts';

const FRIENDS: Partial<Campaign> = {
  features: ['referrals'],
  coupons: [],
  rules: [{ title: 'Friend', condition: ['referralValid'], effects: [['setDiscount', 'friend', 5]] }],
};

const engineWith = (over: Partial<Campaign> = {}) =>
  testEngine(snapshot({ campaigns: [campaign({ ...FRIENDS, ...over })] }));

describe('making a code', () => {
  test('answers it with everything that was asked for', async () => {
    const engine = engineWith();
    const answer = await engine.referral('anna', {
      friendProfileIntegrationId: 'ben',
      startDate: '2026-06-01T02:00:00+02:00',
      expiryDate: '2026-07-01T00:00:00.123456789Z',
      usageLimit: 3,
      attributes: { channel: 'mail' },
    });
    expect(Referral.parse(answer)).toEqual(answer);
    expect(answer).toEqual({
      id: expect.any(Number),
      created: '2026-06-01T12:00:00.000Z',
      campaignId: 1,
      code: expect.stringMatching(/^[A-Z0-9]{8}$/),
      advocateProfileIntegrationId: 'anna',
      friendProfileIntegrationId: 'ben',
      startDate: '2026-06-01T00:00:00.000Z',
      expiryDate: '2026-07-01T00:00:00.123Z',
      usageLimit: 3,
      usageCounter: 0,
      attributes: { channel: 'mail' },
    });
  });

  test('without anything said it serves one friend, whoever comes, for ever', async () => {
    const answer = await engineWith().referral('anna', { expiryDate: '0001-01-01T00:00:00Z', startDate: '' });
    expect(answer).toMatchObject({ usageLimit: 1, friendProfileIntegrationId: '' });
    expect(answer).not.toHaveProperty('startDate');
    expect(answer).not.toHaveProperty('expiryDate');
  });

  test('is made anew with every call', async () => {
    const engine = engineWith();
    const codes = new Set<string>();
    for (let index = 0; index < 20; index++) codes.add((await engine.referral('anna')).code);
    expect(codes.size).toBe(20);
  });

  test('makes the advocate’s profile when it is missing, and only that', async () => {
    const engine = engineWith();
    await engine.referral('anna', { friendProfileIntegrationId: 'ben' });
    expect(await engine.stored(engine.records.profile('anna'))).toMatchObject({ closedSessions: 0, attributes: {} });
    expect(await engine.stored(engine.records.profile('ben'))).toBeUndefined();
  });

  test('does not touch the activity of a profile that is there', async () => {
    const engine = engineWith();
    await engine.profile('anna', { attributes: { Name: 'Anna' } });
    const before = await engine.stored(engine.records.profile('anna'));
    engine.clock.now = new Date('2026-07-01T00:00:00Z');
    await engine.referral('anna');
    expect(await engine.stored(engine.records.profile('anna'))).toEqual(before);
  });

  test('a campaign that is not running issues codes all the same', async () => {
    await engineWith({ state: 'disabled' }).referral('anna');
    await engineWith({ endTime: '2026-01-01T00:00:00Z' }).referral('anna');
  });

  test('a budget for referrals is not asked', async () => {
    await engineWith({ limits: [{ action: 'createReferral', limit: 0, entities: [] }] }).referral('anna');
  });

  test('codes look as the campaign says, folded as the Application compares them', async () => {
    const engine = testEngine(
      snapshot({
        applications: [application({ caseSensitivity: 'insensitive-uppercase' })],
        campaigns: [
          campaign({ ...FRIENDS, referralSettings: { couponPattern: 'vip-##', validCharacters: ['a', '7x'] } }),
        ],
      }),
    );
    expect((await engine.referral('anna')).code).toMatch(/^VIP-(A|7X)(A|7X)$/);
  });

  test('as long as the pattern has codes left, one is found; then the campaign is to blame', async () => {
    const engine = engineWith({ referralSettings: { couponPattern: 'VIP#', validCharacters: ['A', 'B', 'C', 'D'] } });
    const codes = new Set<string>();
    for (let index = 0; index < 4; index++) codes.add((await engine.referral('anna')).code);
    expect([...codes].sort()).toEqual(['VIPA', 'VIPB', 'VIPC', 'VIPD']);
    const before = await engine.store.dump();
    expect(await refusal(engine.referral('anna'))).toMatchObject({
      status: 400,
      issues: [['Invalid value', '/campaignId']],
    });
    expect(await engine.store.dump()).toBe(before);
  });

  test('takes one read and one write', async () => {
    const engine = engineWith();
    await engine.referral('anna');
    const { get, write } = { ...engine.store.trips };
    await engine.referral('anna');
    expect(engine.store.trips).toMatchObject({ get: get + 1, write: write + 1, query: 0 });
  });
});

describe('a code is refused', () => {
  test('for a campaign that is not there', async () => {
    const refused = await refusal(engineWith().referral('anna', { campaignId: 77 }));
    expect(refused).toMatchObject({ status: 404, message: 'There is no campaign of this id in this Application' });
  });

  test('for a campaign of another Application', async () => {
    const engine = testEngine(snapshot({ campaigns: [campaign({ ...FRIENDS, applicationId: 2 })] }));
    expect((await refusal(engine.referral('anna'))).status).toBe(404);
  });

  test.each([
    ['a campaign without referrals', { features: ['coupons'] as Campaign['features'] }, {}, '/campaignId'],
    ['an advocate who is the friend', {}, { friendProfileIntegrationId: 'anna' }, '/friendProfileIntegrationId'],
    ['a negative usage limit', {}, { usageLimit: -1 }, '/usageLimit'],
    ['a usage limit over 999999', {}, { usageLimit: 1_000_000 }, '/usageLimit'],
    ['a date that is none', {}, { expiryDate: 'tomorrow' }, '/expiryDate'],
    ['a date that UTC moves out of four digits', {}, { expiryDate: '9999-12-31T23:59:59-01:00' }, '/expiryDate'],
    ['an attribute that is none', {}, { attributes: { a: { b: [] } } }, '/attributes/a'],
  ])('for %s', async (_, over, body, pointer) => {
    const engine = engineWith(over);
    const refused = await refusal(engine.referral('anna', body));
    expect(refused.status).toBe(400);
    expect(refused.issues.map(([, place]) => place)).toEqual([pointer]);
    expect(await engine.store.dump()).toBe('[]');
  });

  test('without a body, naming what is missing', async () => {
    const { api, call } = engineWith();
    const refused = await refusal(api.createReferral({ params: {}, query: {}, body: undefined as never }, call));
    expect(refused).toMatchObject({ status: 400, issues: [['required', '']] });
    const empty = await refusal(api.createReferral({ params: {}, query: {}, body: {} as never }, call));
    expect(empty.issues).toEqual([
      ['required', '/campaignId'],
      ['required', '/advocateProfileIntegrationId'],
    ]);
  });
});

describe('redeeming a code', () => {
  const redeem = async (engine: ReturnType<typeof testEngine>, referralCode: string, session: object = {}) =>
    engine.session('s', { profileId: 'ben', referralCode, cartItems: cart(60), ...session }, { content: ['referral'] });

  test('happens when the session closes; the friend is noted, a cancellation undoes it', async () => {
    const engine = engineWith();
    const { code } = await engine.referral('anna');
    const open = await redeem(engine, code);
    expect(story(open)).toEqual([`acceptReferral ${code}`, 'setDiscount friend 5']);
    expect(open.referral?.usageCounter).toBe(0);
    const closed = await redeem(engine, code, { state: 'closed' });
    expect(closed.referral?.usageCounter).toBe(1);
    const friend = engine.records.referralFriend(code, 'ben');
    expect(await engine.stored(friend)).toMatchObject({ redemptions: 1 });
    const cancelled = await redeem(engine, code, { state: 'cancelled' });
    expect(story(cancelled)).toEqual([`rollbackReferral ${code}`, 'rollbackDiscount friend 5']);
    expect(cancelled.referral?.usageCounter).toBe(0);
    expect(await engine.stored(friend)).toMatchObject({ redemptions: 0 });
  });

  test('of a campaign with several coupons of the session counts once, and every coupon sees it as valid', async () => {
    const rules = [
      { title: 'Both', condition: ['and', ['couponValid'], ['referralValid']], effects: [['setDiscount', 'both', 5]] },
    ];
    const coupons = ['A', 'B'].map((value, index) => ({ id: index + 1, value, usageLimit: 1 }));
    const engine = engineWith({ rules, coupons, features: ['coupons', 'referrals'] });
    const { code } = await engine.referral('anna');
    const answer = await redeem(engine, code, { couponCodes: ['A', 'B'], state: 'closed' });
    expect(story(answer)).toEqual([
      'acceptCoupon A',
      `acceptReferral ${code}`,
      'setDiscount both 5',
      'acceptCoupon B',
      'setDiscount both 5',
    ]);
    expect(answer.referral?.usageCounter).toBe(1);
  });

  test('is the friend’s business alone: the limit per profile counts them', async () => {
    const engine = engineWith({ limits: [{ action: 'redeemReferral', limit: 1, entities: ['Profile'] }] });
    const { code } = await engine.referral('anna', { usageLimit: 0 });
    const first = await engine.session('a', { profileId: 'ben', referralCode: code, state: 'closed' });
    const second = await engine.session('b', { profileId: 'ben', referralCode: code });
    const other = await engine.session('c', { profileId: 'cleo', referralCode: code });
    expect([first, second, other].map((answer) => story(answer)[0])).toEqual([
      `acceptReferral ${code}`,
      `rejectReferral ${code} ProfileLimitReached`,
      `acceptReferral ${code}`,
    ]);
  });

  test('that nobody knows belongs to no campaign', async () => {
    const answer = await redeem(engineWith(), 'NOBODY');
    expect(answer.effects).toMatchObject([{ campaignId: -1, rulesetId: 0, ruleName: '' }]);
    expect(story(answer)).toEqual(['rejectReferral NOBODY ReferralNotFound']);
    expect(answer).not.toHaveProperty('referral');
  });

  test('of a campaign that was taken away is refused, and answered as a code all the same', async () => {
    const engine = engineWith();
    const { code } = await engine.referral('anna');
    engine.publish(snapshot({ campaigns: [] }));
    const answer = await redeem(engine, code, { state: 'closed' });
    expect(story(answer)).toEqual([`rejectReferral ${code} ReferralPartOfNotRunningCampaign`]);
    expect(answer.effects[0]?.campaignId).toBe(-1);
    expect(answer.referral).toMatchObject({ code, usageCounter: 0 });
  });

  test('of an advocate whose data was deleted is unknown', async () => {
    const engine = engineWith();
    const { code } = await engine.referral('anna');
    await engine.erase('anna');
    expect(story(await redeem(engine, code))).toEqual([`rejectReferral ${code} ReferralNotFound`]);
  });

  test('two rules that want it accept it once', async () => {
    const [rule] = FRIENDS.rules ?? [];
    const engine = engineWith({ rules: rule ? [rule, { ...rule, title: 'Again' }] : [] });
    const { code } = await engine.referral('anna');
    const answer = await redeem(engine, code, { state: 'closed' });
    expect(effectsOf(answer, 'acceptReferral')).toHaveLength(1);
    expect(answer.referral?.usageCounter).toBe(1);
  });
});

test('of several reasons the first in the documented order is given', async () => {
  // Everything is wrong at once; then one fault after the other is mended (semantics.md §5.7).
  const all: Campaign['limits'] = [
    { action: 'redeemReferral', limit: 0, entities: ['Profile'] },
    { action: 'redeemReferral', limit: 0, entities: [] },
    { action: 'redeemReferral', limit: 0, entities: ['Referral'] },
  ];
  const given: (string | undefined)[] = [];
  const look = async (over: Partial<Campaign>, body: object, profileId: string) => {
    const engine = engineWith({ limits: all, rules: [], ...over });
    const { code } = await engine.referral('anna', body);
    const answer = await engine.session('s', { profileId, referralCode: code, cartItems: cart(60) });
    given.push(effectsOf(answer, 'rejectReferral')[0]?.props.rejectionReason);
  };
  const notYet = { startDate: '2026-07-01T00:00:00Z' };
  const over = { expiryDate: '2026-05-01T00:00:00Z' };
  const forBen = { friendProfileIntegrationId: 'ben' };
  await look({ state: 'disabled' }, { ...notYet, ...over, ...forBen }, 'anna');
  await look({}, { ...notYet, ...over, ...forBen }, 'anna');
  await look({}, { ...over, ...forBen }, 'anna');
  await look({}, forBen, 'anna');
  await look({}, forBen, 'cleo');
  await look({}, forBen, '');
  await look({}, forBen, 'ben');
  await look({ limits: all.slice(0, 2) }, {}, 'ben');
  await look({ limits: all.slice(0, 1) }, {}, 'ben');
  await look({ limits: [] }, {}, 'ben');
  await look({ limits: [], rules: FRIENDS.rules ?? [] }, {}, 'ben');
  await look({ limits: [], rules: FRIENDS.rules ?? [], features: ['referrals', 'coupons'] }, {}, '');
  expect(given).toEqual([
    'ReferralPartOfNotRunningCampaign',
    'ReferralStartDateInFuture',
    'ReferralExpired',
    'ReferralRecipientIdSameAsAdvocate',
    'ReferralRecipientDoesNotMatch',
    'ReferralRecipientDoesNotMatch',
    'ReferralLimitReached',
    'CampaignLimitReached',
    'ProfileLimitReached',
    'ReferralRejectedByCondition',
    undefined,
    'ReferralRecipientDoesNotMatch',
  ]);
});

test('used up, a code is refused for that', async () => {
  const engine = engineWith();
  const { code } = await engine.referral('anna');
  await engine.session('a', { profileId: 'ben', referralCode: code, state: 'closed' });
  const answer = await engine.session('b', { profileId: 'cleo', referralCode: code, state: 'closed' });
  expect(story(answer)).toEqual([`rejectReferral ${code} ReferralLimitReached`]);
});

test('a rule whose effect fails makes its referral inapplicable', async () => {
  const engine = engineWith({
    rules: [{ title: 'Broken', condition: ['referralValid'], effects: [['setDiscount', 'x', ['/', 1, 0]]] }],
  });
  const { code } = await engine.referral('anna');
  const answer = await engine.session('s', { profileId: 'ben', referralCode: code });
  expect(story(answer)).toEqual([`rejectReferral ${code} EffectCouldNotBeApplied`]);
});

describe('drawn codes', () => {
  const SETTINGS = { couponPattern: '####', validCharacters: [...'ABC'] };

  test('depend on the seed and the number alone', () => {
    const draw = codeDrawer(() => Buffer.alloc(32, 1));
    expect(draw(SETTINGS, 0)).toBe(codeDrawer(() => Buffer.alloc(32, 1))(SETTINGS, 0));
    expect(new Set(Array.from({ length: 20 }, (_, n) => draw(SETTINGS, n))).size).toBeGreaterThan(5);
  });

  test('use every character about as often', () => {
    const draw = codeDrawer(() => Buffer.alloc(32, 2));
    const text = Array.from({ length: 300 }, (_, n) => draw({ ...SETTINGS, couponPattern: '#'.repeat(100) }, n)).join(
      '',
    );
    for (const character of 'ABC') {
      expect(text.split(character).length - 1).toBeGreaterThan(9_500);
    }
  });

  test('take a unit of several characters whole, and a # in it as it is', () => {
    const code = codeDrawer(() => Buffer.alloc(32, 3))({ couponPattern: '$&-#', validCharacters: ['#$1'] }, 0);
    expect(code).toBe('$&-#$1');
  });
});
