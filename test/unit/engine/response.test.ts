import { describe, expect, test } from 'vitest';
import { effectTuple } from '../../../lib/contract/effect-tuples.ts';
import { type EffectOf, effectProps } from '../../../lib/contract/effects.ts';
import { SessionContent } from '../../../lib/contract/operations/sessions.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import { application, campaign, cart, PUBLISHED, refusal, snapshot, testEngine } from '../../support/engine.ts';

const ALWAYS = ['createdCoupons', 'createdReferrals', 'effects'];
const ORDER = { profileId: 'p', couponCodes: ['SUMMER'], cartItems: cart(60) };

describe('a session call answers', () => {
  test('effects and what was created, always; nothing else unasked', async () => {
    expect(Object.keys(await testEngine().session('s', ORDER, { content: [] })).sort()).toEqual(ALWAYS);
  });

  test.each(SessionContent.options.filter((content) => content !== 'referral'))(
    '%s when it is asked for',
    async (content) => {
      const answer = await testEngine().session('s', ORDER, { content: [content] });
      expect(Object.keys(answer).sort()).toEqual([...ALWAYS, content].sort());
      expect(operations.updateCustomerSessionV2.success.body.parse(answer)).toEqual(answer);
    },
  );

  test('no profile and no referral where there is none', async () => {
    const content = ['customerProfile', 'referral'];
    expect(Object.keys(await testEngine().session('s', { cartItems: cart(1) }, { content })).sort()).toEqual(ALWAYS);
  });

  test('why rules failed in a sandbox, unasked', async () => {
    const engine = testEngine(snapshot({ applications: [application({ environment: 'sandbox' })] }));
    const answer = await engine.session('s', { cartItems: cart(1) }, { content: [] });
    expect(answer.ruleFailureReasons).toMatchObject([{ ruleName: 'Ten percent', conditionIndex: 0 }]);
  });

  test('a content of another age is refused by name', async () => {
    expect((await refusal(testEngine().session('s', ORDER, { content: ['coupons', 'weather'] }))).issues).toEqual([
      ['enum', '/responseContent/1'],
    ]);
  });

  test('the session as it is, totals before discounts', async () => {
    const { customerSession } = await testEngine().session('s', {
      ...ORDER,
      additionalCosts: { shipping: { price: 4.5 } },
      identifiers: ['x'],
      attributes: { channel: 'web' },
    });
    expect(customerSession).toEqual({
      integrationId: 's',
      created: '2026-06-01T12:00:00.000Z',
      updated: '2026-06-01T12:00:00.000Z',
      applicationId: 1,
      profileId: 'p',
      state: 'open',
      couponCodes: ['SUMMER'],
      referralCode: '',
      cartItems: [{ name: 'Thing', sku: 'T-1', quantity: 1, price: 60, position: 0 }],
      additionalCosts: { shipping: { price: 4.5 } },
      identifiers: ['x'],
      attributes: { channel: 'web' },
      firstSession: true,
      total: 64.5,
      cartItemTotal: 60,
      additionalCostTotal: 4.5,
    });
  });

  test('a session keeps when it was made and says when it was changed', async () => {
    const engine = testEngine();
    await engine.session('s', ORDER);
    engine.clock.now = new Date('2026-06-02T00:00:00Z');
    expect((await engine.session('s', {})).customerSession).toMatchObject({
      created: '2026-06-01T12:00:00.000Z',
      updated: '2026-06-02T00:00:00.000Z',
    });
  });

  test('the coupons of its codes that exist, with what is used of them', async () => {
    const coupon = {
      id: 11,
      value: 'SUMMER',
      usageLimit: 5,
      startDate: '2026-01-01T00:00:00.000Z',
      expiryDate: '2027-01-01T00:00:00.000Z',
      recipientIntegrationId: 'p',
    };
    const engine = testEngine(snapshot({ campaigns: [campaign({ coupons: [coupon] })] }));
    const { coupons } = await engine.session('s', { ...ORDER, couponCodes: ['NONE', 'SUMMER'], state: 'closed' });
    expect(coupons).toEqual([
      {
        ...coupon,
        created: PUBLISHED,
        campaignId: 1,
        usageCounter: 1,
        discountCounter: 6,
        attributes: {},
        reservation: true,
      },
    ]);
  });

  test('the campaigns of which a rule fired, as published', async () => {
    const referralSettings = { validCharacters: ['A'], couponPattern: '###' };
    const limits = [{ action: 'setDiscount', limit: 100, entities: ['Profile'], period: 'daily' } as const];
    const over = { startTime: '2026-01-01T00:00:00.000Z', endTime: '2027-01-01T00:00:00.000Z', tags: ['t'] };
    const engine = testEngine(
      snapshot({
        campaigns: [campaign({ ...over, referralSettings, limits }), campaign({ id: 2, rulesetId: 2, coupons: [] })],
      }),
    );
    const { triggeredCampaigns } = await engine.session('s', ORDER, { content: ['triggeredCampaigns'] });
    expect(triggeredCampaigns).toEqual([
      {
        ...over,
        id: 1,
        created: PUBLISHED,
        applicationId: 1,
        userId: 0,
        name: 'Summer',
        description: '',
        attributes: {},
        state: 'enabled',
        activeRulesetId: 101,
        features: ['coupons', 'referrals'],
        referralSettings,
        limits: [{ action: 'setDiscount', limit: 100, entities: ['Profile'] }],
      },
    ]);
  });

  test('the event in the words of v1', async () => {
    const { event } = await testEngine().session(
      's',
      { ...ORDER, couponCodes: ['SUMMER', 'NONE'] },
      { content: ['event'] },
    );
    expect(event).toEqual({
      id: expect.any(Number),
      created: '2026-06-01T12:00:00.000Z',
      applicationId: 1,
      profileId: 'p',
      type: 'talon_session_created',
      attributes: {},
      sessionId: 's',
      effects: [
        [-1, 0, 0, ['rejectCoupon', 'NONE']],
        [1, 101, 0, ['acceptCoupon', 'SUMMER']],
        [1, 101, 0, ['setDiscount', '10% off', 6]],
      ],
      ledgerEntries: [],
      meta: { couponRejectionReason: { campaignId: 0, couponId: 0, reason: 'CouponNotFound' } },
    });
  });
});

describe('v1', () => {
  const origin = { campaignId: 1, rulesetId: 2, ruleIndex: 3, ruleName: 'R', triggeredByCoupon: 4 };

  test('an effect is a tuple of its origin and its call', () => {
    const effect: EffectOf<'setDiscountPerItem'> = {
      ...origin,
      effectType: 'setDiscountPerItem',
      props: { position: 1, value: 2, name: 'x#1' },
    };
    expect(effectTuple(effect)).toEqual([1, 2, 3, ['setDiscountPerItem', 'x#1', 2, 1]]);
  });

  test('a refused code is named without its reason, which stands in meta', () => {
    const props = { value: 'A', rejectionReason: 'CouponExpired', conditionIndex: 1, details: 'x' } as const;
    expect(effectTuple({ ...origin, effectType: 'rejectCoupon', props })).toEqual([1, 2, 3, ['rejectCoupon', 'A']]);
  });

  test('an argument that is left out in the middle is null', () => {
    const props = {
      name: 'n',
      programId: 1,
      subLedgerId: '',
      value: 2,
      transactionUUID: 'u',
      recipientIntegrationId: 'r',
    };
    const effect: EffectOf<'addLoyaltyPoints'> = {
      ...origin,
      effectType: 'addLoyaltyPoints',
      props: { ...props, expiryDate: '2026-01-01T00:00:00Z' },
    };
    expect(effectTuple(effect)[3]).toEqual(['addLoyaltyPoints', 'n', 1, '', 2, 'u', 'r', null, '2026-01-01T00:00:00Z']);
  });

  test('a session has one coupon, and of discounts of one label the last', async () => {
    const rules = [
      {
        title: 'Two',
        condition: true,
        effects: [
          ['setDiscount', 'x', 1],
          ['setDiscount', 'x', 2],
          ['setDiscount', '__proto__', 3],
        ],
      },
    ];
    const engine = testEngine(snapshot({ campaigns: [campaign({ rules, coupons: [] })] }));
    await engine.session('s', {
      couponCodes: ['A', 'B'],
      referralCode: 'R',
      additionalCosts: { a: { price: 5 } },
      cartItems: cart(60),
    });
    const { session } = await engine.event('s');
    expect(session).toMatchObject({ coupon: 'A', referral: 'R', total: 60 });
    expect(Object.entries(session.discounts)).toEqual([
      ['x', 2],
      ['__proto__', 3],
    ]);
  });
});

test('the effect table lists properties in the order of the documents', () => {
  expect(Object.keys(effectProps.rejectCoupon).slice(0, 2)).toEqual(['value', 'rejectionReason']);
  expect(Object.keys(effectProps.rejectReferral).slice(0, 2)).toEqual(['value', 'rejectionReason']);
});
