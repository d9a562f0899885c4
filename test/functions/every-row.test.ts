import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../lib/contract/openapi.ts';
import type { AnyOperation } from '../../lib/contract/operation.ts';
import { type OperationId, operations } from '../../lib/contract/operations/table.ts';
import type { EngineOperation } from '../../lib/engine/operation.ts';
import { application, campaign, ENGINE, snapshot } from '../support/engine.ts';
import { fromSchema } from '../support/from-schema.ts';
import { request, setUp } from './fakes.ts';

const SEEDED = snapshot({
  applications: [application({ caseSensitivity: 'insensitive-uppercase' })],
  audiences: [
    { id: 1, name: 'Newsletter' },
    { id: 2, name: 'Members' },
  ],
  campaigns: [
    campaign({
      coupons: [
        { id: 11, value: 'SUMMER', usageLimit: 0 },
        { id: 12, value: 'ÉTÉ 30$ / 100 %', usageLimit: 0 },
      ],
    }),
  ],
});

const PROFILES = ['ann', 'Zoë / 100 % + é 🎁', 'bob+1', 'x'.repeat(1000)] as const;

const profile = fc.constantFrom(...PROFILES);
const someone = fc.oneof(profile, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }));
const code = fc.constantFrom('SUMMER', 'summer', 'ÉTÉ 30$ / 100 %');
const dry = fc.constantFrom('', '0', '1', 'true', 'false');
const attributes = fc.oneof(
  fc.constantFrom(null, []),
  fc.dictionary(fc.constantFrom('Name', 'Tier', 'Größe'), fc.oneof(fc.string(), fc.integer(), fc.constant(null))),
);
const cartItems = fc.array(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 10 }),
    sku: fc.string({ minLength: 1, maxLength: 10 }),
    quantity: fc.integer({ min: 1, max: 5 }),
    price: fc.integer({ min: 0, max: 100_000 }).map((cents) => cents / 100),
    attributes,
  }),
  { maxLength: 4 },
);
const common = { profileId: fc.oneof(fc.constantFrom('', null), someone), cartItems, attributes };
const rows = { nil: undefined, freq: 4 } as const;
const limit = fc.integer({ min: 0, max: 999_999 });
const ids = fc.array(someone, { maxLength: 60 });
const silent = fc.option(fc.constantFrom('yes', 'no', ''), rows);

interface Asked {
  readonly params?: object;
  readonly query?: object;
  readonly body?: unknown;
}

/** Requests that what is seeded answers with success. Sessions are new ones, which may be opened or closed. */
const AGAINST_SEEDS: Record<OperationId, fc.Arbitrary<Asked>> = {
  updateCustomerSessionV2: fc.record({
    params: fc.record({ customerSessionId: fc.uuid() }),
    query: fc.record({ dry }),
    body: fc.record({
      customerSession: fc.record({
        ...common,
        couponCodes: fc.array(fc.oneof(code, fc.string({ maxLength: 10 })), { maxLength: 3 }),
        referralCode: fc.constantFrom('', 'nobody has it'),
        state: fc.constantFrom('open', 'closed'),
      }),
      responseContent: fc.subarray(['customerSession', 'customerProfile', 'coupons', 'event', 'loyalty']),
    }),
  }),
  updateCustomerSession: fc.record({
    params: fc.record({ customerSessionId: fc.uuid() }),
    query: fc.record({ dry }),
    body: fc.option(
      fc.record({
        ...common,
        coupon: fc.oneof(code, fc.constantFrom('', 'unknown')),
        total: fc.option(fc.integer({ min: 0, max: 1000 }), rows),
        state: fc.constantFrom('open', 'closed'),
      }),
      rows,
    ),
  }),
  updateCustomerProfileV2: fc.record({
    params: fc.record({ integrationId: someone }),
    query: fc.record({ runRuleEngine: dry, dry }),
    body: fc.record({ attributes, responseContent: fc.subarray(['customerProfile', 'event', 'triggeredCampaigns']) }),
  }),
  updateCustomerProfile: fc.record({
    params: fc.record({ integrationId: someone }),
    query: fc.record({ dry }),
    body: fc.option(fc.record({ attributes }), rows),
  }),
  updateCustomerProfilesV2: fc.record({
    query: fc.record({ silent }),
    body: fc.record({
      customerProfiles: fc.array(fc.record({ integrationId: someone, attributes }), { minLength: 1, maxLength: 120 }),
    }),
  }),
  getCustomerProfilesByAttributes: fc.record({
    body: fc.record({ attributes: fc.dictionary(fc.constantFrom('Name', 'Tier'), fc.string(), { minKeys: 1 }) }),
  }),
  getCustomerInventory: fc.record({
    params: fc.record({ integrationId: profile }),
    query: fc.record({ profile: dry, referrals: dry, coupons: dry, loyalty: dry, giveaways: dry }),
  }),
  updateCustomerProfileAudiences: fc.record({
    body: fc.record({
      data: fc.array(
        fc.record({
          action: fc.constantFrom('add', 'delete'),
          profileIntegrationId: someone,
          audienceId: fc.constantFrom(1, 2),
        }),
        { maxLength: 100 },
      ),
    }),
  }),
  trackEvent: fc.record({
    query: fc.record({ dry }),
    body: fc.record({ type: fc.constantFrom('seen', 'größe'), sessionId: fc.uuid(), attributes }),
  }),
  createCouponReservation: fc.record({
    params: fc.record({ couponValue: code }),
    body: fc.record({ integrationIDs: ids }),
  }),
  deleteCouponReservation: fc.record({
    params: fc.record({ couponValue: code }),
    body: fc.record({ integrationIDs: ids }),
  }),
  getReservedCustomers: fc.record({ params: fc.record({ couponValue: code }) }),
  getReservedCoupons: fc.record({ params: fc.record({ integrationId: profile }) }),
  createReferral: fc.record({
    body: fc.record({
      campaignId: fc.constant(1),
      advocateProfileIntegrationId: profile,
      friendProfileIntegrationId: fc.constantFrom('', 'a friend'),
      usageLimit: fc.option(limit, rows),
      startDate: fc.constantFrom('0001-01-01T00:00:00Z', '2026-01-01T00:00:00.123456789+02:00', '', null),
      attributes,
    }),
  }),
  createReferralsForMultipleAdvocates: fc.record({
    query: fc.record({ silent }),
    body: fc.record({
      campaignId: fc.constant(1),
      advocateProfileIntegrationIds: fc.array(someone, { minLength: 1, maxLength: 60 }),
      usageLimit: limit,
      validCharacters: fc.constantFrom(null, [], ['a', 'b', 'c', 'd', 'EF']),
      referralPattern: fc.constantFrom(undefined, 'R-##########'),
      attributes,
    }),
  }),
  // Each of them is there once.
  deleteCustomerData: fc.record({ params: fc.record({ integrationId: fc.uuid() }) }),
};

const seeded = async (id: OperationId) => {
  const row: AnyOperation = operations[id];
  const { engine, send } = await setUp(row, ENGINE[id] as EngineOperation<AnyOperation>, { promotions: SEEDED });
  for (const each of PROFILES) {
    await engine.session(`cart of ${each}`.slice(0, 1000), { profileId: each, couponCodes: ['SUMMER'] });
    await engine.profile(each, { attributes: { Name: 'Ann', Tier: 'gold' } });
    await engine.referral(each);
  }
  const ask = async ({ params = {}, query = {}, body }: Asked) => {
    const sent = Object.entries(query).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(sent.map(([name, value]): [string, string] => [name, String(value)])).toString();
    return send(request({ params: params as Record<string, string>, query: search, body }));
  };
  return { row, engine, ask };
};

const document = openApiDocument(Object.values(operations), { title: 'Integration API', version: '0' });

const ids16 = Object.keys(operations) as OperationId[];

describe.each(ids16)('%s', (id) => {
  const row: AnyOperation = operations[id];
  const successes = [row.success.status, 204];
  // 415: the fakes always say JSON. 500 and above: never.
  const answers = new Set([...successes, ...row.errors]);

  test('answers whatever fits the seeded data with its success, and as its own schema says', async () => {
    const { engine, ask } = await seeded(id);
    await fc.assert(
      fc.asyncProperty(AGAINST_SEEDS[id], async (asked) => {
        if (id === 'deleteCustomerData')
          await engine.profile((asked.params as { integrationId: string }).integrationId);
        const { statusCode, content } = await ask(asked);
        expect(successes, JSON.stringify(content)).toContain(statusCode);
        expect(content === undefined).toBe(statusCode === 204);
        expect(row.success.body.safeParse(content).error).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  test('answers whatever its own document allows with success or one of its errors', async () => {
    const { ask } = await seeded(id);
    const { parameters = [], requestBody } = document.paths[row.path]?.[row.method.toLowerCase()] ?? {};
    const { schemas } = document.components;
    const of = (place: string) =>
      fc.record(
        Object.fromEntries(
          parameters.filter((each) => each.in === place).map(({ name, schema }) => [name, fromSchema(schema, schemas)]),
        ),
      );
    const body = requestBody
      ? fromSchema(requestBody.content['application/json'].schema, schemas)
      : fc.constant(undefined);
    await fc.assert(
      fc.asyncProperty(fc.record({ params: of('path'), query: of('query'), body }), async (asked) => {
        const { statusCode, content } = await ask(asked);
        expect([...answers], JSON.stringify(content)).toContain(statusCode);
        if (statusCode < 300) expect(row.success.body.safeParse(content).error).toBeUndefined();
        else expect(content.message).toMatch(/./);
      }),
      { numRuns: 60 },
    );
  });

  test('answers any JSON at all, and any parameters, well formed and never with a fault of ours', async () => {
    const { ask } = await seeded(id);
    const texts = fc.dictionary(
      fc.constantFrom('integrationId', 'customerSessionId', 'couponValue', 'dry', 'silent', 'x', '__proto__'),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    const asked = fc.record({ params: texts, query: texts, body: fc.oneof(fc.json(), fc.string()) });
    await fc.assert(
      fc.asyncProperty(asked, async (any) => {
        const { statusCode, content } = await ask(any);
        expect([...answers], JSON.stringify(content)).toContain(statusCode);
        if (statusCode >= 400) expect(content.message).toMatch(/./);
      }),
      { numRuns: 80 },
    );
  });
});
