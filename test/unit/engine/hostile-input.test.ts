import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { ApiError } from '../../../lib/contract/errors.ts';
import type { AnyOperation } from '../../../lib/contract/operation.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import type { Expression, Rule } from '../../../lib/promotions/snapshot.ts';
import { application, campaign, snapshot, testEngine } from '../../support/engine.ts';

// Hundreds of runs.
vi.setConfig({ testTimeout: 60_000 });

// Whatever passes validation, the engine answers: with what the row promises or with an ApiError.

const attribute = (name: string): Expression => ['.', 'Session', 'Attributes', name];

/** Rules that do what they can with what the caller says. */
const RULES: Rule[] = [
  { title: 'Number', condition: ['>', attribute('n'), 0], effects: [['setDiscount', 'n', attribute('n')]] },
  { title: 'Product', condition: true, effects: [['setDiscount', 'p', ['*', attribute('n'), attribute('n')]]] },
  {
    title: 'Quotient',
    condition: true,
    effects: [['setDiscount', 'q', ['/', ['.', 'Session', 'Total'], attribute('n')]]],
  },
  { title: 'Text', condition: ['=', attribute('t'), ['.', 'Session', 'Id']], effects: [['setDiscount', 't', 1]] },
  { title: 'List', condition: ['>', ['count', attribute('l')], 1], effects: [['setDiscount', 'l', 1]] },
  { title: 'Place', condition: ['=', [...(attribute('m') as Expression[]), 'constructor'], 1], effects: [] },
  { title: 'Event', condition: ['=', ['.', 'Event', 'Attributes', 'n'], 1], effects: [['setDiscount', 'e', 1]] },
  {
    title: 'Items',
    condition: ['couponValid'],
    effects: [['setDiscountPerItem', 'i', [['I'], ['*', ['.', 'I', 'Price'], 0.333]], ['.', 'Session', 'CartItems']]],
  },
];

const promotions = () =>
  snapshot({
    applications: [application({ caseSensitivity: 'insensitive-lowercase', environment: 'sandbox' })],
    audiences: [{ id: 1, name: 'News' }],
    campaigns: [
      campaign({
        rules: RULES,
        coupons: [{ id: 1, value: 'a', usageLimit: 0 }],
        limits: [{ action: 'setDiscount', limit: 1e12, entities: ['Identifier'], period: 'monthly' }],
      }),
    ],
  });

const text = fc.oneof(
  fc.constantFrom('s', 'p', 'A', 'İ', 'ß', '💶', '\u0000', '__proto__', 'constructor', ' ', '../x'),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'x'), maxLength: 4 }),
);
const number = fc.oneof(
  fc.constantFrom(0, -0, 1, 0.1, 1e-7, 5e-324, 1e308, -1e308, 1e12, 1e21, 2 ** 53, 0.005),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const scalar = fc.oneof(text, number, fc.boolean(), fc.dictionary(text, fc.oneof(text, number), { maxKeys: 3 }));
const attributes = fc.dictionary(
  fc.oneof(fc.constantFrom('n', 't', 'l', 'm'), text),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.constant(null)),
  { maxKeys: 5 },
);
const price = fc.oneof(
  fc.constantFrom(0, 0.005, 0.1, 19.99, 1e12, 5e-324),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
);
const sent = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const customerSession = fc.record({
  profileId: sent(text),
  couponCodes: sent(fc.array(text, { maxLength: 4 })),
  referralCode: sent(text),
  state: sent(fc.constantFrom('open', 'closed', 'cancelled')),
  cartItems: sent(
    fc.array(
      fc.record({
        name: text,
        sku: text,
        quantity: fc.integer({ min: 1, max: 100 }),
        price,
        weight: sent(number),
        attributes: sent(attributes),
      }),
      { maxLength: 3 },
    ),
  ),
  additionalCosts: sent(fc.dictionary(text, fc.record({ price }), { maxKeys: 3 })),
  identifiers: sent(fc.array(text, { maxLength: 5 })),
  attributes: sent(attributes),
});

const customerSessionV1 = fc
  .record({ session: customerSession, coupon: sent(text), total: sent(price) })
  .map(({ session: { couponCodes: _, referralCode: referral, additionalCosts: __, ...session }, ...own }) => ({
    ...session,
    ...own,
    referral,
  }));

const CONTENT = [
  'customerSession',
  'customerProfile',
  'coupons',
  'referral',
  'event',
  'triggeredCampaigns',
  'loyalty',
  'awardedGiveaways',
];

const call = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      id: fc.constant('updateCustomerSessionV2' as const),
      request: fc.record({
        params: fc.record({ customerSessionId: text }),
        query: fc.record({ dry: fc.boolean() }),
        body: fc.record({ customerSession, responseContent: fc.constant(CONTENT) }),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      id: fc.constant('updateCustomerSession' as const),
      request: fc.record({
        params: fc.record({ customerSessionId: text }),
        query: fc.record({ dry: fc.boolean() }),
        body: sent(customerSessionV1),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      id: fc.constant('updateCustomerProfile' as const),
      request: fc.record({
        params: fc.record({ integrationId: text }),
        query: fc.record({ dry: fc.boolean() }),
        body: sent(fc.record({ attributes: sent(attributes) })),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      id: fc.constant('updateCustomerProfileV2' as const),
      request: fc.record({
        params: fc.record({ integrationId: text }),
        query: fc.record({ dry: fc.boolean(), runRuleEngine: fc.boolean() }),
        body: fc.record({
          attributes: sent(attributes),
          audiencesChanges: sent(fc.record({ adds: fc.subarray([1, 2]), deletes: fc.subarray([1, 2]) })),
          responseContent: fc.constant(['customerProfile', 'event']),
        }),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      id: fc.constant('trackEvent' as const),
      request: fc.record({
        params: fc.constant({}),
        query: fc.record({ dry: fc.boolean() }),
        body: fc.record({ type: text, sessionId: text, profileId: sent(text), attributes }),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      id: fc.constant('createReferral' as const),
      request: fc.record({
        params: fc.constant({}),
        query: fc.constant({}),
        body: fc.record({
          campaignId: fc.constantFrom(1, 2),
          advocateProfileIntegrationId: text,
          friendProfileIntegrationId: sent(text),
          usageLimit: sent(fc.constantFrom(0, 1, 999_999)),
          attributes: sent(attributes),
        }),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      id: fc.constant('deleteCustomerData' as const),
      request: fc.record({ params: fc.record({ integrationId: text }), query: fc.constant({}), body: fc.constant({}) }),
    }),
  },
);

test('every answer is what its row promises and survives JSON; every refusal is an ApiError', async () => {
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), async (calls) => {
      const engine = testEngine(promotions());
      const api = engine.api as unknown as Record<string, (request: object, call: object) => Promise<unknown>>;
      for (const { id, request } of calls) {
        const row: AnyOperation = operations[id];
        try {
          const answer = await api[id]?.(request, engine.call);
          expect(row.success.body.safeParse(answer).error).toBeUndefined();
          if (answer !== undefined)
            expect(row.success.body.parse(JSON.parse(JSON.stringify(answer)))).toEqual(withoutMinusZero(answer));
          answers += 1;
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(answers).toBeGreaterThan(100);
});

/** JSON has one zero. */
const withoutMinusZero = (value: unknown): unknown => {
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutMinusZero(part)]));
};
