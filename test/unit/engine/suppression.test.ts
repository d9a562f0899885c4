import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Guard } from '../../../lib/contract/api.ts';
import { ApiError } from '../../../lib/contract/errors.ts';
import type { AnyOperation, Input } from '../../../lib/contract/operation.ts';
import { type OperationId, operations } from '../../../lib/contract/operations/table.ts';
import type { EngineOperation } from '../../../lib/engine/operation.ts';
import { perform } from '../../../lib/engine/perform.ts';
import { sweepBulk } from '../../../lib/engine/sweep.ts';
import type { Limit } from '../../../lib/promotions/snapshot.ts';
import { type Item, type Json, keyText } from '../../../lib/store/store.ts';
import {
  campaign,
  cart,
  ENGINE,
  OPERATION_IDS,
  refusal,
  snapshot,
  type TestEngine,
  testEngine,
} from '../../support/engine.ts';

// Some of these make hundreds of calls.
vi.setConfig({ testTimeout: 60_000 });

const LIMITS: Limit[] = [{ action: 'redeemCoupon', limit: 5, entities: ['Profile'] }];

const promotions = (limits: Limit[] = []) =>
  snapshot({
    audiences: [{ id: 1, name: 'News' }],
    campaigns: [campaign({ limits, coupons: [{ id: 11, value: 'SUMMER', usageLimit: 0 }] })],
  });

const suppress = async (engine: TestEngine, ...profiles: string[]) => {
  const puts = profiles.map((profile) => ({
    put: { key: engine.deps.suppressionKey('live', profile), data: { since: '', requests: ['r'] } },
    expect: 'absent' as const,
  }));
  await engine.store.write(puts, randomUUID());
};

/** Whose session it is, as stored. */
const sessionOf = async (engine: TestEngine, id: string) => {
  const [item] = await engine.store.get([engine.records.session(id).key]);
  return item && { ...(item.data as { profileId: string; state: string; attributes: object }), owner: item.owner };
};

describe('a session call that names a suppressed profile', () => {
  test('closes the session all the same, without the person', async () => {
    const engine = testEngine(promotions());
    await suppress(engine, 'ann');
    const answer = await engine.session('s', {
      profileId: 'ann',
      couponCodes: ['SUMMER'],
      cartItems: [{ ...cart(60)[0], attributes: { engraving: 'Ann' } }],
      identifiers: ['ann@example.com'],
      attributes: { address: 'Ulm' },
      state: 'closed',
    });
    expect(answer.effects.map(({ effectType }) => effectType)).toEqual(['acceptCoupon', 'setDiscount']);
    expect(answer).not.toHaveProperty('customerProfile');
    expect(await sessionOf(engine, 's')).toMatchObject({
      ...{ state: 'closed', profileId: '', identifiers: [], attributes: {}, cartItems: cart(60), owner: undefined },
    });
    expect(await engine.stored(engine.records.profile('ann'))).toBeUndefined();
  });

  test('is still one read and one write', async () => {
    const engine = testEngine(promotions());
    await suppress(engine, 'ann');
    await engine.session('warm', {});
    const before = { ...engine.store.trips };
    await engine.session('s', { profileId: 'ann', couponCodes: [], cartItems: cart(60) });
    expect(engine.store.trips).toEqual({ get: before.get + 1, write: before.write + 1, query: before.query });
  });

  test('tells who made it, once, however often it was decided', async () => {
    const engine = testEngine(promotions());
    await suppress(engine, 'ann');
    const row: AnyOperation = operations.trackEvent;
    const track = (profileId: string) => {
      let told = 0;
      const input = {
        params: {},
        query: { dry: false },
        body: { profileId, type: 'x', attributes: {}, sessionId: 's' },
      };
      const call = { applicationId: 1, requestId: 'r', withoutPerson: () => void told++ };
      const operation = ENGINE.trackEvent as EngineOperation<AnyOperation>;
      return perform(row, operation, input as Input<AnyOperation>, call, engine.deps).then(() => told);
    };
    expect([await track('ann'), await track('')]).toEqual([1, 0]);
  });
});

describe('a session that is stored with a suppressed person', () => {
  const stored = async (state: 'open' | 'closed' = 'open') => {
    const engine = testEngine(promotions());
    const body = { profileId: 'ann', couponCodes: ['SUMMER'], cartItems: cart(60), attributes: { address: 'Ulm' } };
    await engine.event('s', { attributes: { early: true } });
    await engine.session('s', { ...body, state });
    await suppress(engine, 'ann');
    return engine;
  };

  test.each([
    ['names them', { profileId: 'ann', state: 'closed' }],
    ['leaves them out', { state: 'closed' }],
  ])('is nobody’s from the next call on, also when that %s, and closes', async (_, body) => {
    const engine = await stored();
    const profile = await engine.stored(engine.records.profile('ann'));
    const answer = await engine.session('s', body);
    expect(answer.customerSession).toMatchObject({ state: 'closed', profileId: '', attributes: {}, total: 60 });
    expect(answer).not.toHaveProperty('customerProfile');
    // Nothing is counted for them, and nothing noted that they redeemed.
    expect(await engine.stored(engine.records.profile('ann'))).toEqual(profile);
    expect(await engine.stored(engine.records.couponHolder('SUMMER', 'ann'))).toBeUndefined();
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toMatchObject({ usage: 1 });
  });

  test('is left alone by whoever only looks', async () => {
    const engine = await stored();
    const before = await engine.store.dump();
    await engine.session('s', {}, { dry: true });
    expect(await engine.store.dump()).toBe(before);
  });

  test('keeps its owner until deletion comes to it, and to the events that hang on it alone', async () => {
    const engine = await stored();
    await engine.session('s', { cartItems: cart(70) });
    expect(await sessionOf(engine, 's')).toMatchObject({ profileId: '', owner: engine.records.ownerOf('ann') });
    await engine.erase('ann');
    expect(await sessionOf(engine, 's')).toMatchObject({ state: 'open', owner: undefined });
    expect(await engine.store.dump()).not.toMatch(/"ann"|early|Ulm/);
  });

  test('is not brought back where deletion missed it', async () => {
    const engine = await stored();
    await engine.store.write([{ remove: engine.records.profile('ann').key }], randomUUID());
    await engine.event('s');
    await engine.session('s', { state: 'closed' });
    await engine.session('s', { state: 'cancelled' });
    expect(await engine.stored(engine.records.profile('ann'))).toBeUndefined();
  });

  test('can be cancelled after it was closed: the coupon is free again', async () => {
    const engine = await stored('closed');
    const { effects } = await engine.session('s', { state: 'cancelled', profileId: 'ann' });
    expect(effects.map(({ effectType }) => effectType)).toEqual(['rollbackCoupon', 'rollbackDiscount']);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 0, discount: 0 });
  });

  test('closed again, it answers what it answered: no checkout fails on a repeat', async () => {
    const engine = await stored('closed');
    const before = await engine.store.dump();
    const again = await engine.session('s', { profileId: 'ann', couponCodes: ['SUMMER'], state: 'closed' });
    expect(again.effects.map(({ effectType }) => effectType)).toEqual(['acceptCoupon', 'setDiscount']);
    expect(await engine.store.dump()).toBe(before);
  });

  test('can be taken over by somebody else, who gets nothing of theirs', async () => {
    const engine = await stored();
    const { customerSession } = await engine.session('s', { profileId: 'ben' });
    expect(customerSession).toMatchObject({ profileId: 'ben', attributes: {} });
    expect(await sessionOf(engine, 's')).toMatchObject({ owner: engine.records.ownerOf('ben') });
  });
});

describe('what would only be of them is refused', () => {
  test('with every place that names them', async () => {
    const engine = testEngine(promotions());
    await suppress(engine, 'ann', 'eve');
    const before = await engine.store.dump();
    expect(await refusal(engine.profiles(['ann', 'ben', 'eve'].map((integrationId) => ({ integrationId }))))).toEqual({
      status: 409,
      message: 'This profile was erased',
      issues: [
        ['Suppressed', '/customerProfiles/0/integrationId'],
        ['Suppressed', '/customerProfiles/2/integrationId'],
      ],
    });
    expect((await refusal(engine.profile('ann'))).issues).toEqual([['Suppressed', 'integrationId']]);
    expect((await refusal(engine.referral('ben', { friendProfileIntegrationId: 'eve' }))).issues).toEqual([
      ['Suppressed', '/friendProfileIntegrationId'],
    ]);
    expect(await engine.store.dump()).toBe(before);
  });

  test('in their environment only', async () => {
    const engine = testEngine(
      snapshot({ applications: [{ ...promotions().applications[0], environment: 'sandbox' } as never] }),
    );
    await suppress(engine, 'ann');
    await engine.profile('ann');
  });
});

describe('rows that were accepted before', () => {
  const accepted = async (guard?: Guard) => {
    const engine = testEngine(promotions());
    await engine.session('warm', {});
    let writes = 0;
    engine.store.beforeWrite = () => {
      // The acceptance is written; applying is not.
      if (++writes > 1) throw new Error('power cut');
    };
    const rows = Array.from({ length: 200 }, (_, index) => ({ integrationId: `p${index}`, attributes: { a: 1 } }));
    await expect(engine.profiles(rows, { ...(guard && { guard }) })).rejects.toThrow();
    engine.store.beforeWrite = () => {};
    return engine;
  };

  test('are applied without those who were suppressed meanwhile, and none is left', async () => {
    const engine = await accepted();
    await suppress(engine, 'p7', 'p199');
    engine.clock.now = new Date(engine.clock.now.getTime() + 10 * 60_000);
    const warnings: unknown[] = [];
    const terms = { mayBegin: () => true, warn: (error: unknown) => void warnings.push(error) };
    expect(await sweepBulk([ENGINE.updateCustomerProfilesV2 as never], engine.deps, terms)).toBe(1);
    expect(warnings).toEqual([]);
    const profiles = ['p6', 'p7', 'p8', 'p199'].map((id) => engine.stored(engine.records.profile(id)));
    expect((await Promise.all(profiles)).map((profile) => profile?.integrationId)).toEqual([
      'p6',
      undefined,
      'p8',
      undefined,
    ]);
    expect((await engine.store.items()).filter(({ key }) => key.partition.startsWith('1/bulk/'))).toEqual([]);
  });
});

const ID = 'zebra-crossing';

/** Requests of each row that name the person, or may: in every place that can hold an id or say something of them. */
const requests = (): Record<OperationId, fc.Arbitrary<unknown>> => {
  const somebody = fc.constantFrom(ID, ID, 'ben', 'eve');
  const maybe = fc.option(somebody, { nil: undefined });
  const attributes = fc.constantFrom(undefined, {}, { note: ID });
  const session = fc.record({
    profileId: maybe,
    state: fc.constantFrom('open', 'open', 'closed', 'cancelled'),
    cartItems: fc.constantFrom(undefined, [{ ...cart(60)[0], attributes: { engraving: ID } }]),
    identifiers: fc.constantFrom(undefined, [ID]),
    attributes,
  });
  /** What somebody else says of themselves is theirs to say: only who names the person says something of them. */
  const own = <T extends { profileId: string | undefined }>(content: T) =>
    content.profileId === ID ? content : { ...content, identifiers: [], attributes: {}, cartItems: cart(60) };
  const params = fc.record({ customerSessionId: fc.constantFrom('s1', 's2', 's3') });
  const dry = fc.record({ dry: fc.boolean() });
  const none = fc.constant({});
  const byId = { params: fc.record({ integrationId: somebody }), query: none, body: none };
  const reservation = {
    params: fc.constant({ couponValue: 'SUMMER' }),
    query: none,
    body: fc.record({ integrationIDs: fc.array(somebody, { maxLength: 3 }) }),
  };
  const several = fc.array(somebody, { minLength: 1, maxLength: 3 });
  return {
    updateCustomerSessionV2: fc.record({
      params,
      query: dry,
      body: session.map((content) => ({ customerSession: { ...own(content), couponCodes: ['SUMMER'] } })),
    }),
    updateCustomerSession: fc.record({ params, query: dry, body: session.map(own) }),
    updateCustomerProfileV2: fc.record({ ...byId, query: none, body: fc.record({ attributes: none }) }),
    updateCustomerProfile: fc.record(byId),
    updateCustomerProfilesV2: fc.record({
      params: none,
      query: none,
      body: several.map((ids) => ({ customerProfiles: ids.map((integrationId) => ({ integrationId })) })),
    }),
    getCustomerProfilesByAttributes: fc.constant({ params: {}, query: {}, body: { attributes: { note: ID } } }),
    getCustomerInventory: fc.record({ ...byId, query: fc.constant({ profile: true, coupons: true, referrals: true }) }),
    updateCustomerProfileAudiences: fc.record({
      params: none,
      query: none,
      body: several.map((ids) => ({
        data: ids.map((profileIntegrationId) => ({ action: 'add', profileIntegrationId, audienceId: 1 })),
      })),
    }),
    trackEvent: fc.record({
      params: none,
      query: dry,
      body: fc
        .record({ type: fc.constant('x'), profileId: maybe, sessionId: fc.constantFrom('s1', 's2', 's3'), attributes })
        .map(({ attributes: said, ...body }) => ({ ...body, attributes: body.profileId === ID ? said : {} })),
    }),
    createCouponReservation: fc.record(reservation),
    deleteCouponReservation: fc.record(reservation),
    getReservedCustomers: fc.constant({ params: { couponValue: 'SUMMER' }, query: {}, body: undefined }),
    getReservedCoupons: fc.record(byId),
    createReferral: fc.record({
      params: none,
      query: none,
      body: fc.record({
        campaignId: fc.constant(1),
        advocateProfileIntegrationId: somebody,
        friendProfileIntegrationId: maybe,
      }),
    }),
    createReferralsForMultipleAdvocates: fc.record({
      params: none,
      query: none,
      body: several.map((ids) => ({ campaignId: 1, usageLimit: 1, advocateProfileIntegrationIds: ids })),
    }),
    deleteCustomerData: fc.record(byId),
  };
};

const step = fc.oneof(
  ...OPERATION_IDS.map((id) => requests()[id].map((request) => ({ id, request: request as never }))),
);

/** An item as text, if it names the person or is theirs. */
const told = (owner: string | undefined) => (item: Item) => {
  const text = JSON.stringify(item.data);
  return text.includes(ID) || (owner !== undefined && item.owner?.startsWith(owner)) ? [keyText(item.key)] : [];
};

/** A referral of the person whose friend had their own data deleted. */
const withoutFriend = (data: Json): Json => ({ ...(data as object), friendProfileIntegrationId: '' });

test('whatever is called, the store holds nothing new that names a suppressed person', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.array(step, { maxLength: 12 }), async (before, after) => {
      const engine = testEngine(promotions(LIMITS));
      const make = async ({ id, request }: { id: OperationId; request: never }) => {
        const method = engine.api[id] as (request: unknown, call: object) => Promise<unknown>;
        await method(request, engine.call).catch((error: unknown) => {
          if (!(error instanceof ApiError)) throw error;
        });
      };
      for (const each of before) await make(each);
      await suppress(engine, ID);
      const owner = engine.records.ownerOf(ID);
      const known = new Map((await engine.store.items()).map((item) => [keyText(item.key), item]));
      for (const each of after) await make(each);
      for (const item of await engine.store.items()) {
        for (const key of told(owner)(item)) {
          const was = known.get(key);
          if (!was) throw new Error(`${key} is new and names the person: ${JSON.stringify(item)}`);
          // What is theirs may lose what it says of them, and nothing else of it may change.
          if (JSON.stringify(item.data).includes(ID))
            expect([was.data, withoutFriend(was.data)]).toContainEqual(item.data);
          expect(item.owner).toBe(was.owner);
        }
      }
    }),
    { numRuns: 150 },
  );
});
