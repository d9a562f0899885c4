import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { decimal } from '../../../lib/contract/decimal.ts';
import type { EffectOf } from '../../../lib/contract/effects.ts';
import { ApiError } from '../../../lib/contract/errors.ts';
import { operations } from '../../../lib/contract/operations/table.ts';
import type { IntegrationStateV2 } from '../../../lib/contract/schemas/state.ts';
import type { AttributeValue } from '../../../lib/contract/wire.ts';
import { mergeAttributes } from '../../../lib/engine/attributes.ts';
import type { SessionRecord } from '../../../lib/engine/records.ts';
import type { Snapshot } from '../../../lib/promotions/snapshot.ts';
import { campaign, cart, snapshot, type TestEngine, testEngine } from '../../support/engine.ts';

// Hundreds of runs each.
vi.setConfig({ testTimeout: 60_000 });

// Few of everything, so that sessions get into each other's way.
const SESSIONS = ['s1', 's2', 's3'];
const PROFILES = ['', 'p1', 'p2'];
const CODES = ['ONCE', 'TWICE', 'ALWAYS', 'NOBODY'];
const IDENTIFIERS = ['x', 'y'];
const LIMITED = { redeemAll: 4, redeemEach: 2, budget: 20, identifier: 3, redeemReferral: 2 } as const;

const promotions = (): Snapshot =>
  snapshot({
    campaigns: [
      campaign({
        coupons: [
          { id: 1, value: 'ONCE', usageLimit: 1 },
          { id: 2, value: 'TWICE', usageLimit: 2 },
          { id: 3, value: 'ALWAYS', usageLimit: 0 },
        ],
        limits: [
          { action: 'redeemCoupon', limit: LIMITED.redeemAll, entities: [] },
          { action: 'redeemCoupon', limit: LIMITED.redeemEach, entities: ['Profile'] },
          { action: 'setDiscount', limit: LIMITED.budget, entities: [] },
        ],
      }),
      campaign({
        id: 2,
        rulesetId: 202,
        coupons: [],
        limits: [
          { action: 'setDiscountEffect', limit: LIMITED.identifier, entities: ['Identifier'] },
          { action: 'redeemReferral', limit: LIMITED.redeemReferral, entities: [] },
        ],
        rules: [
          {
            title: 'Large',
            condition: ['>=', ['.', 'Session', 'Total'], 40],
            effects: [['setDiscountPerItem', 'each', 1.01, ['.', 'Session', 'CartItems']]],
          },
          { title: 'Friend', condition: ['referralValid'], effects: [['setDiscount', 'friend', 5]] },
        ],
      }),
    ],
  });

interface Step {
  readonly kind: 'session' | 'event' | 'profile';
  readonly session: string;
  readonly profileId?: string | undefined;
  readonly couponCodes?: readonly string[] | undefined;
  readonly referral?: boolean | undefined;
  readonly identifiers?: readonly string[] | undefined;
  readonly price?: number | undefined;
  readonly state: 'open' | 'closed' | 'cancelled';
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant('session' as const) },
    { weight: 1, arbitrary: fc.constantFrom('event' as const, 'profile' as const) },
  ),
  session: fc.constantFrom(...SESSIONS),
  profileId: maybe(fc.constantFrom(...PROFILES)),
  couponCodes: maybe(fc.subarray(CODES)),
  referral: maybe(fc.boolean()),
  identifiers: maybe(fc.subarray(IDENTIFIERS)),
  price: maybe(fc.constantFrom(0.1, 19.99, 40, 60, 99.95)),
  state: fc.oneof(
    { weight: 2, arbitrary: fc.constant('open' as const) },
    { weight: 3, arbitrary: fc.constant('closed' as const) },
    { weight: 2, arbitrary: fc.constant('cancelled' as const) },
  ),
});

/** Makes the call; a refusal is an answer too. */
const take = async (
  engine: TestEngine,
  code: string,
  step: Step,
  dry = false,
): Promise<IntegrationStateV2 | 'refused' | undefined> => {
  const { kind, session, profileId, couponCodes, identifiers, state } = step;
  try {
    if (kind === 'event') {
      const answer = await engine.event(session, { profileId }, { dry });
      operations.trackEvent.success.body.parse(answer);
      return undefined;
    }
    if (kind === 'profile') {
      const answer = await engine.profile(
        profileId || 'p1',
        { attributes: { seen: session } },
        { runRuleEngine: dry, dry },
      );
      operations.updateCustomerProfileV2.success.body.parse(answer);
      return undefined;
    }
    const referralCode = step.referral === undefined ? undefined : step.referral ? code : '';
    const cartItems = step.price === undefined ? undefined : [...cart(step.price), ...cart(0.2, 2)];
    const content = ['customerSession', 'customerProfile', 'coupons', 'referral', 'event', 'ruleFailureReasons'];
    const sent = { profileId, couponCodes, referralCode, identifiers, cartItems, state };
    const answer = await engine.session(session, sent, { dry, content });
    operations.updateCustomerSessionV2.success.body.parse(answer);
    return answer;
  } catch (error) {
    if (error instanceof ApiError) return 'refused';
    throw error;
  }
};

/** What all counters must hold, found out the slow way: from the effects of the sessions that are closed. */
const recount = (sessions: readonly SessionRecord[], code: string) => {
  const closed = sessions.filter(({ state }) => state === 'closed');
  const effects = closed.flatMap((session) => session.effects.map((effect) => ({ session, effect })));
  const discounts = effects.filter(({ effect }) => effect.effectType.startsWith('setDiscount'));
  const cents = ({ props }: EffectOf) => Math.round((props as { value: number }).value * 100);
  const accepted = (type: string, value: string) =>
    effects.filter(({ effect }) => effect.effectType === type && (effect.props as { value: string }).value === value);
  const total = (of: readonly { readonly effect: EffectOf }[]) =>
    of.reduce((sum, { effect }) => sum + cents(effect), 0);
  const inCampaign = (id: number) => discounts.filter(({ effect }) => effect.campaignId === id);
  const coupons = CODES.filter((value) => value !== 'NOBODY');
  const redemptions = coupons.flatMap((value) => accepted('acceptCoupon', value));
  return {
    coupons: coupons.map((value, index) => ({
      usage: accepted('acceptCoupon', value).length,
      discount: total(discounts.filter(({ effect }) => effect.triggeredByCoupon === index + 1)),
    })),
    redeemAll: redemptions.length,
    redeemEach: ['p1', 'p2'].map((id) => redemptions.filter(({ session }) => session.profileId === id).length),
    budget: total(inCampaign(1)),
    identifiers: IDENTIFIERS.map(
      (id) => inCampaign(2).filter(({ session }) => session.identifiers.includes(id)).length,
    ),
    referral: accepted('acceptReferral', code).length,
    profiles: ['p1', 'p2'].map((id) => {
      const own = closed.filter(({ profileId }) => profileId === id);
      const lines = own.flatMap(({ cartItems }) => cartItems);
      const sales = lines.reduce((sum, { price, quantity }) => sum.plus(decimal(price).times(quantity)), decimal(0));
      return { closedSessions: own.length, totalSales: sales.toFixed() };
    }),
  };
};

/** What all counters hold. */
const counted = async (engine: TestEngine, code: string): Promise<ReturnType<typeof recount>> => {
  const { records } = engine;
  const used = async (campaignId: number, action: string, share: string[]) =>
    (await engine.counts(records.limit(campaignId, action, share))).used ?? 0;
  const each = <T, R>(list: readonly T[], read: (value: T) => Promise<R>) => Promise.all(list.map(read));
  return {
    coupons: await each(['ONCE', 'TWICE', 'ALWAYS'], async (value) => {
      const { usage = 0, discount = 0 } = await engine.counts(records.couponUse(value));
      return { usage, discount };
    }),
    redeemAll: await used(1, 'redeemCoupon', []),
    redeemEach: await each(['p1', 'p2'], (id) => used(1, 'redeemCoupon', ['Profile', id])),
    budget: await used(1, 'setDiscount', []),
    identifiers: await each(IDENTIFIERS, (id) => used(2, 'setDiscountEffect', ['Identifier', id])),
    referral: (await engine.counts(records.referralUse(code))).usage ?? 0,
    profiles: await each(['p1', 'p2'], async (id) => {
      const { closedSessions = 0, totalSales = '0' } = (await engine.stored(records.profile(id))) ?? {};
      return { closedSessions, totalSales };
    }),
  };
};

const sessionsOf = async (engine: TestEngine): Promise<SessionRecord[]> =>
  (await Promise.all(SESSIONS.map((id) => engine.stored(engine.records.session(id))))).filter(
    (session) => session !== undefined,
  );

const expectCounted = async (engine: TestEngine, code: string) => {
  const now = await counted(engine, code);
  expect(now).toEqual(recount(await sessionsOf(engine), code));
  const [once, twice] = now.coupons;
  expect(once?.usage).toBeLessThanOrEqual(1);
  expect(twice?.usage).toBeLessThanOrEqual(2);
  expect(now.redeemAll).toBeLessThanOrEqual(LIMITED.redeemAll);
  for (const each of now.redeemEach) expect(each).toBeLessThanOrEqual(LIMITED.redeemEach);
  expect(now.budget).toBeLessThanOrEqual(LIMITED.budget * 100);
  for (const each of now.identifiers) expect(each).toBeLessThanOrEqual(LIMITED.identifier);
  expect(now.referral).toBeLessThanOrEqual(LIMITED.redeemReferral);
};

const begin = async () => {
  const engine = testEngine(promotions());
  const { code } = await engine.referral('anna', { usageLimit: 3 });
  return { engine, code };
};

describe('whatever sessions do', () => {
  test('counters are what the closed sessions come to, and no limit is passed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { engine, code } = await begin();
        for (const each of steps) {
          await take(engine, code, each);
          await expectCounted(engine, code);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('at once, the same holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 5 }), { minLength: 1, maxLength: 4 }), async (rounds) => {
        const { engine, code } = await begin();
        for (const round of rounds) {
          await Promise.all(round.map((each) => take(engine, code, each)));
          await expectCounted(engine, code);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a dry call changes nothing at all, and answers as the call itself would of a session that is new', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), step, async (steps, last) => {
        const { engine, code } = await begin();
        for (const each of steps) await take(engine, code, each);
        const before = await engine.store.dump();
        const dry = await take(engine, code, last, true);
        expect(await engine.store.dump()).toBe(before);
        if (last.kind !== 'session' || (await engine.stored(engine.records.session(last.session)))) return;
        const real = await take(engine, code, last);
        if (real === 'refused' || dry === 'refused') expect(real).toBe(dry);
        else expect(real?.effects).toEqual(dry?.effects);
      }),
      { numRuns: 60 },
    );
  });

  test('closing and then cancelling brings every counter and every profile back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), step, async (steps, last) => {
        const { engine, code } = await begin();
        for (const each of steps) await take(engine, code, each);
        const before = await counted(engine, code);
        const session = { ...last, kind: 'session', session: 'fresh' } as const;
        const closed = await take(engine, code, { ...session, state: 'closed' });
        expect(closed).not.toBe('refused');
        await take(engine, code, { kind: 'session', session: 'fresh', state: 'cancelled' });
        expect(await counted(engine, code)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  test('closing again answers the same, and changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), step, async (steps, last) => {
        const { engine, code } = await begin();
        for (const each of steps) await take(engine, code, each);
        const close = { ...last, kind: 'session', session: 'fresh', state: 'closed' } as const;
        const first = await take(engine, code, close);
        const before = await engine.store.dump();
        const again = await take(engine, code, close);
        expect(again).not.toBe('refused');
        expect((again as IntegrationStateV2).effects).toEqual((first as IntegrationStateV2).effects);
        expect(await engine.store.dump()).toBe(before);
      }),
      { numRuns: 40 },
    );
  });

  test('no code is accepted and rejected in one answer, and none is left without a word', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { engine, code } = await begin();
        for (const each of steps) {
          const answer = await take(engine, code, each);
          if (!answer || answer === 'refused' || answer.customerSession?.state === 'cancelled') continue;
          const { couponCodes = [], referralCode = '' } = answer.customerSession ?? {};
          const said = (types: readonly string[]) =>
            answer.effects.filter(({ effectType }) => types.includes(effectType)).map(({ props }) => props.value);
          expect(said(['acceptCoupon', 'rejectCoupon']).sort()).toEqual([...couponCodes].sort());
          expect(said(['acceptReferral', 'rejectReferral'])).toEqual(referralCode === '' ? [] : [referralCode]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('ids of events rise in every session', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 10 }), async (steps) => {
        const { engine, code } = await begin();
        const last = new Map<string, { id: number; state: string }>();
        for (const each of steps) {
          await take(engine, code, each);
          for (const { integrationId, lastEventId, state } of await sessionsOf(engine)) {
            expect(lastEventId).toBeGreaterThanOrEqual(last.get(integrationId)?.id ?? 1);
            expect(lastEventId).toBeLessThanOrEqual(2_147_483_647);
            last.set(integrationId, { id: lastEventId, state });
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

test('deleting everybody in the end leaves nobody, whatever happened', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
      const { engine, code } = await begin();
      for (const each of steps) await take(engine, code, each);
      for (const id of ['p1', 'p2', 'anna']) await engine.erase(id).catch((error) => expect(error.status).toBe(404));
      const left = await engine.store.items();
      for (const { owner, data } of left) {
        if (owner !== undefined) expect(owner).toContain('/session/');
        expect(JSON.stringify(data)).not.toMatch(/"(p1|p2|anna)"/);
      }
    }),
    { numRuns: 40 },
  );
});

test('attributes merge: sent ones win, null removes, the others stay', () => {
  const name = fc.oneof(fc.constantFrom('a', 'b', 'c', 'toString'), fc.string());
  const value = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 2 }),
  );
  const stored = fc.dictionary(name, value);
  const sent = fc.dictionary(name, fc.oneof(value, fc.constant(null)));
  fc.assert(
    fc.property(stored, sent, sent, (before, first, second) => {
      const merged = mergeAttributes(before, first);
      for (const key of new Set([...Object.keys(before), ...Object.keys(first)])) {
        const own = Object.hasOwn(first, key) ? first[key] : before[key];
        expect(Object.hasOwn(merged, key)).toBe(own !== null);
        if (own !== null) expect(merged[key]).toEqual(own);
      }
      // Twice is once, and two updates are one with the later on top.
      expect(mergeAttributes(merged, first)).toEqual(merged);
      const both: Record<string, AttributeValue> = { ...first, ...second };
      expect(mergeAttributes(merged, second)).toEqual(mergeAttributes(before, both));
    }),
  );
});
