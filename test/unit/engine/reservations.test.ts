import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ApiError } from '../../../lib/contract/errors.ts';
import { Coupon } from '../../../lib/contract/schemas/codes.ts';
import type { CouponDefinition } from '../../../lib/promotions/snapshot.ts';
import { application, campaign, cart, refusal, snapshot, story, testEngine } from '../../support/engine.ts';

// The model runs hundreds of calls.
vi.setConfig({ testTimeout: 60_000 });

const coupon = (over: Partial<CouponDefinition> = {}): CouponDefinition => ({
  id: 11,
  value: 'SUMMER',
  usageLimit: 0,
  ...over,
});

const engineWith = (...coupons: Partial<CouponDefinition>[]) =>
  testEngine(snapshot({ campaigns: [campaign({ coupons: coupons.map(coupon) })] }));

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

const order = (profileId: string, code = 'SUMMER') => ({ profileId, couponCodes: [code], cartItems: cart(60) });

describe('reserving a coupon', () => {
  test('answers the coupon with its counters, and every profile holds a reservation', async () => {
    const engine = engineWith({ usageLimit: 5 });
    await engine.session('s', { ...order('zoe'), state: 'closed' });
    const answer = await engine.reserve('SUMMER', ['ann', 'ben']);
    expect(Coupon.parse(answer)).toEqual(answer);
    expect(answer).toEqual({
      id: 11,
      created: '2026-01-01T00:00:00.000Z',
      campaignId: 1,
      value: 'SUMMER',
      usageLimit: 5,
      usageCounter: 1,
      discountCounter: 6,
      attributes: {},
      reservation: true,
    });
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['ann', 'ben', 'zoe']);
  });

  test('makes missing profiles, empty', async () => {
    const engine = engineWith({});
    await engine.reserve('SUMMER', ['ann']);
    expect(await engine.stored(engine.records.profile('ann'))).toMatchObject({
      integrationId: 'ann',
      attributes: {},
      closedSessions: 0,
      applications: [],
    });
  });

  test('does not touch a profile that is there, nor its last activity', async () => {
    const engine = engineWith({});
    await engine.session('s', { profileId: 'ann', cartItems: cart(60) });
    const before = await engine.stored(engine.records.profile('ann'));
    engine.clock.now = new Date('2026-07-01T00:00:00Z');
    await engine.reserve('SUMMER', ['ann']);
    await engine.unreserve('SUMMER', ['ann']);
    expect(await engine.stored(engine.records.profile('ann'))).toEqual(before);
  });

  test('what is reserved already stays as it is, and so do its redemptions', async () => {
    const engine = engineWith({});
    await engine.session('s', { ...order('ann'), state: 'closed' });
    await engine.reserve('SUMMER', ['ben']);
    engine.clock.now = new Date('2026-07-01T00:00:00Z');
    const before = await engine.store.dump();
    await engine.reserve('SUMMER', ['ben', 'ann', 'ben']);
    expect(await engine.store.dump()).toBe(before);
  });

  test('a profile that is named twice gets one', async () => {
    const engine = engineWith({});
    await engine.reserve('SUMMER', ['ann', 'ann', 'ann']);
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['ann']);
  });

  test('nobody named: the coupon is answered, and nothing is stored', async () => {
    const engine = engineWith({});
    expect(await engine.reserve('SUMMER', [])).toMatchObject({ value: 'SUMMER' });
    expect(await engine.store.dump()).toBe('[]');
  });

  test('1000 at once are all reserved; of one moment, they are listed by their ids', async () => {
    const engine = engineWith({});
    expect(await engine.reserve('SUMMER', ids(1000))).toMatchObject({ value: 'SUMMER', usageCounter: 0 });
    expect(await engine.reservedCustomers('SUMMER')).toEqual(ids(1000).sort());
    expect((await refusal(engine.reserve('SUMMER', ids(1001)))).status).toBe(400);
  });

  test('a coupon that starts later can be reserved, and one whose campaign does', async () => {
    const later = { startDate: '2027-01-01T00:00:00Z' };
    await engineWith(later).reserve('SUMMER', ['ann']);
    const campaigns = [campaign({ startTime: '2027-01-01T00:00:00Z' })];
    await testEngine(snapshot({ campaigns })).reserve('SUMMER', ['ann']);
  });

  test('one person’s coupon can be reserved for that person', async () => {
    const engine = engineWith({ recipientIntegrationId: 'ann' });
    await engine.reserve('SUMMER', ['ann']);
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['ann']);
  });

  test('the code is looked up as the Application compares codes', async () => {
    const applications = [application({ caseSensitivity: 'insensitive-uppercase' })];
    const engine = testEngine(snapshot({ applications }));
    expect(await engine.reserve('sumMer', ['ann'])).toMatchObject({ value: 'SUMMER' });
    expect(await engine.reservedCustomers('Summer')).toEqual(['ann']);
    expect(await engine.reservedCoupons('ann')).toEqual(['SUMMER']);
    await engine.unreserve('summer', ['ann']);
    expect(await engine.reservedCustomers('SUMMER')).toEqual([]);
    expect((await refusal(testEngine().reserve('summer', ['ann']))).status).toBe(404);
  });
});

describe('a reservation is refused, and nothing is stored', () => {
  test.each([
    ['an expired coupon', { expiryDate: '2026-06-01T12:00:00Z' }, [['Invalid value', 'couponValue']]],
    [
      'another person’s coupon, naming everybody whose it is not',
      { recipientIntegrationId: 'ann' },
      [
        ['Invalid value', '/integrationIDs/0'],
        ['Invalid value', '/integrationIDs/2'],
        ['Invalid value', '/integrationIDs/3'],
      ],
    ],
    [
      'several faults at once',
      { recipientIntegrationId: 'p1', expiryDate: '2020-01-01T00:00:00Z' },
      [
        ['Invalid value', 'couponValue'],
        ['Invalid value', '/integrationIDs/0'],
        ['Invalid value', '/integrationIDs/1'],
        ['Invalid value', '/integrationIDs/2'],
        ['Invalid value', '/integrationIDs/3'],
      ],
    ],
  ])('for %s', async (_, over, issues) => {
    const engine = engineWith(over);
    const refused = await refusal(engine.reserve('SUMMER', ['ben', 'ann', 'zoe', 'ben']));
    expect(refused).toMatchObject({ status: 400, issues });
    expect(await engine.store.dump()).toBe('[]');
  });

  test('for a coupon that is used up', async () => {
    const engine = engineWith({ usageLimit: 1 });
    await engine.session('s', { ...order('zoe'), state: 'closed' });
    const before = await engine.store.dump();
    expect(await refusal(engine.reserve('SUMMER', ['ann']))).toMatchObject({
      status: 400,
      issues: [['Invalid value', 'couponValue']],
    });
    expect(await engine.store.dump()).toBe(before);
  });

  test.each(['reserve', 'unreserve', 'reservedCustomers'] as const)(
    'for a coupon that is not there: %s',
    async (call) => {
      const engine = testEngine(
        snapshot({
          applications: [application(), application({ id: 2 })],
          campaigns: [campaign({ applicationId: 2 })],
        }),
      );
      const made = call === 'reservedCustomers' ? engine[call]('SUMMER') : engine[call]('SUMMER', ['ann']);
      expect((await refusal(made)).status).toBe(404);
      expect(await engine.store.dump()).toBe('[]');
    },
  );

  test('for one bad id of 1000, naming it', async () => {
    const engine = engineWith({});
    for (const bad of ['', 'x'.repeat(1001), '\ud800']) {
      const rows = ids(1000).with(777, bad);
      const refused = await refusal(engine.reserve('SUMMER', rows));
      expect(refused.issues.map(([, place]) => place)).toEqual(['/integrationIDs/777']);
      expect((await refusal(engine.unreserve('SUMMER', rows))).status).toBe(400);
    }
    expect(await engine.store.dump()).toBe('[]');
  });
});

describe('taking reservations back', () => {
  test('takes exactly those, and answers nothing', async () => {
    const engine = engineWith({}, { id: 12, value: 'WINTER' });
    await engine.reserve('SUMMER', ['ann', 'ben', 'zoe']);
    await engine.reserve('WINTER', ['ann']);
    expect(await engine.unreserve('SUMMER', ['ann', 'zoe'])).toBeUndefined();
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['ben']);
    expect(await engine.reservedCustomers('WINTER')).toEqual(['ann']);
  });

  test('where there is none, or no such profile, nothing happens', async () => {
    const engine = engineWith({});
    await engine.profile('ann');
    const before = await engine.store.dump();
    await engine.unreserve('SUMMER', ['ann', 'nobody', 'nobody']);
    await engine.unreserve('SUMMER', []);
    expect(await engine.store.dump()).toBe(before);
  });

  test('leaves nothing of a reservation that was all there was', async () => {
    const engine = engineWith({});
    await engine.profile('ann');
    const before = await engine.store.dump();
    await engine.reserve('SUMMER', ['ann']);
    await engine.unreserve('SUMMER', ['ann']);
    expect(await engine.store.dump()).toBe(before);
  });

  test('takes that of a redeemed coupon too, and what was redeemed stays counted', async () => {
    const engine = engineWith({});
    await engine.session('s', { ...order('ann'), state: 'closed' });
    await engine.unreserve('SUMMER', ['ann']);
    expect(await engine.reservedCustomers('SUMMER')).toEqual([]);
    const { coupons } = await engine.inventory('ann', ['coupons']);
    expect(coupons).toMatchObject([{ value: 'SUMMER', profileRedemptionCount: 1, usageCounter: 1 }]);
  });

  test('of a coupon that expired meanwhile, or that everybody used up, is possible', async () => {
    const engine = engineWith({ expiryDate: '2026-06-02T00:00:00Z', usageLimit: 1 });
    await engine.reserve('SUMMER', ['ann']);
    await engine.session('s', { ...order('zoe'), state: 'closed' });
    engine.clock.now = new Date('2026-07-01T00:00:00Z');
    await engine.unreserve('SUMMER', ['ann']);
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['zoe']);
  });

  test('of 1000 at once takes them all', async () => {
    const engine = engineWith({});
    await engine.reserve('SUMMER', [...ids(999), 'ann']);
    await engine.unreserve('SUMMER', ids(1000));
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['ann']);
  });
});

describe('redeeming', () => {
  test('reserves the coupon from then on; a cancellation gives the counts back and keeps the reservation', async () => {
    const engine = engineWith({ usageLimit: 3 });
    await engine.session('s', order('ann'));
    expect(await engine.reservedCustomers('SUMMER')).toEqual([]);
    await engine.session('s', { state: 'closed' });
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['ann']);
    await engine.session('s', { state: 'cancelled' });
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['ann']);
    const { coupons } = await engine.inventory('ann', ['coupons']);
    expect(coupons).toMatchObject([{ usageCounter: 0, discountCounter: 0, profileRedemptionCount: 0 }]);
  });

  test('a rejected coupon is not reserved, nor is an anonymous customer’s', async () => {
    const engine = engineWith({});
    await engine.session('s', { ...order('ann'), cartItems: cart(1), state: 'closed' });
    await engine.session('t', { ...order(''), state: 'closed' });
    expect(await engine.reservedCustomers('SUMMER')).toEqual([]);
  });

  test('keeps the time of an earlier reservation', async () => {
    const engine = engineWith({});
    await engine.reserve('SUMMER', ['ann']);
    engine.clock.now = new Date('2026-06-02T00:00:00Z');
    await engine.reserve('SUMMER', ['ben']);
    engine.clock.now = new Date('2026-06-03T00:00:00Z');
    await engine.session('s', { ...order('ann'), state: 'closed' });
    expect(await engine.reservedCustomers('SUMMER')).toEqual(['ann', 'ben']);
  });

  test('a cancellation does not bring back a reservation that was taken', async () => {
    const engine = engineWith({});
    await engine.session('s', { ...order('ann'), state: 'closed' });
    await engine.unreserve('SUMMER', ['ann']);
    await engine.session('s', { state: 'cancelled' });
    expect(await engine.reservedCustomers('SUMMER')).toEqual([]);
    expect(await engine.reservedCoupons('ann')).toEqual([]);
    expect((await engine.inventory('ann', ['coupons'])).coupons).toEqual([]);
  });
});

describe('a coupon whose reservation is mandatory', () => {
  const mandatory = { reservation: 'mandatory' } as const;

  test('says so', async () => {
    expect(await engineWith(mandatory).reserve('SUMMER', ['ann'])).toMatchObject({ reservation: false });
  });

  test('serves who holds a reservation, and nobody else', async () => {
    const engine = engineWith(mandatory);
    await engine.reserve('SUMMER', ['ann']);
    expect(story(await engine.session('a', order('ann')))).toEqual(['acceptCoupon SUMMER', 'setDiscount 10% off 6']);
    for (const other of ['ben', '']) {
      expect(story(await engine.session(`s-${other}`, order(other)))).toEqual([
        'rejectCoupon SUMMER CouponRecipientDoesNotMatch',
      ]);
    }
    await engine.session('a', { state: 'closed' });
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toMatchObject({ usage: 1 });
  });

  test('no longer serves whose reservation was taken before the close; the close is none the worse', async () => {
    const engine = engineWith(mandatory);
    await engine.reserve('SUMMER', ['ann']);
    await engine.session('s', order('ann'));
    await engine.unreserve('SUMMER', ['ann']);
    const closed = await engine.session('s', { state: 'closed' });
    expect(story(closed)).toEqual(['rejectCoupon SUMMER CouponRecipientDoesNotMatch']);
    expect(closed.customerSession?.state).toBe('closed');
  });

  test('serves again after a cancellation', async () => {
    const engine = engineWith({ ...mandatory, usageLimit: 1 });
    await engine.reserve('SUMMER', ['ann']);
    await engine.session('s', { ...order('ann'), state: 'closed' });
    await engine.session('s', { state: 'cancelled' });
    expect(story(await engine.session('t', order('ann')))).toContain('acceptCoupon SUMMER');
  });

  test('that is for one person demands the reservation of that person too', async () => {
    const engine = engineWith({ ...mandatory, recipientIntegrationId: 'ann' });
    const refused = ['rejectCoupon SUMMER CouponRecipientDoesNotMatch'];
    expect(story(await engine.session('s', order('ann')))).toEqual(refused);
    await engine.reserve('SUMMER', ['ann']);
    expect(story(await engine.session('s', {}))).toContain('acceptCoupon SUMMER');
  });

  test('is refused for being expired, or for its limit, as any other', async () => {
    const engine = engineWith({ ...mandatory, expiryDate: '2026-06-02T00:00:00Z', usageLimit: 1 });
    await engine.reserve('SUMMER', ['ann', 'ben']);
    await engine.session('s', { ...order('ann'), state: 'closed' });
    expect(story(await engine.session('t', order('ben')))).toEqual(['rejectCoupon SUMMER CouponLimitReached']);
    engine.clock.now = new Date('2026-07-01T00:00:00Z');
    expect(story(await engine.session('t', {}))).toEqual(['rejectCoupon SUMMER CouponExpired']);
  });

  test('asks for the holder in the dry run too, and in v1', async () => {
    const engine = engineWith(mandatory);
    await engine.reserve('SUMMER', ['ann']);
    expect(story(await engine.session('s', order('ann'), { dry: true }))).toContain('acceptCoupon SUMMER');
    const { couponCodes: _, ...v1 } = order('ben');
    const { event } = await engine.sessionV1('v1', { ...v1, coupon: 'SUMMER' });
    expect(event.meta).toMatchObject({ couponRejectionReason: { reason: 'CouponRecipientDoesNotMatch' } });
  });
});

describe('the customers who reserved a coupon', () => {
  test('are listed from the earliest on, and all of them', async () => {
    const engine = engineWith({});
    const names = ['zoe', 'ann', 'ben', 'kim'];
    for (const [index, name] of names.entries()) {
      engine.clock.now = new Date(`2026-06-0${index + 2}T00:00:00Z`);
      await engine.reserve('SUMMER', [name]);
    }
    expect(await engine.reservedCustomers('SUMMER')).toEqual(names);
    const request = { params: { couponValue: 'SUMMER' }, query: {}, body: undefined };
    expect(await engine.api.getReservedCustomers(request, engine.call)).toMatchObject({
      totalResultSize: 4,
      data: [{ integrationId: 'zoe', attributes: {} }, {}, {}, {}],
    });
  });

  test('nobody: an empty list', async () => {
    const request = { params: { couponValue: 'SUMMER' }, query: {}, body: undefined };
    const engine = testEngine();
    expect(await engine.api.getReservedCustomers(request, engine.call)).toEqual({ totalResultSize: 0, data: [] });
  });
});

describe('the coupons that a customer reserved', () => {
  test('are listed by their ids where they could be used now', async () => {
    const engine = testEngine(
      snapshot({
        campaigns: [
          campaign({
            coupons: [
              coupon({ id: 19, value: 'LAST' }),
              coupon({ id: 11, value: 'FIRST' }),
              coupon({ id: 12, value: 'LATER', startDate: '2026-06-02T00:00:00Z' }),
              coupon({ id: 13, value: 'ENDING', expiryDate: '2026-06-02T00:00:00Z' }),
              coupon({ id: 14, value: 'ONCE', usageLimit: 1 }),
              coupon({ id: 15, value: 'OWN', recipientIntegrationId: 'ann' }),
            ],
          }),
          campaign({
            id: 2,
            rulesetId: 2,
            startTime: '2026-07-01T00:00:00Z',
            coupons: [coupon({ id: 21, value: 'JULY' })],
          }),
          campaign({
            id: 3,
            rulesetId: 3,
            endTime: '2026-06-03T00:00:00Z',
            coupons: [coupon({ id: 31, value: 'OVER' })],
          }),
        ],
      }),
    );
    for (const code of ['LAST', 'FIRST', 'LATER', 'ENDING', 'ONCE', 'JULY', 'OVER'])
      await engine.reserve(code, ['ann']);
    expect(await engine.reservedCoupons('ann')).toEqual(['FIRST', 'ENDING', 'ONCE', 'LAST', 'OVER']);
    await engine.session('s', { ...order('ben', 'ONCE'), state: 'closed' });
    engine.clock.now = new Date('2026-06-02T00:00:00Z');
    expect(await engine.reservedCoupons('ann')).toEqual(['FIRST', 'LATER', 'LAST', 'OVER']);
    engine.clock.now = new Date('2026-07-02T00:00:00Z');
    expect(await engine.reservedCoupons('ann')).toEqual(['FIRST', 'LATER', 'LAST', 'JULY']);
  });

  test('one that is gone from the published promotions is left out', async () => {
    const engine = engineWith({}, { id: 12, value: 'WINTER' });
    await engine.reserve('SUMMER', ['ann']);
    await engine.reserve('WINTER', ['ann']);
    engine.publish(snapshot({ campaigns: [campaign({ coupons: [coupon({ id: 12, value: 'WINTER' })] })] }));
    expect(await engine.reservedCoupons('ann')).toEqual(['WINTER']);
    expect((await engine.inventory('ann', ['coupons'])).coupons).toMatchObject([{ value: 'WINTER' }]);
  });

  test('one that the customer may not redeem once more is left out', async () => {
    const limits = [{ action: 'redeemCoupon', limit: 2, entities: ['Profile'] }] as const;
    const engine = testEngine(snapshot({ campaigns: [campaign({ limits, coupons: [coupon()] })] }));
    await engine.session('s', { ...order('ann'), state: 'closed' });
    expect(await engine.reservedCoupons('ann')).toEqual(['SUMMER']);
    await engine.session('t', { ...order('ann'), state: 'closed' });
    expect(await engine.reservedCoupons('ann')).toEqual([]);
    await engine.session('t', { state: 'cancelled' });
    expect(await engine.reservedCoupons('ann')).toEqual(['SUMMER']);
  });

  test('of a customer who is not there are a 404; who has none gets an empty list', async () => {
    const engine = engineWith({});
    expect((await refusal(engine.reservedCoupons('ann'))).status).toBe(404);
    await engine.profile('ann');
    expect(await engine.reservedCoupons('ann')).toEqual([]);
  });
});

test('Applications do not see each other’s reservations, nor do environments', async () => {
  const engine = testEngine(
    snapshot({
      applications: [application(), application({ id: 2 }), application({ id: 3, environment: 'sandbox' })],
      campaigns: [1, 2, 3].map((id) => campaign({ id, applicationId: id, rulesetId: id, coupons: [coupon({ id })] })),
    }),
  );
  await engine.reserve('SUMMER', ['ann']);
  for (const application of [2, 3]) {
    expect(await engine.reservedCustomers('SUMMER', application)).toEqual([]);
    await engine.unreserve('SUMMER', ['ann'], { application });
  }
  expect(await engine.reservedCoupons('ann', 2)).toEqual([]);
  expect((await refusal(engine.reservedCoupons('ann', 3))).status).toBe(404);
  expect(await engine.reservedCustomers('SUMMER')).toEqual(['ann']);
});

test('deleting a customer’s data takes the reservations with it', async () => {
  const engine = engineWith({ reservation: 'mandatory' });
  await engine.reserve('SUMMER', ['ann', 'ben']);
  await engine.session('s', { ...order('ann'), state: 'closed' });
  await engine.erase('ann');
  expect(await engine.reservedCustomers('SUMMER')).toEqual(['ben']);
  expect((await refusal(engine.reservedCoupons('ann'))).status).toBe(404);
  expect(await engine.store.dump()).not.toContain('"ann"');
  // Who comes with the same id later is new.
  await engine.profile('ann');
  expect(await engine.reservedCoupons('ann')).toEqual([]);
  expect(story(await engine.session('t', order('ann')))).toEqual(['rejectCoupon SUMMER CouponRecipientDoesNotMatch']);
});

test('what only reads writes nothing', async () => {
  const engine = engineWith({});
  await engine.reserve('SUMMER', ['ann']);
  const { write } = engine.store.trips;
  await engine.reservedCoupons('ann');
  await engine.reservedCustomers('SUMMER');
  await engine.inventory('ann', ['profile', 'coupons', 'referrals', 'loyalty', 'giveaways']);
  expect(engine.store.trips.write).toBe(write);
});

/** What a coupon is to a profile, as simply as it can be said. */
interface Held {
  reserved: boolean;
  redemptions: number;
}

test('whatever is done in whatever order, customers and coupons agree with a simple model', async () => {
  const profiles = ['ann', 'ben', 'zoe'];
  const codes = ['FREE', 'ONCE', 'STRICT'];
  const profile = fc.constantFrom(...profiles);
  const code = fc.constantFrom(...codes);
  const step = fc.oneof(
    fc.record({ do: fc.constant('reserve' as const), code, who: fc.array(profile, { maxLength: 3 }) }),
    fc.record({ do: fc.constant('unreserve' as const), code, who: fc.array(profile, { maxLength: 3 }) }),
    fc.record({ do: fc.constant('redeem' as const), code, who: fc.tuple(profile) }),
    fc.record({ do: fc.constant('cancel' as const), code, who: fc.tuple(profile) }),
    fc.record({ do: fc.constant('delete' as const), code, who: fc.tuple(profile) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const engine = engineWith(
        { id: 1, value: 'FREE' },
        { id: 2, value: 'ONCE', usageLimit: 1 },
        { id: 3, value: 'STRICT', reservation: 'mandatory' },
      );
      const model = new Map<string, Held>();
      const used = new Map<string, number>();
      const known = new Set<string>();
      const closed: { id: string; code: string; who: string; redeemed: boolean; isGone: boolean }[] = [];
      const of = (coupon: string, who: string): Held => {
        const held = model.get(`${coupon} ${who}`) ?? { reserved: false, redemptions: 0 };
        model.set(`${coupon} ${who}`, held);
        return held;
      };
      for (const [index, { do: action, code: coupon, who }] of steps.entries()) {
        const [one = ''] = who;
        const usage = used.get(coupon) ?? 0;
        const isUsedUp = coupon === 'ONCE' && usage > 0;
        if (action === 'reserve') {
          const refused = await engine.reserve(coupon, who).then(
            () => false,
            (error) => {
              if (!(error instanceof ApiError)) throw error;
              return true;
            },
          );
          expect(refused).toBe(isUsedUp);
          if (!refused) for (const each of who) known.add(each);
          if (!refused) for (const each of who) of(coupon, each).reserved = true;
        } else if (action === 'unreserve') {
          await engine.unreserve(coupon, who);
          for (const each of who) of(coupon, each).reserved = false;
        } else if (action === 'redeem') {
          const redeemed = !isUsedUp && (coupon !== 'STRICT' || of(coupon, one).reserved);
          const answer = await engine.session(`s${index}`, { ...order(one, coupon), state: 'closed' });
          expect(story(answer).includes(`acceptCoupon ${coupon}`)).toBe(redeemed);
          known.add(one);
          closed.push({ id: `s${index}`, code: coupon, who: one, redeemed, isGone: false });
          if (redeemed) {
            used.set(coupon, usage + 1);
            of(coupon, one).reserved = true;
            of(coupon, one).redemptions += 1;
          }
        } else if (action === 'cancel') {
          const session = closed.pop();
          if (!session) continue;
          await engine.session(session.id, { state: 'cancelled' });
          if (session.redeemed) used.set(session.code, (used.get(session.code) ?? 0) - 1);
          if (session.redeemed && !session.isGone) of(session.code, session.who).redemptions -= 1;
        } else {
          await engine.erase(one).catch((error) => expect(error).toMatchObject({ status: 404 }));
          known.delete(one);
          for (const each of codes) model.delete(`${each} ${one}`);
          for (const session of closed) if (session.who === one) session.isGone = true;
        }
      }
      for (const each of codes) {
        const holders = profiles.filter((who) => of(each, who).reserved);
        expect((await engine.reservedCustomers(each)).sort()).toEqual(holders);
      }
      for (const who of profiles) {
        if (!known.has(who)) {
          expect((await refusal(engine.inventory(who, ['coupons']))).status).toBe(404);
          continue;
        }
        const { coupons = [] } = await engine.inventory(who, ['coupons']);
        const expected = codes.filter((each) => of(each, who).reserved || of(each, who).redemptions > 0);
        expect(coupons.map(({ value }) => value)).toEqual(expected);
        expect(coupons.map((each) => each.profileRedemptionCount)).toEqual(
          expected.map((each) => of(each, who).redemptions),
        );
        expect(coupons.map((each) => each.usageCounter)).toEqual(expected.map((each) => used.get(each) ?? 0));
        const usable = codes.filter(
          (each) => of(each, who).reserved && !(each === 'ONCE' && (used.get(each) ?? 0) > 0),
        );
        expect(await engine.reservedCoupons(who)).toEqual(usable);
      }
    }),
    { numRuns: 100 },
  );
});
