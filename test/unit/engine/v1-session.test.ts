import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { decimal, sum } from '../../../lib/contract/decimal.ts';
import { ApiError } from '../../../lib/contract/errors.ts';
import { IntegrationState } from '../../../lib/contract/schemas/state.ts';
import type { SessionRecord } from '../../../lib/engine/records.ts';
import type { AttributeDefinition } from '../../../lib/promotions/snapshot.ts';
import { campaign, cart, refusal, snapshot, story, type TestEngine, testEngine } from '../../support/engine.ts';

// Hundreds of runs.
vi.setConfig({ testTimeout: 60_000 });

const ORDER = { profileId: 'p', coupon: 'SUMMER', cartItems: cart(60) };

const stored = (engine: TestEngine, id = 's') => engine.stored(engine.records.session(id));

describe('a v1 session call', () => {
  test('answers session, profile, event, loyalty and the coupon, each with all it must have', async () => {
    const answer = await testEngine().sessionV1('s', { ...ORDER, attributes: { channel: 'web' } });
    expect(IntegrationState.parse(answer)).toEqual(answer);
    expect(answer).toEqual({
      session: {
        integrationId: 's',
        created: '2026-06-01T12:00:00.000Z',
        updated: '2026-06-01T12:00:00.000Z',
        applicationId: 1,
        profileId: 'p',
        coupon: 'SUMMER',
        referral: '',
        state: 'open',
        cartItems: [{ ...cart(60)[0], position: 0 }],
        identifiers: [],
        total: 60,
        attributes: { channel: 'web' },
        firstSession: true,
        discounts: { '10% off': 6 },
      },
      profile: expect.objectContaining({ integrationId: 'p', closedSessions: 0 }),
      event: {
        id: expect.any(Number),
        created: '2026-06-01T12:00:00.000Z',
        applicationId: 1,
        profileId: 'p',
        type: 'talon_session_created',
        attributes: {},
        sessionId: 's',
        effects: [
          [1, 101, 0, ['acceptCoupon', 'SUMMER']],
          [1, 101, 0, ['setDiscount', '10% off', 6]],
        ],
        ledgerEntries: [],
        meta: {},
      },
      loyalty: { programs: {} },
      coupon: expect.objectContaining({ id: 11, value: 'SUMMER', usageCounter: 0, discountCounter: 0 }),
    });
  });

  test('without a body is one that says nothing', async () => {
    const answer = await testEngine().sessionV1('s', undefined);
    expect(answer.session).toMatchObject({ state: 'open', coupon: '', referral: '', cartItems: [], total: 0 });
    expect(answer).not.toHaveProperty('coupon');
  });

  test('of nobody answers an empty profile', async () => {
    const answer = await testEngine().sessionV1('s', { profileId: '' });
    expect(answer.profile).toMatchObject({ integrationId: '', attributes: {} });
    expect(answer.profile).not.toHaveProperty('id');
  });

  test('says in meta why codes are refused, with 0 for what is unknown', async () => {
    const { event, ...answer } = await testEngine().sessionV1('s', { coupon: 'NOBODY', referral: 'NONE' });
    expect(event.effects).toEqual([
      [-1, 0, 0, ['rejectCoupon', 'NOBODY']],
      [-1, 0, 0, ['rejectReferral', 'NONE']],
    ]);
    expect(event.meta).toEqual({
      couponRejectionReason: { campaignId: 0, couponId: 0, reason: 'CouponNotFound' },
      referralRejectionReason: { campaignId: 0, referralId: 0, reason: 'ReferralNotFound' },
    });
    expect(answer).not.toHaveProperty('coupon');
  });

  test('says in meta which coupon and which referral are refused', async () => {
    const engine = testEngine();
    const { code, id } = await engine.referral('p');
    const answer = await engine.sessionV1('s', { ...ORDER, cartItems: cart(40), referral: code });
    expect(answer.event.meta).toEqual({
      couponRejectionReason: { campaignId: 1, couponId: 11, reason: 'CouponRejectedByCondition' },
      referralRejectionReason: { campaignId: 1, referralId: id, reason: 'ReferralRecipientIdSameAsAdvocate' },
    });
    expect(answer.coupon).toMatchObject({ value: 'SUMMER', usageCounter: 0 });
    expect(answer.session.discounts).toEqual({});
  });

  test('counts its coupon as the call leaves it', async () => {
    const engine = testEngine();
    const closed = await engine.sessionV1('s', { ...ORDER, state: 'closed' });
    expect(closed.coupon).toMatchObject({ usageCounter: 1, discountCounter: 6 });
    expect(closed.profile).toMatchObject({ closedSessions: 1, totalSales: 60 });
    const cancelled = await engine.sessionV1('s', { state: 'cancelled' });
    expect(cancelled.coupon).toMatchObject({ usageCounter: 0, discountCounter: 0 });
    expect(cancelled.profile).toMatchObject({ closedSessions: 0, totalSales: 0 });
    expect(cancelled.session.discounts).toEqual({});
    expect(cancelled.event).toMatchObject({
      type: 'talon_session_revoked',
      effects: [
        [1, 101, 0, ['rollbackCoupon', 'SUMMER']],
        [1, 101, 0, ['rollbackDiscount', '10% off', 6]],
      ],
    });
  });

  test('publishes its effects as v2 states them', async () => {
    const engine = testEngine();
    const published: unknown[] = [];
    const guard = (effects: readonly unknown[]) => {
      published.push(...effects);
      return [];
    };
    await engine.sessionV1('s', ORDER, { guard });
    expect(story({ effects: published })).toEqual(['acceptCoupon SUMMER', 'setDiscount 10% off 6']);
  });

  test('dry answers by what it says alone and keeps nothing', async () => {
    const engine = testEngine();
    await engine.sessionV1('s', { ...ORDER, total: 80 });
    const before = await engine.store.dump();
    const answer = await engine.sessionV1('s', { cartItems: cart(30) }, { dry: true });
    expect(answer.session).toMatchObject({ coupon: '', profileId: '', total: 30 });
    expect(answer.event.id).toBe(0);
    expect(await engine.store.dump()).toBe(before);
  });

  test('is refused with the place of each fault in its own body', async () => {
    const attributes: AttributeDefinition[] = [
      { id: 1, entity: 'CustomerSession', name: 'channel', type: 'string' },
      { id: 2, entity: 'CartItem', name: 'colour', type: 'string' },
    ];
    const engine = testEngine(snapshot({ attributes }));
    const [item] = cart(1);
    const body = { attributes: { channel: 1 }, cartItems: [{ ...item, attributes: { size: 'L' } }] };
    expect((await refusal(engine.sessionV1('s', body))).issues).toEqual([
      ['Invalid type', '/attributes/channel'],
      ['Unknown', '/cartItems/0/attributes/size'],
    ]);
    expect(await engine.store.dump()).toBe('[]');
  });
});

describe('what a v1 update leaves out stays, what it sends replaces', () => {
  test.each([
    ['coupon', { coupon: 'OTHER' }, { couponCodes: ['OTHER'] }],
    ['coupon', { coupon: '' }, { couponCodes: [] }],
    ['coupon', { coupon: null }, { couponCodes: ['SUMMER'] }],
    ['referral', { referral: 'OTHER' }, { referralCode: 'OTHER' }],
    ['referral', { referral: '' }, { referralCode: '' }],
    ['nothing', {}, { couponCodes: ['SUMMER'], referralCode: 'FRIEND', cartItems: cart(60), attributes: { a: 1 } }],
    ['attributes', { attributes: { b: 2 } }, { attributes: { a: 1, b: 2 } }],
  ])('%s by %j', async (_, body, expected) => {
    const engine = testEngine();
    await engine.sessionV1('s', { ...ORDER, referral: 'FRIEND', attributes: { a: 1 } });
    await engine.sessionV1('s', body);
    expect(await stored(engine)).toMatchObject(expected);
  });

  test('a null attribute says nothing, not even that it is undeclared; v2 removes by it', async () => {
    const engine = testEngine(
      snapshot({
        attributes: [
          { id: 1, entity: 'CustomerSession', name: 'channel', type: 'string' },
          { id: 2, entity: 'CartItem', name: 'colour', type: 'string' },
        ],
      }),
    );
    const [item] = cart(60);
    await engine.sessionV1('s', { attributes: { channel: 'web' } });
    await engine.sessionV1('s', {
      attributes: { channel: null, unheardOf: null },
      cartItems: [{ ...item, attributes: { colour: 'red', unheardOf: null } }],
    });
    expect(await stored(engine)).toMatchObject({
      attributes: { channel: 'web' },
      cartItems: [{ attributes: { colour: 'red' } }],
    });
    await engine.session('s', { attributes: { channel: null } });
    expect((await stored(engine))?.attributes).toEqual({});
  });
});

describe('a total of the caller’s own', () => {
  const BY_TOTAL = snapshot({
    campaigns: [
      campaign({
        coupons: [],
        rules: [
          {
            title: 'Tenth',
            condition: ['>=', ['.', 'Session', 'Total'], 50],
            effects: [['setDiscount', 'tenth', ['*', ['.', 'Session', 'Total'], 0.1]]],
          },
        ],
      }),
    ],
  });

  test('is what rules see, what is answered, and what the profile has bought', async () => {
    const engine = testEngine(BY_TOTAL);
    const answer = await engine.sessionV1('s', { profileId: 'p', cartItems: cart(20), total: 70.5, state: 'closed' });
    expect(answer.session).toMatchObject({ total: 70.5, discounts: { tenth: 7.05 } });
    expect(answer.profile).toMatchObject({ totalSales: 70.5 });
  });

  test('stays while v1 updates leave it out, also when the cart changes', async () => {
    const engine = testEngine(BY_TOTAL);
    await engine.sessionV1('s', { cartItems: cart(20), total: 70 });
    expect((await engine.sessionV1('s', { cartItems: cart(90) })).session.total).toBe(70);
    expect((await engine.sessionV1('s', { total: null })).session.total).toBe(70);
    expect((await engine.event('s')).session.total).toBe(70);
    expect((await engine.sessionV1('s', { total: 0 })).session).toMatchObject({ total: 0, discounts: {} });
  });

  test('that was never sent is that of the items, and is not kept', async () => {
    const engine = testEngine(BY_TOTAL);
    await engine.sessionV1('s', { cartItems: cart(20, 3) });
    expect(await stored(engine)).not.toHaveProperty('total');
    expect((await engine.sessionV1('s', { cartItems: cart(0.1, 3) })).session.total).toBe(0.3);
  });

  test('is given back by a cancellation, in either age', async () => {
    for (const age of ['session', 'sessionV1'] as const) {
      const engine = testEngine(BY_TOTAL);
      await engine.sessionV1('s', { profileId: 'p', cartItems: cart(20), total: 70, state: 'closed' });
      await engine.sessionV1('t', { profileId: 'p', cartItems: cart(20), total: 5.01, state: 'closed' });
      await engine[age]('s', { state: 'cancelled' });
      expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ closedSessions: 1, totalSales: '5.01' });
    }
  });

  test('is forgotten when v2 updates the open session: its totals are computed', async () => {
    const engine = testEngine(BY_TOTAL);
    await engine.sessionV1('s', { profileId: 'p', cartItems: cart(20), total: 70 });
    const { customerSession, effects } = await engine.session('s', { additionalCosts: { shipping: { price: 5 } } });
    expect(customerSession).toMatchObject({ total: 25, cartItemTotal: 20, additionalCostTotal: 5 });
    expect(effects).toEqual([]);
    const closed = await engine.sessionV1('s', { state: 'closed' });
    expect(closed.profile.totalSales).toBe(25);
  });

  test('of a closed session is the total that v2 answers too', async () => {
    const engine = testEngine(BY_TOTAL);
    await engine.sessionV1('s', { profileId: 'p', cartItems: cart(20), total: 70, state: 'closed' });
    const totals = { total: 70, cartItemTotal: 20, additionalCostTotal: 0 };
    expect((await engine.session('s', { state: 'closed' })).customerSession).toMatchObject(totals);
    expect((await engine.session('s', { state: 'cancelled' })).customerSession).toMatchObject(totals);
  });

  test('must be an amount of money', async () => {
    for (const total of [-1, 1e13, '5']) {
      expect((await refusal(testEngine().sessionV1('s', { total }))).issues[0]?.[1]).toBe('/total');
    }
  });
});

describe('the end of a v1 session asked for again', () => {
  test('answers what the close answered and writes nothing', async () => {
    const engine = testEngine();
    await engine.sessionV1('s', { ...ORDER, total: 80 });
    const answer = await engine.sessionV1('s', { state: 'closed' });
    const before = await engine.store.dump();
    for (const body of [{ ...ORDER, total: 80 }, {}, { attributes: { note: null } }]) {
      const again = await engine.sessionV1('s', { ...body, state: 'closed' });
      expect(again).toEqual(answer);
    }
    expect(await engine.store.dump()).toBe(before);
  });

  test.each([
    ['another total', { total: 81 }],
    ['another coupon', { coupon: 'OTHER' }],
    ['no coupon', { coupon: '' }],
    ['one more attribute', { attributes: { note: 'x' } }],
  ])('with %s is refused', async (_, body) => {
    const engine = testEngine();
    await engine.sessionV1('s', { ...ORDER, total: 80, state: 'closed' });
    expect((await refusal(engine.sessionV1('s', { ...body, state: 'closed' }))).message).toBe(
      'Cannot move session to state "closed" from state "closed"',
    );
  });

  test('answers what was rolled back when it was a cancellation', async () => {
    const engine = testEngine();
    await engine.sessionV1('s', { ...ORDER, state: 'closed' });
    const answer = await engine.sessionV1('s', { state: 'cancelled' });
    const again = await engine.sessionV1('s', { state: 'cancelled' });
    expect(again.event.effects).toEqual(answer.event.effects);
    expect(again.coupon?.usageCounter).toBe(0);
  });
});

describe('v1 and v2 on one session', () => {
  test('what v1 closed, v2 cancels', async () => {
    const engine = testEngine();
    await engine.sessionV1('s', { ...ORDER, state: 'closed' });
    expect(story(await engine.session('s', { state: 'cancelled' }))).toEqual([
      'rollbackCoupon SUMMER',
      'rollbackDiscount 10% off 6',
    ]);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 0, discount: 0 });
  });

  test('what v2 closed, v1 cancels', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    const answer = await engine.sessionV1('s', { state: 'cancelled' });
    expect(answer.event.effects).toHaveLength(2);
    expect(answer.profile.totalSales).toBe(0);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 0, discount: 0 });
  });

  test('an update in v1 keeps codes and costs that only v2 knows, and answers the first code', async () => {
    const engine = testEngine();
    const v2 = { couponCodes: ['NOBODY', 'SUMMER'], additionalCosts: { shipping: { price: 5 } }, cartItems: cart(60) };
    await engine.session('s', v2);
    const answer = await engine.sessionV1('s', { attributes: { channel: 'web' } });
    expect(answer.session.coupon).toBe('NOBODY');
    expect(answer).not.toHaveProperty('coupon');
    expect(await stored(engine)).toMatchObject(v2);
    expect((await engine.sessionV1('s', { coupon: 'SUMMER' })).coupon).toMatchObject({ value: 'SUMMER' });
    expect((await stored(engine))?.couponCodes).toEqual(['SUMMER']);
  });
});

// Few of everything, so that calls get into each other's way.
const sent = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const name = fc.constantFrom('a', 'b');
const attributes = fc.dictionary(name, fc.constantFrom(1, 'x', null), { maxKeys: 2 });
const v1Call = fc.record({
  id: fc.constantFrom('s', 't'),
  body: fc.record({
    profileId: sent(fc.constantFrom('', 'p', 'q')),
    coupon: sent(fc.constantFrom('', 'SUMMER', 'TWICE', 'NOBODY')),
    referral: sent(fc.constantFrom('', 'NONE')),
    state: sent(fc.constantFrom('open', 'open', 'closed', 'cancelled')),
    cartItems: sent(fc.constantFrom([], cart(60), cart(0.1, 3), [{ ...cart(5)[0], attributes: { a: null, b: 1 } }])),
    identifiers: sent(fc.constantFrom([], ['device'])),
    attributes: sent(attributes),
  }),
});

const PROMOTIONS = snapshot({
  campaigns: [
    campaign({
      coupons: [
        { id: 11, value: 'SUMMER', usageLimit: 1 },
        { id: 12, value: 'TWICE', usageLimit: 2 },
      ],
      limits: [{ action: 'setDiscount', limit: 15, entities: ['Profile'] }],
    }),
  ],
});

const known = (attributes: object | undefined) =>
  attributes && Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));

/** The v2 call that says the same. */
const inV2 = ({ coupon, referral, ...body }: Record<string, unknown>) => ({
  ...body,
  ...(coupon !== undefined && { couponCodes: coupon === '' ? [] : [coupon] }),
  referralCode: referral,
  cartItems: (body.cartItems as { attributes?: object }[] | undefined)?.map((item) => ({
    ...item,
    attributes: known(item.attributes),
  })),
  attributes: known(body.attributes as object | undefined),
});

const outcome = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.message;
  }
};

test('any sequence of v1 calls leaves what the same calls of v2 leave', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(v1Call, { minLength: 1, maxLength: 8 }), async (calls) => {
      const [one, other] = [testEngine(PROMOTIONS), testEngine(PROMOTIONS)];
      for (const { id, body } of calls) {
        expect(await outcome(one.sessionV1(id, body))).toBe(await outcome(other.session(id, inV2(body))));
      }
      expect(await one.store.dump()).toBe(await other.store.dump());
    }),
    { numRuns: 150 },
  );
});

test('in whichever age sessions are written, a profile has bought the totals of those that are closed', async () => {
  const step = fc.record({ call: v1Call, total: sent(fc.constantFrom(0, 7.07, 100)), inV1: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      const engine = testEngine(PROMOTIONS);
      for (const { call, total, inV1 } of steps) {
        const { id, body } = call;
        await outcome(inV1 ? engine.sessionV1(id, { ...body, total }) : engine.session(id, inV2(body)));
      }
      const sessions = (await engine.store.items())
        .filter(({ key }) => key.sort === 'session')
        .map(({ data }) => data as unknown as SessionRecord);
      for (const profileId of ['p', 'q']) {
        const closed = sessions.filter((session) => session.profileId === profileId && session.state === 'closed');
        const bought = closed.map(({ cartItems, total }) =>
          total === undefined
            ? sum(cartItems.map(({ price, quantity }) => decimal(price).times(quantity)))
            : decimal(total),
        );
        const profile = await engine.stored(engine.records.profile(profileId));
        expect(profile?.totalSales ?? '0').toBe(sum(bought).toFixed());
      }
    }),
    { numRuns: 100 },
  );
});
