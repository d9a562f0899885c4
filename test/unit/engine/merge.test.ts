import { describe, expect, test } from 'vitest';
import { application, cart, refusal, snapshot, story, testEngine } from '../../support/engine.ts';

const FULL = {
  profileId: 'p',
  couponCodes: ['SUMMER'],
  referralCode: 'FRIEND',
  cartItems: cart(60),
  additionalCosts: { shipping: { price: 4 } },
  identifiers: ['device-1'],
  attributes: { channel: 'web', gift: true },
};

const SENT = {
  profileId: 'p',
  couponCodes: ['SUMMER'],
  referralCode: 'FRIEND',
  additionalCosts: { shipping: { price: 4 } },
  identifiers: ['device-1'],
  attributes: { channel: 'web', gift: true },
};

describe('what is left out stays', () => {
  test.each(['couponCodes', 'referralCode', 'additionalCosts', 'identifiers', 'attributes', 'profileId'] as const)(
    '%s',
    async (field) => {
      const engine = testEngine();
      await engine.session('s', FULL);
      const { [field]: _, ...rest } = FULL;
      const { customerSession } = await engine.session('s', rest);
      expect(customerSession?.[field]).toEqual(SENT[field]);
    },
  );

  test('cartItems', async () => {
    const engine = testEngine();
    await engine.session('s', FULL);
    const { customerSession } = await engine.session('s', { attributes: {} });
    expect(customerSession?.cartItems).toEqual([{ ...cart(60)[0], position: 0 }]);
    expect(customerSession?.total).toBe(64);
  });

  test('null is the same as left out', async () => {
    const engine = testEngine();
    await engine.session('s', FULL);
    const nothing = Object.fromEntries(Object.keys(FULL).map((field) => [field, null]));
    const { customerSession } = await engine.session('s', { ...nothing, state: null });
    expect(customerSession).toMatchObject(SENT);
  });
});

describe('what is sent replaces', () => {
  test.each([
    ['couponCodes', ['OTHER'], ['OTHER']],
    ['couponCodes', [], []],
    ['referralCode', 'OTHER', 'OTHER'],
    ['referralCode', '', ''],
    ['additionalCosts', { wrap: { price: 1 } }, { wrap: { price: 1 } }],
    ['additionalCosts', {}, {}],
    ['additionalCosts', [], {}],
    ['identifiers', ['device-2'], ['device-2']],
    ['identifiers', [], []],
    ['cartItems', [], []],
  ] as const)('%s by %j', async (field, value, expected) => {
    const engine = testEngine();
    await engine.session('s', FULL);
    const { customerSession } = await engine.session('s', { [field]: value });
    expect(customerSession?.[field]).toEqual(expected);
  });

  test('attributes merge name by name instead; null removes; a list is replaced whole', async () => {
    const engine = testEngine();
    await engine.session('s', { attributes: { a: 1, b: [1, 2], c: 'x' } });
    const { customerSession } = await engine.session('s', { attributes: { b: [3], c: null, d: true } });
    expect(customerSession?.attributes).toEqual({ a: 1, b: [3], d: true });
  });

  test("a cart item's attributes do not outlive a cart without them", async () => {
    const engine = testEngine();
    const [item] = cart(60);
    await engine.session('s', { cartItems: [{ ...item, attributes: { colour: 'red' } }] });
    const { customerSession } = await engine.session('s', { cartItems: cart(60) });
    expect(customerSession?.cartItems[0]).not.toHaveProperty('attributes');
  });
});

describe('whose session it is', () => {
  test('an anonymous session gets the profile that logs in', async () => {
    const engine = testEngine();
    await engine.session('s', { cartItems: cart(60) });
    const { customerSession, customerProfile } = await engine.session('s', { profileId: 'p' });
    expect(customerSession?.profileId).toBe('p');
    expect(customerProfile?.integrationId).toBe('p');
  });

  test('another login takes the open session over', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p', cartItems: cart(60) });
    await engine.session('s', { profileId: 'q' });
    const { customerProfile } = await engine.session('s', { state: 'closed' });
    expect(customerProfile).toMatchObject({ integrationId: 'q', closedSessions: 1 });
    expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ closedSessions: 0 });
  });

  test('an empty profile id does not log out', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p' });
    const { customerSession } = await engine.session('s', { profileId: '' });
    expect(customerSession?.profileId).toBe('p');
  });

  test('a closed session stays whose it is', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p', state: 'closed' });
    expect((await refusal(engine.session('s', { profileId: 'q', state: 'closed' }))).status).toBe(400);
  });

  test('sessions of the same id in two Applications are two', async () => {
    const engine = testEngine(snapshot({ applications: [application(), application({ id: 2, name: 'Second' })] }));
    await engine.session('s', { cartItems: cart(60) });
    const other = await engine.session('s', { cartItems: cart(5) }, { application: 2 });
    expect(other.customerSession?.total).toBe(5);
    expect((await engine.session('s', {})).customerSession?.total).toBe(60);
  });
});

describe('codes', () => {
  test('of a repeated code the first counts, after folding', async () => {
    const insensitive = application({ caseSensitivity: 'insensitive-uppercase' });
    const engine = testEngine(snapshot({ applications: [insensitive] }));
    const answer = await engine.session('s', { couponCodes: ['summer', 'X', 'SUMMER', 'x', ''], cartItems: cart(60) });
    expect(answer.customerSession?.couponCodes).toEqual(['SUMMER', 'X']);
    expect(story(answer)).toEqual(['rejectCoupon X CouponNotFound', 'acceptCoupon SUMMER', 'setDiscount 10% off 6']);
  });

  test('where case matters, it matters', async () => {
    const engine = testEngine();
    const answer = await engine.session('s', { couponCodes: ['summer', 'SUMMER'], cartItems: cart(60) });
    expect(answer.customerSession?.couponCodes).toEqual(['summer', 'SUMMER']);
    expect(story(answer)[0]).toBe('rejectCoupon summer CouponNotFound');
  });

  test('stored codes follow the Application when it begins to ignore case', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p', couponCodes: ['Summer'], referralCode: 'Friend', cartItems: cart(60) });
    engine.publish(snapshot({ applications: [application({ caseSensitivity: 'insensitive-uppercase' })] }));
    const answer = await engine.session('s', { state: 'closed' });
    expect(story(answer)).toContain('acceptCoupon SUMMER');
    expect(answer.customerSession).toMatchObject({ couponCodes: ['SUMMER'], referralCode: 'FRIEND' });
  });
});

describe('the cart', () => {
  test('positions are the lines’ indexes, whatever the caller says', async () => {
    const engine = testEngine();
    const [item] = cart(1);
    const { customerSession } = await engine.session('s', {
      cartItems: [
        { ...item, position: 7 },
        { ...item, sku: 'T-2', position: 7 },
      ],
    });
    expect(customerSession?.cartItems.map(({ position }) => position)).toEqual([0, 1]);
  });

  test('fields of a line that were not sent are not answered', async () => {
    const engine = testEngine();
    const { customerSession } = await engine.session('s', {
      cartItems: [{ ...cart(1)[0], category: null, weight: 2 }],
    });
    expect(customerSession?.cartItems).toEqual([{ ...cart(1)[0], weight: 2, position: 0 }]);
  });

  test('fields that the contract does not know are dropped', async () => {
    const engine = testEngine();
    const { customerSession } = await engine.session('s', {
      loyaltyCards: ['x'],
      cartItems: [{ ...cart(1)[0], tax: 2 }],
    });
    expect(customerSession).not.toHaveProperty('loyaltyCards');
    expect(customerSession?.cartItems[0]).not.toHaveProperty('tax');
  });
});
