import { describe, expect, test, vi } from 'vitest';
import type { Limit } from '../../../lib/promotions/snapshot.ts';
import { campaign, cart, effectsOf, refusal, snapshot, type TestEngine, testEngine } from '../../support/engine.ts';

// Some of these make hundreds of calls.
vi.setConfig({ testTimeout: 60_000 });

const LIMITS: Limit[] = (['Coupon', 'Referral', 'Profile', 'Identifier'] as const).flatMap((entity) => [
  { action: 'redeemCoupon', limit: 50, entities: [entity] },
  { action: 'setDiscount', limit: 1000, entities: [entity], period: 'weekly' },
  { action: 'redeemReferral', limit: 50, entities: [entity, entity === 'Profile' ? 'Identifier' : 'Profile'] },
]);

const everything = () =>
  snapshot({
    campaigns: [
      campaign({
        coupons: ['A', 'B'].map((value, index) => ({ id: index + 1, value, usageLimit: 0 })),
        limits: LIMITS,
        rules: [
          { title: 'Coupon', condition: ['couponValid'], effects: [['setDiscount', 'c', 1]] },
          { title: 'Referral', condition: ['referralValid'], effects: [['setDiscount', 'r', 1]] },
          { title: 'Always', condition: true, effects: [['setDiscount', 'a', 1]] },
        ],
      }),
      campaign({
        id: 2,
        rulesetId: 202,
        limits: [
          { action: 'setDiscountEffect', limit: 100, entities: ['Identifier', 'Profile'] },
          { action: 'redeemReferral', limit: 100, entities: ['Referral'] },
        ],
        coupons: [{ id: 9, value: 'C', usageLimit: 0 }],
        rules: [{ title: 'Always', condition: true, effects: [['setDiscount', 'b', 1]] }],
      }),
    ],
  });

describe('round trips', () => {
  const trips = async (engine: TestEngine, act: () => Promise<unknown>) => {
    const before = { ...engine.store.trips };
    await act();
    const after = engine.store.trips;
    return [after.get - before.get, after.write - before.write, after.query - before.query];
  };
  const ORDER = { profileId: 'p', couponCodes: ['A'], cartItems: cart(60), identifiers: ['x'] };

  test('a session update that says all is one read and one write', async () => {
    const engine = testEngine(everything());
    await engine.session('s', ORDER);
    expect(await trips(engine, () => engine.session('s', ORDER))).toEqual([1, 1, 0]);
    expect(await trips(engine, () => engine.session('s', { ...ORDER, state: 'closed' }))).toEqual([1, 1, 0]);
  });

  test('one that leaves its codes or its profile out reads once more', async () => {
    const engine = testEngine(everything());
    await engine.session('s', ORDER);
    expect(await trips(engine, () => engine.session('s', {}))).toEqual([2, 1, 0]);
    expect(await trips(engine, () => engine.session('s', { state: 'closed' }))).toEqual([2, 1, 0]);
    expect(await trips(engine, () => engine.session('s', { state: 'cancelled' }))).toEqual([2, 1, 0]);
  });

  test('an open session that is updated is one item', async () => {
    const engine = testEngine(everything());
    await engine.session('s', ORDER);
    const write = engine.store.write;
    const sizes: number[] = [];
    engine.store.write = (changes, attempt) => {
      sizes.push(changes.length);
      return write(changes, attempt);
    };
    await engine.session('s', { ...ORDER, cartItems: cart(70) });
    expect(sizes).toEqual([1]);
  });

  test('campaigns that do not run are not read for', async () => {
    const promotions = everything();
    const engine = testEngine({
      ...promotions,
      campaigns: promotions.campaigns.map((each) => ({ ...each, state: 'disabled' as const })),
    });
    const get = engine.store.get;
    const sizes: number[] = [];
    engine.store.get = (keys) => {
      sizes.push(keys.length);
      return get(keys);
    };
    await engine.session('s', { profileId: 'p', identifiers: ['x'], cartItems: cart(60) }, { dry: true });
    // The session, its profile, and whether that is suppressed.
    expect(sizes).toEqual([3]);
  });
});

describe('whatever happens around a session, its decision has what it needs', () => {
  const START = { profileId: 'p', couponCodes: ['A', 'C', 'NONE'], identifiers: ['x', 'y'], cartItems: cart(60) };
  const steps: Record<string, (engine: TestEngine, code: string) => Promise<unknown>> = {
    'another profile takes it over': (engine) => engine.session('s', { profileId: 'q' }),
    'its profile is left out': (engine) => engine.session('s', { cartItems: cart(61) }),
    'its codes change': (engine) => engine.session('s', { couponCodes: ['B', 'C'] }),
    'its codes are dropped': (engine) => engine.session('s', { couponCodes: [], referralCode: '' }),
    'a referral code comes': (engine, code) => engine.session('s', { referralCode: code }),
    'an unknown referral code comes': (engine) => engine.session('s', { referralCode: 'NONE' }),
    'its identifiers go': (engine) => engine.session('s', { identifiers: [] }),
    'its identifiers are many': (engine) => engine.session('s', { identifiers: ['a', 'b', 'c', 'd', 'd'] }),
    'an event comes': (engine) => engine.event('s', { profileId: 'p' }).catch(() => undefined),
    'an event comes from nobody': (engine) => engine.event('s'),
    'its promotions go': async (engine) => engine.publish(snapshot({ campaigns: [] })),
    'its promotions come back': async (engine) => engine.publish(everything()),
    'its campaigns stop': async (engine) =>
      engine.publish(
        snapshot({ campaigns: everything().campaigns.map((each) => ({ ...each, state: 'archived' as const })) }),
      ),
    'its profile is deleted': (engine) => engine.erase('p').catch(() => undefined),
    'it is looked at dry': (engine) => engine.session('s', { referralCode: 'NONE', state: 'closed' }, { dry: true }),
  };

  for (const [first, one] of Object.entries(steps)) {
    test(first, async () => {
      for (const two of Object.values(steps)) {
        const engine = testEngine(everything());
        const { code } = await engine.referral('anna', { usageLimit: 0 });
        await engine.session('s', START);
        await one(engine, code).catch(onlyRefusals);
        await two(engine, code).catch(onlyRefusals);
        const content = ['coupons', 'referral', 'event', 'customerProfile', 'customerSession', 'triggeredCampaigns'];
        for (const state of ['closed', 'closed', 'cancelled', 'cancelled']) {
          await engine.session('s', { state }, { content }).catch(onlyRefusals);
          await one(engine, code).catch(onlyRefusals);
        }
      }
    });
  }
});

const onlyRefusals = async (error: unknown) => {
  await refusal(Promise.reject(error));
};

describe('size', () => {
  test('a session that is too large to store is refused, and nothing is stored', async () => {
    const engine = testEngine();
    const note = Array.from({ length: 60_000 }, (_, index) => Math.sin(index).toString(36)).join('');
    expect(await refusal(engine.session('s', { attributes: { note } }))).toEqual({
      status: 413,
      message: 'What this call would store is too large',
      issues: [],
    });
    expect(await engine.stored(engine.records.session('s'))).toBeUndefined();
  });

  test('ids and codes of any length and content make keys', async () => {
    const engine = testEngine();
    for (const id of ['x'.repeat(1000), '\u0000', '💶'.repeat(250), '../../1', 'a/b%2F', ' ', 'constructor']) {
      const answer = await engine.session(id, { profileId: id, couponCodes: [id.slice(0, 100)], cartItems: cart(1) });
      expect(answer.customerSession).toMatchObject({ integrationId: id, profileId: id });
      await engine.erase(id);
    }
  });

  test('ids are compared byte for byte', async () => {
    const engine = testEngine();
    await engine.profile('é', { attributes: { composed: true } });
    const { customerProfile } = await engine.profile('e\u0301', { responseContent: ['customerProfile'] });
    expect(customerProfile?.attributes).toEqual({});
    for (const id of ['É', 'é ', ' é']) {
      expect((await engine.profile(id, { responseContent: ['customerProfile'] })).customerProfile?.attributes).toEqual(
        {},
      );
    }
  });

  test('a thousand lines and a hundred codes are a matter of seconds, not minutes', async () => {
    const codes = Array.from({ length: 100 }, (_, index) => `CODE-${index}`);
    const limits: Limit[] = [
      { action: 'setDiscount', limit: 1e9, entities: ['Profile'], period: 'daily' },
      { action: 'setDiscountEffect', limit: 1e6, entities: [] },
    ];
    const engine = testEngine(
      snapshot({
        campaigns: [
          campaign({
            limits,
            coupons: codes.map((value, index) => ({ id: index + 1, value, usageLimit: 0 })),
            rules: [
              {
                title: 'Each',
                condition: ['couponValid'],
                effects: [['setDiscountPerItem', 'x', 0.01, ['.', 'Session', 'CartItems']]],
              },
            ],
          }),
        ],
      }),
    );
    const cartItems = Array.from({ length: 1000 }, () => cart(10)).flat();
    const order = { profileId: 'p', couponCodes: codes, cartItems, state: 'closed' };
    const answer = await engine.session('s', order, { dry: true, content: [] });
    // One for each line, for every coupon that one write has room for.
    const accepted = effectsOf(answer, 'acceptCoupon').length;
    expect(effectsOf(answer, 'setDiscountPerItem')).toHaveLength(accepted * 1000);
    expect(accepted).toBeGreaterThan(40);
  });
});
