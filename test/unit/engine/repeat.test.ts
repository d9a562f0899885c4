import { describe, expect, test } from 'vitest';
import { cart, refusal, snapshot, story, testEngine } from '../../support/engine.ts';

const ORDER = { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60), attributes: { channel: 'web' } };

const closed = async () => {
  const engine = testEngine();
  const answer = await engine.session('s', { ...ORDER, state: 'closed' });
  return { engine, answer };
};

describe('closing again', () => {
  test.each([
    ['the same payload', ORDER],
    ['nothing but the state', {}],
    ['a part of the payload', { attributes: { channel: 'web' } }],
    ['codes in another order and twice', { couponCodes: ['SUMMER', 'SUMMER'] }],
    ['a null for an attribute that is not there', { attributes: { note: null } }],
  ])('with %s answers what the close answered and writes nothing', async (_, payload) => {
    const { engine, answer } = await closed();
    const before = await engine.store.dump();
    engine.clock.now = new Date('2026-06-02T00:00:00Z');
    const again = await engine.session('s', { ...payload, state: 'closed' });
    expect(again.effects).toEqual(answer.effects);
    expect(again.customerSession).toEqual(answer.customerSession);
    expect(again.coupons).toEqual(answer.coupons);
    expect(again.customerProfile).toEqual(answer.customerProfile);
    expect(await engine.store.dump()).toBe(before);
  });

  test.each([
    ['another cart', { cartItems: cart(61) }],
    ['no codes', { couponCodes: [] }],
    ['one more attribute', { attributes: { note: 'x' } }],
    ['one attribute less', { attributes: { channel: null } }],
    ['another profile', { profileId: 'q' }],
    ['a cost', { additionalCosts: { shipping: { price: 1 } } }],
    ['an identifier', { identifiers: ['device'] }],
    ['a referral code', { referralCode: 'X' }],
  ])('with %s is refused', async (_, payload) => {
    const { engine } = await closed();
    const before = await engine.store.dump();
    const refused = await refusal(engine.session('s', { ...payload, state: 'closed' }));
    expect(refused.message).toBe('Cannot move session to state "closed" from state "closed"');
    expect(await engine.store.dump()).toBe(before);
  });

  test('still works when the promotions have changed meanwhile', async () => {
    const { engine, answer } = await closed();
    engine.publish(snapshot({ campaigns: [] }));
    const again = await engine.session('s', { ...ORDER, state: 'closed' });
    expect(again.effects).toEqual(answer.effects);
    expect(again.coupons).toEqual([]);
  });
});

describe('cancelling again', () => {
  test('answers what was rolled back and moves nothing', async () => {
    const { engine } = await closed();
    const answer = await engine.session('s', { state: 'cancelled' });
    const before = await engine.store.dump();
    const again = await engine.session('s', { ...ORDER, state: 'cancelled' });
    expect(story(again)).toEqual(['rollbackCoupon SUMMER', 'rollbackDiscount 10% off 6']);
    expect(again.effects).toEqual(answer.effects);
    expect(again.coupons?.[0]?.usageCounter).toBe(0);
    expect(await engine.store.dump()).toBe(before);
  });

  test('after an open session answers no effects', async () => {
    const engine = testEngine();
    await engine.session('s', ORDER);
    await engine.session('s', { state: 'cancelled' });
    expect((await engine.session('s', { state: 'cancelled' })).effects).toEqual([]);
  });

  test('with the content that the first cancellation did not take answers the same', async () => {
    const { engine } = await closed();
    const cancellation = { state: 'cancelled', cartItems: [], attributes: { reason: 'changed their mind' } };
    const answer = await engine.session('s', cancellation);
    expect((await engine.session('s', cancellation)).effects).toEqual(answer.effects);
    expect(answer.customerSession?.cartItems).toHaveLength(1);
  });
});

test('a dry repeat answers the same as the repeat', async () => {
  const { engine, answer } = await closed();
  const again = await engine.session('s', { ...ORDER, state: 'closed' }, { dry: true });
  expect(again.effects).toEqual(answer.effects);
});

test('opening a cancelled session again is no repeat', async () => {
  const { engine } = await closed();
  await engine.session('s', { state: 'cancelled' });
  expect((await refusal(engine.session('s', ORDER))).message).toBe(
    'Cannot move session to state "open" from state "cancelled"',
  );
});
