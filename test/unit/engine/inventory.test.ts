import { describe, expect, test } from 'vitest';
import { CustomerInventory } from '../../../lib/contract/schemas/inventory.ts';
import type { Campaign, CouponDefinition } from '../../../lib/promotions/snapshot.ts';
import { application, campaign, cart, refusal, snapshot, testEngine } from '../../support/engine.ts';

const coupon = (over: Partial<CouponDefinition> = {}): CouponDefinition => ({
  id: 11,
  value: 'SUMMER',
  usageLimit: 0,
  ...over,
});

const engineWith = (over: Partial<Campaign> = {}) => testEngine(snapshot({ campaigns: [campaign(over)] }));

const PARTS = ['profile', 'referrals', 'coupons', 'loyalty', 'giveaways'];

const order = (profileId: string, code = 'SUMMER') => ({ profileId, couponCodes: [code], cartItems: cart(60) });

describe('each part is there only where its flag asks for it', () => {
  test('no flag: nothing', async () => {
    const engine = engineWith();
    await engine.profile('ann');
    expect(await engine.inventory('ann', [])).toEqual({});
  });

  test.each(PARTS)('%s alone', async (part) => {
    const engine = engineWith();
    await engine.reserve('SUMMER', ['ann']);
    expect(Object.keys(await engine.inventory('ann', [part]))).toEqual([part]);
  });

  test('all of them', async () => {
    const engine = engineWith();
    await engine.profile('ann', { attributes: { Name: 'Ann' } });
    const answer = await engine.inventory('ann', PARTS);
    expect(CustomerInventory.parse(answer)).toEqual(answer);
    expect(answer).toEqual({
      profile: expect.objectContaining({ integrationId: 'ann', attributes: { Name: 'Ann' } }),
      loyalty: { programs: {} },
      referrals: [],
      coupons: [],
      giveaways: [],
    });
  });
});

test('a customer who is not there is a 404, whatever is asked for, and is not made', async () => {
  const engine = engineWith({ coupons: [coupon({ recipientIntegrationId: 'ann' })] });
  for (const parts of [[], PARTS]) expect((await refusal(engine.inventory('ann', parts))).status).toBe(404);
  expect(await engine.store.dump()).toBe('[]');
});

test('reading it writes nothing and is no activity', async () => {
  const engine = engineWith();
  await engine.reserve('SUMMER', ['ann']);
  const before = await engine.store.dump();
  engine.clock.now = new Date('2026-07-01T00:00:00Z');
  const { profile } = await engine.inventory('ann', PARTS);
  expect(profile?.lastActivity).toBe('2026-06-01T12:00:00.000Z');
  expect(await engine.store.dump()).toBe(before);
});

describe('its coupons', () => {
  test('are those reserved, those redeemed and those for this customer alone, each once, by their ids', async () => {
    const engine = engineWith({
      coupons: [
        coupon({ id: 19, value: 'RESERVED' }),
        coupon({ id: 18, value: 'STRICT', reservation: 'mandatory' }),
        coupon({ id: 17, value: 'OWN', recipientIntegrationId: 'ann' }),
        coupon({ id: 16, value: 'REDEEMED' }),
        coupon({ id: 15, value: 'ALL', recipientIntegrationId: 'ann' }),
        coupon({ id: 14, value: 'NOBODYS' }),
        coupon({ id: 13, value: 'BENS', recipientIntegrationId: 'ben' }),
      ],
    });
    for (const code of ['RESERVED', 'STRICT', 'ALL']) await engine.reserve(code, ['ann']);
    await engine.reserve('NOBODYS', ['ben']);
    for (const code of ['REDEEMED', 'ALL']) await engine.session(code, { ...order('ann', code), state: 'closed' });
    const { coupons = [] } = await engine.inventory('ann', ['coupons']);
    expect(coupons.map(({ value, profileRedemptionCount }) => [value, profileRedemptionCount])).toEqual([
      ['ALL', 1],
      ['REDEEMED', 1],
      ['OWN', 0],
      ['STRICT', 0],
      ['RESERVED', 0],
    ]);
  });

  test('carry what everybody used of them, and how often this customer did', async () => {
    const engine = engineWith({ coupons: [coupon()] });
    for (const [id, who] of ['ann', 'ann', 'ben'].entries()) {
      await engine.session(`s${id}`, { ...order(who), state: 'closed' });
    }
    const { coupons } = await engine.inventory('ann', ['coupons']);
    expect(coupons).toEqual([
      {
        id: 11,
        created: '2026-01-01T00:00:00.000Z',
        campaignId: 1,
        value: 'SUMMER',
        usageLimit: 0,
        usageCounter: 3,
        discountCounter: 18,
        attributes: {},
        reservation: true,
        profileRedemptionCount: 2,
        state: 'active',
      },
    ]);
  });
});

describe('the state of a coupon', () => {
  const NOW = '2026-06-01T12:00:00Z';
  const BEFORE = '2026-06-01T11:59:59Z';
  const AFTER = '2026-06-01T12:00:01Z';
  const SECOND = [{ action: 'redeemCoupon', limit: 2, entities: ['Profile'] }] as const;
  const FIRST = [{ action: 'redeemCoupon', limit: 1, entities: ['Coupon', 'Profile'] }] as const;

  interface Case {
    readonly campaign?: Partial<Campaign>;
    readonly coupon?: Partial<CouponDefinition>;
    /** Who redeemed it before anything ended. */
    readonly by?: readonly string[];
  }

  test.each<[string, string, Case]>([
    ['active', 'nothing is in the way', {}],
    ['active', 'it started at this moment', { coupon: { startDate: NOW } }],
    ['active', 'it ends a moment later', { coupon: { expiryDate: AFTER } }],
    ['active', 'its campaign begins later', { campaign: { startTime: AFTER } }],
    ['active', 'the customer redeemed it and may once more', { by: ['ann'] }],
    ['active', 'the customer redeemed it and the limit has room', { campaign: { limits: SECOND }, by: ['ann'] }],
    ['active', 'another customer reached a limit', { campaign: { limits: FIRST }, by: ['ben'] }],
    ['pending', 'it starts later', { coupon: { startDate: AFTER } }],
    ['expired', 'it ended at this moment', { coupon: { expiryDate: NOW } }],
    ['expired', 'it ended before it starts', { coupon: { startDate: AFTER, expiryDate: BEFORE } }],
    ['used', 'everybody used it up', { coupon: { usageLimit: 2 }, by: ['ben', 'zoe'] }],
    ['used', 'the customer used it up', { coupon: { usageLimit: 1 }, by: ['ann'] }],
    ['used', 'the customer’s limit is reached', { campaign: { limits: SECOND }, by: ['ann', 'ann'] }],
    ['used', 'the customer’s limit with this coupon is reached', { campaign: { limits: FIRST }, by: ['ann'] }],
    ['used', 'it is used up and expired', { coupon: { usageLimit: 1, expiryDate: BEFORE }, by: ['ann'] }],
    ['disabled', 'its campaign is disabled', { campaign: { state: 'disabled' } }],
    ['disabled', 'its campaign is archived', { campaign: { state: 'archived' } }],
    ['disabled', 'its campaign ended at this moment', { campaign: { endTime: NOW } }],
    [
      'disabled',
      'its campaign is disabled and it is used up, expired and pending',
      { campaign: { state: 'disabled' }, coupon: { usageLimit: 1, startDate: AFTER, expiryDate: BEFORE }, by: ['ann'] },
    ],
  ])('is %s: %s', async (state, _why, { by = [], ...now }) => {
    // At first anybody may have it; then it is as the case says.
    const { limits = [] } = now.campaign ?? {};
    const { usageLimit = 0 } = now.coupon ?? {};
    const engine = engineWith({ limits, coupons: [coupon({ usageLimit })] });
    await engine.reserve('SUMMER', ['ann']);
    for (const [id, who] of by.entries()) await engine.session(`s${id}`, { ...order(who), state: 'closed' });
    engine.publish(snapshot({ campaigns: [campaign({ ...now.campaign, coupons: [coupon(now.coupon)] })] }));
    const { coupons } = await engine.inventory('ann', ['coupons']);
    expect(coupons?.map((each) => each.state)).toEqual([state]);
  });

  test('is active again when the redemption is cancelled', async () => {
    const engine = engineWith({ coupons: [coupon({ usageLimit: 1 })] });
    await engine.session('s', { ...order('ann'), state: 'closed' });
    expect((await engine.inventory('ann', ['coupons'])).coupons).toMatchObject([{ state: 'used' }]);
    await engine.session('s', { state: 'cancelled' });
    expect((await engine.inventory('ann', ['coupons'])).coupons).toMatchObject([{ state: 'active' }]);
  });
});

test('a limit that the customer reached with another coupon does not make this one used', async () => {
  const limits = [{ action: 'redeemCoupon', limit: 1, entities: ['Profile'] }] as const;
  const engine = engineWith({ limits, coupons: [coupon(), coupon({ id: 12, value: 'WINTER' })] });
  await engine.reserve('WINTER', ['ann']);
  await engine.session('s', { ...order('ann'), state: 'closed' });
  expect((await engine.inventory('ann', ['coupons'])).coupons).toMatchObject([
    { value: 'SUMMER', state: 'used' },
    { value: 'WINTER', state: 'active' },
  ]);
});

describe('its referrals', () => {
  const FRIENDS: Partial<Campaign> = {
    rules: [{ title: 'Friend', condition: ['referralValid'], effects: [['setDiscount', 'friend', 5]] }],
  };

  test('are those that the customer has as the advocate, by their ids, with their uses', async () => {
    const engine = engineWith(FRIENDS);
    const first = await engine.referral('ann', { usageLimit: 3 });
    const second = await engine.referral('ann', { friendProfileIntegrationId: 'ben' });
    await engine.referral('ben', { friendProfileIntegrationId: 'ann' });
    await engine.session('s', { profileId: 'zoe', referralCode: first.code, state: 'closed' });
    const { referrals } = await engine.inventory('ann', ['referrals']);
    expect(referrals).toEqual([{ ...first, usageCounter: 1 }, second]);
  });

  test('of a batch stand there too', async () => {
    const engine = engineWith(FRIENDS);
    const batch = await engine.referrals(['ann', 'ben', 'ann']);
    const { referrals } = await engine.inventory('ann', ['referrals']);
    expect(referrals).toEqual([batch?.data[0], batch?.data[2]]);
  });

  test('a code that the customer redeemed is not among them', async () => {
    const engine = engineWith(FRIENDS);
    const { code } = await engine.referral('ann');
    await engine.session('s', { profileId: 'ben', referralCode: code, state: 'closed' });
    expect(await engine.inventory('ben', ['referrals', 'coupons'])).toEqual({ referrals: [], coupons: [] });
  });
});

test('it is of this Application alone, and of this environment', async () => {
  const engine = testEngine(
    snapshot({
      applications: [application(), application({ id: 2 }), application({ id: 3, environment: 'sandbox' })],
      campaigns: [1, 2, 3].map((id) => campaign({ id, applicationId: id, rulesetId: id, coupons: [coupon({ id })] })),
    }),
  );
  await engine.reserve('SUMMER', ['ann']);
  await engine.referral('ann');
  expect(await engine.inventory('ann', ['coupons', 'referrals'], 2)).toEqual({ coupons: [], referrals: [] });
  expect((await refusal(engine.inventory('ann', [], 3))).status).toBe(404);
  await engine.reserve('SUMMER', ['ann'], { application: 2 });
  const { coupons } = await engine.inventory('ann', ['coupons'], 2);
  expect(coupons).toMatchObject([{ campaignId: 2 }]);
});

test('after the customer’s data is deleted there is none, and whoever comes with the same id finds it empty', async () => {
  const engine = engineWith({ coupons: [coupon()] });
  await engine.session('s', { ...order('ann'), state: 'closed' });
  await engine.referral('ann');
  await engine.referrals(['ann', 'ben']);
  await engine.erase('ann');
  expect((await refusal(engine.inventory('ann', PARTS))).status).toBe(404);
  await engine.profile('ann');
  expect(await engine.inventory('ann', ['coupons', 'referrals'])).toEqual({ coupons: [], referrals: [] });
  expect((await engine.inventory('ben', ['referrals'])).referrals).toHaveLength(1);
});

test('many codes are listed completely', async () => {
  const engine = engineWith({
    coupons: Array.from({ length: 250 }, (_, id) => coupon({ id: id + 1, value: `CODE-${id}` })),
  });
  for (let id = 0; id < 250; id++) await engine.reserve(`CODE-${id}`, ['ann']);
  await engine.referrals(Array.from({ length: 150 }, () => 'ann'));
  const { coupons, referrals } = await engine.inventory('ann', ['coupons', 'referrals']);
  expect(coupons).toHaveLength(250);
  expect(referrals).toHaveLength(150);
});
