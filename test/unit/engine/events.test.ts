import { describe, expect, test } from 'vitest';
import { IntegrationState } from '../../../lib/contract/schemas/state.ts';
import { campaign, cart, refusal, snapshot, testEngine } from '../../support/engine.ts';

const SEEN = campaign({
  rules: [
    {
      title: 'Visit',
      condition: ['and', ['=', ['.', 'Event', 'Type'], 'visit'], ['=', ['.', 'Event', 'Attributes', 'page'], 'sale']],
      effects: [['setDiscount', 'visit', 3]],
    },
    {
      title: 'Coupon',
      condition: ['couponValid'],
      effects: [['setDiscount', 'coupon', 5]],
    },
  ],
});

const engineWith = () => testEngine(snapshot({ campaigns: [SEEN] }));

describe('an event', () => {
  test('makes its session and its profile, and is answered with both', async () => {
    const engine = engineWith();
    const answer = await engine.event('s', { profileId: 'p', attributes: { page: 'sale' } });
    expect(IntegrationState.parse(answer)).toEqual(answer);
    expect(answer.session).toEqual({
      integrationId: 's',
      created: '2026-06-01T12:00:00.000Z',
      updated: '2026-06-01T12:00:00.000Z',
      applicationId: 1,
      profileId: 'p',
      coupon: '',
      referral: '',
      state: 'open',
      cartItems: [],
      identifiers: [],
      total: 0,
      attributes: {},
      firstSession: true,
      discounts: { visit: 3 },
    });
    expect(answer.profile).toMatchObject({ integrationId: 'p', closedSessions: 0 });
    expect(answer.event).toEqual({
      id: expect.any(Number),
      created: '2026-06-01T12:00:00.000Z',
      applicationId: 1,
      profileId: 'p',
      type: 'visit',
      attributes: { page: 'sale' },
      sessionId: 's',
      effects: [[1, 101, 0, ['setDiscount', 'visit', 3]]],
      ledgerEntries: [],
      meta: {},
    });
    expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ applications: [1] });
  });

  test('of nobody answers an empty profile', async () => {
    const answer = await engineWith().event('s');
    expect(answer.profile).toMatchObject({ integrationId: '', attributes: {} });
    expect(answer.profile).not.toHaveProperty('id');
  });

  test('sees its session’s cart and codes; what it says is for this evaluation alone', async () => {
    const engine = engineWith();
    await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60), attributes: { channel: 'web' } });
    const answer = await engine.event('s', { attributes: { page: 'sale' } });
    expect(answer.session).toMatchObject({ coupon: 'SUMMER', total: 60, discounts: { visit: 3, coupon: 5 } });
    expect(answer.coupon).toMatchObject({ value: 'SUMMER', usageCounter: 0 });
    expect(answer.session.attributes).toEqual({ channel: 'web' });
    expect((await engine.session('s', {})).customerSession?.attributes).toEqual({ channel: 'web' });
  });

  test('says in meta why its session’s codes are refused, with 0 for what is unknown', async () => {
    const engine = engineWith();
    await engine.session('s', { couponCodes: ['NOBODY'], referralCode: 'NONE', cartItems: cart(60) });
    const { event } = await engine.event('s');
    expect(event.meta).toEqual({
      couponRejectionReason: { campaignId: 0, couponId: 0, reason: 'CouponNotFound' },
      referralRejectionReason: { campaignId: 0, referralId: 0, reason: 'ReferralNotFound' },
    });
    expect(event.effects).toEqual([
      [-1, 0, 0, ['rejectCoupon', 'NOBODY']],
      [-1, 0, 0, ['rejectReferral', 'NONE']],
    ]);
  });

  test('says in meta which referral it is', async () => {
    const engine = testEngine();
    const { code, id } = await engine.referral('p');
    await engine.session('s', { profileId: 'p', referralCode: code });
    expect((await engine.event('s')).event.meta?.referralRejectionReason).toEqual({
      campaignId: 1,
      referralId: id,
      reason: 'ReferralRecipientIdSameAsAdvocate',
    });
  });

  test('ignores attributes that are null, declared or not', async () => {
    const declared = [{ id: 1, entity: 'Event', name: 'page', type: 'string' } as const];
    const engine = testEngine(snapshot({ attributes: declared }));
    const { event } = await engine.event('s', { attributes: { page: null, unknown: null } });
    expect(event.attributes).toEqual({});
  });

  test('is recorded anew with every call', async () => {
    const engine = engineWith();
    const first = await engine.event('s');
    const second = await engine.event('s');
    expect(second.event.id).toBeGreaterThan(first.event.id);
    expect(await engine.stored(engine.records.event(first.event.id))).toMatchObject({ type: 'visit', sessionId: 's' });
    expect(await engine.stored(engine.records.event(second.event.id))).toBeDefined();
  });

  test('charges nothing: what its rules give is given when the session closes', async () => {
    const engine = engineWith();
    await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60) });
    await engine.event('s', { attributes: { page: 'sale' } });
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({});
  });

  test('dry answers the same and keeps nothing', async () => {
    const engine = engineWith();
    const answer = await engine.event('s', { profileId: 'p', attributes: { page: 'sale' } }, { dry: true });
    expect(answer.event).toMatchObject({ id: 0, effects: [[1, 101, 0, ['setDiscount', 'visit', 3]]] });
    expect(answer.profile).toMatchObject({ id: 0, integrationId: 'p' });
    expect(await engine.store.dump()).toBe('[]');
  });
});

describe('whose event it is', () => {
  test.each([
    ['left out', {}],
    ['empty', { profileId: '' }],
    ['null', { profileId: null }],
    ['the same', { profileId: 'p' }],
  ])('a profile that is %s is the session’s', async (_, body) => {
    const engine = engineWith();
    await engine.session('s', { profileId: 'p' });
    expect((await engine.event('s', body)).event.profileId).toBe('p');
  });

  test('another profile is refused, and nothing is recorded', async () => {
    const engine = engineWith();
    await engine.session('s', { profileId: 'p' });
    const before = await engine.store.dump();
    expect(await refusal(engine.event('s', { profileId: 'q' }))).toMatchObject({
      status: 400,
      issues: [['Mismatch', '/profileId']],
    });
    expect(await engine.store.dump()).toBe(before);
  });

  test('an anonymous open session becomes the profile’s', async () => {
    const engine = engineWith();
    await engine.session('s', { cartItems: cart(60) });
    await engine.event('s', { profileId: 'p' });
    expect((await engine.session('s', {})).customerSession?.profileId).toBe('p');
  });

  test('an anonymous closed session stays nobody’s', async () => {
    const engine = engineWith();
    await engine.session('s', { cartItems: cart(60), state: 'closed' });
    expect((await refusal(engine.event('s', { profileId: 'p' }))).issues).toEqual([['Mismatch', '/profileId']]);
    expect((await engine.event('s')).event.profileId).toBe('');
  });
});

describe('a session that has ended', () => {
  test('takes events while it is closed, and stays as it is', async () => {
    const engine = engineWith();
    const closed = await engine.session('s', {
      profileId: 'p',
      couponCodes: ['SUMMER'],
      cartItems: cart(60),
      state: 'closed',
    });
    const answer = await engine.event('s', { type: 'returned' });
    expect(answer.session.state).toBe('closed');
    // Its own redemption does not stand in its way: the coupon is not refused after the fact.
    expect(answer.event.effects).toEqual([
      [1, 101, 1, ['acceptCoupon', 'SUMMER']],
      [1, 101, 1, ['setDiscount', 'coupon', 5]],
    ]);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 1, discount: 500 });
    const again = await engine.session('s', { state: 'closed' });
    expect(again.effects).toEqual(closed.effects);
  });

  test('refuses no code any more, not even one that has expired since', async () => {
    const engine = engineWith();
    await engine.session('s', {
      couponCodes: ['SUMMER', 'NOBODY'],
      referralCode: 'NONE',
      cartItems: cart(60),
      state: 'closed',
    });
    engine.publish(
      snapshot({
        campaigns: [
          { ...SEEN, coupons: [{ id: 11, value: 'SUMMER', usageLimit: 1, expiryDate: '2026-06-01T00:00:00Z' }] },
        ],
      }),
    );
    const answer = await engine.event('s', { type: 'delivered' });
    expect(answer.event).toMatchObject({ effects: [], meta: {} });
  });

  test('can be cancelled after events, with what the close charged', async () => {
    const engine = engineWith();
    await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    await engine.event('s', { type: 'returned' });
    await engine.session('s', { state: 'cancelled' });
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 0, discount: 0 });
  });

  test('refuses events when it is cancelled', async () => {
    const engine = engineWith();
    await engine.session('s', {});
    await engine.session('s', { state: 'cancelled' });
    expect(await refusal(engine.event('s'))).toMatchObject({ status: 400, issues: [['Mismatch', '/sessionId']] });
  });
});

test('everything that is wrong with an event is named at once', async () => {
  const declared = { id: 1, entity: 'Event', name: 'page', type: 'string' } as const;
  const engine = testEngine(snapshot({ campaigns: [SEEN], attributes: [declared] }));
  await engine.session('s', { profileId: 'p' });
  await engine.session('s', { state: 'cancelled' });
  const wrong = { profileId: 'q', attributes: { page: 7, other: 1 } };
  expect((await refusal(engine.event('s', wrong))).issues).toEqual([
    ['Invalid type', '/attributes/page'],
    ['Unknown', '/attributes/other'],
    ['Mismatch', '/profileId'],
    ['Mismatch', '/sessionId'],
  ]);
});

describe('is refused', () => {
  test.each([
    ['a reserved name', { type: 'talon_session_closed' }, [['Invalid value', '/type']]],
    ['an empty name', { type: '' }, [['minLength', '/type']]],
    ['no name', { type: undefined }, [['required', '/type']]],
    ['an empty session id', { sessionId: '' }, [['minLength', '/sessionId']]],
  ])('%s', async (_, body, issues) => {
    const engine = engineWith();
    expect((await refusal(engine.event('s', body))).issues).toEqual(issues);
    expect(await engine.store.dump()).toBe('[]');
  });

  test('a session whose coupon is no longer published is no obstacle', async () => {
    const engine = engineWith();
    await engine.session('s', { couponCodes: ['SUMMER'], cartItems: cart(60) });
    engine.publish(snapshot({ campaigns: [] }));
    const answer = await engine.event('s');
    expect(answer).not.toHaveProperty('coupon');
    expect(answer.event.effects).toEqual([[-1, 0, 0, ['rejectCoupon', 'SUMMER']]]);
  });
});
