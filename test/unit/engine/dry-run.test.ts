import { expect, test } from 'vitest';
import { campaign, cart, effectsOf, refusal, snapshot, story, testEngine } from '../../support/engine.ts';

const ORDER = { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60), attributes: { channel: 'web' } };

test.each(['open', 'closed'])('a new session, %s, is answered in full and not kept', async (state) => {
  const engine = testEngine();
  const content = ['customerSession', 'customerProfile', 'event', 'coupons'];
  const answer = await engine.session('s', { ...ORDER, state }, { dry: true, content });
  expect(story(answer)).toEqual(['acceptCoupon SUMMER', 'setDiscount 10% off 6']);
  expect(answer.customerSession).toMatchObject({ state, total: 60, firstSession: true });
  expect(answer.customerProfile).toMatchObject({ id: 0, closedSessions: state === 'closed' ? 1 : 0 });
  expect(answer.event?.id).toBe(0);
  expect(answer.coupons).toMatchObject([{ usageCounter: state === 'closed' ? 1 : 0 }]);
  expect(await engine.store.dump()).toBe('[]');
});

test('only what is sent counts: the stored cart, codes and attributes are not looked at', async () => {
  const engine = testEngine();
  await engine.session('s', ORDER);
  const before = await engine.store.dump();
  engine.clock.now = new Date('2026-06-10T00:00:00Z');
  const answer = await engine.session('s', { profileId: 'p', cartItems: cart(10) }, { dry: true });
  expect(answer.customerSession).toMatchObject({ total: 10, couponCodes: [], attributes: {} });
  expect(answer.effects).toEqual([]);
  expect(await engine.store.dump()).toBe(before);
});

test('the profile, the counters and what is stored of the session’s first visit are looked at', async () => {
  const rules = [
    {
      title: 'Gold',
      condition: ['=', ['.', 'Profile', 'Attributes', 'Tier'], 'gold'],
      effects: [['setDiscount', 'g', 1]],
    },
    { title: 'First', condition: ['.', 'Session', 'IsFirst'], effects: [['setDiscount', 'first', 1]] },
  ];
  const engine = testEngine(
    snapshot({ campaigns: [campaign(), campaign({ id: 2, rulesetId: 2, coupons: [], rules })] }),
  );
  await engine.profile('p', { attributes: { Tier: 'gold' } });
  await engine.session('used', { couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
  await engine.session('s', { profileId: 'p' });
  const answer = await engine.session('s', ORDER, { dry: true });
  expect(effectsOf(answer, 'setDiscount').map(({ props }) => props.name)).toEqual(['g', 'first']);
  expect(story(answer)).toContain('rejectCoupon SUMMER CouponLimitReached');
});

test('closing an open session', async () => {
  const engine = testEngine();
  await engine.session('s', ORDER);
  const before = await engine.store.dump();
  const answer = await engine.session('s', { ...ORDER, state: 'closed' }, { dry: true });
  expect(answer.customerProfile).toMatchObject({ closedSessions: 1, totalSales: 60 });
  expect(answer.coupons).toMatchObject([{ usageCounter: 1, discountCounter: 6 }]);
  expect(await engine.store.dump()).toBe(before);
});

test('cancelling a closed session', async () => {
  const engine = testEngine();
  await engine.session('s', { ...ORDER, state: 'closed' });
  const before = await engine.store.dump();
  const answer = await engine.session('s', { state: 'cancelled' }, { dry: true });
  expect(story(answer)).toEqual(['rollbackCoupon SUMMER', 'rollbackDiscount 10% off 6']);
  expect(answer.coupons).toMatchObject([{ usageCounter: 0 }]);
  expect(await engine.store.dump()).toBe(before);
});

test('illegal moves are refused as they would be', async () => {
  const engine = testEngine();
  await engine.session('s', { ...ORDER, state: 'closed' });
  const refused = await refusal(engine.session('s', { cartItems: cart(1) }, { dry: true }));
  expect(refused.message).toBe('Cannot move session to state "open" from state "closed"');
});

test('a dry call takes no ids', async () => {
  const engine = testEngine();
  const content = ['event', 'customerProfile'];
  const first = await engine.session('s', { profileId: 'p' }, { content });
  for (let index = 0; index < 5; index++) await engine.session('s', { profileId: 'q' }, { dry: true });
  const second = await engine.session('s', {}, { content });
  expect(second.event?.id).toBe((first.event?.id ?? 0) + 1);
});
