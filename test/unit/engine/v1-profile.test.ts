import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IntegrationState } from '../../../lib/contract/schemas/state.ts';
import { campaign, refusal, snapshot, story, testEngine } from '../../support/engine.ts';

const WELCOME = campaign({
  coupons: [],
  rules: [
    {
      title: 'Welcome',
      condition: ['=', ['.', 'Event', 'Type'], 'talon_profile_created'],
      effects: [['setDiscount', 'welcome', 5]],
    },
  ],
});

const engineWith = () => testEngine(snapshot({ campaigns: [WELCOME] }));

describe('a v1 profile call', () => {
  test('always runs the rules, and answers with an empty session what v1 clients must find', async () => {
    const answer = await engineWith().profileV1('p', { attributes: { Name: 'Ann' } });
    expect(IntegrationState.parse(answer)).toEqual(answer);
    expect(answer).toEqual({
      session: {
        integrationId: '',
        created: '2026-06-01T12:00:00.000Z',
        updated: '2026-06-01T12:00:00.000Z',
        applicationId: 1,
        profileId: 'p',
        coupon: '',
        referral: '',
        state: 'open',
        cartItems: [],
        identifiers: [],
        total: 0,
        attributes: {},
        firstSession: false,
        discounts: {},
      },
      profile: expect.objectContaining({ id: expect.any(Number), integrationId: 'p', attributes: { Name: 'Ann' } }),
      event: {
        id: expect.any(Number),
        created: '2026-06-01T12:00:00.000Z',
        applicationId: 1,
        profileId: 'p',
        type: 'talon_profile_created',
        attributes: {},
        sessionId: '',
        effects: [[1, 101, 0, ['setDiscount', 'welcome', 5]]],
        ledgerEntries: [],
        meta: {},
      },
      loyalty: { programs: {} },
    });
  });

  test('of a profile that is there is an update', async () => {
    const engine = engineWith();
    const made = await engine.profileV1('p');
    const updated = await engine.profileV1('p');
    expect(updated.event).toMatchObject({ type: 'talon_profile_updated', effects: [] });
    expect(updated.event.id).toBeGreaterThan(made.event.id);
    expect(updated.profile.id).toBe(made.profile.id);
  });

  test('without a body makes an empty profile', async () => {
    const answer = await engineWith().profileV1('p', undefined);
    expect(answer.profile.attributes).toEqual({});
  });

  test('makes no session', async () => {
    const engine = engineWith();
    await engine.profileV1('p');
    expect((await engine.store.items()).map(({ key }) => key.sort).sort()).toEqual(['last', 'profile']);
  });

  test('ignores null attributes, undeclared ones too, and keeps what is left out', async () => {
    const engine = testEngine(
      snapshot({ attributes: [{ id: 1, entity: 'CustomerProfile', name: 'Name', type: 'string' }] }),
    );
    await engine.profileV1('p', { attributes: { Name: 'Ann' } });
    await engine.profileV1('p', { attributes: { Name: null, Unknown: null } });
    const answer = await engine.profileV1('p', {});
    expect(answer.profile.attributes).toEqual({ Name: 'Ann' });
    expect((await refusal(engine.profileV1('p', { attributes: { Unknown: 1 } }))).issues).toEqual([
      ['Unknown', '/attributes/Unknown'],
    ]);
  });

  test('moves lastActivity', async () => {
    const engine = engineWith();
    await engine.profileV1('p');
    engine.clock.now = new Date('2026-06-05T00:00:00Z');
    expect((await engine.profileV1('p')).profile.lastActivity).toBe('2026-06-05T00:00:00.000Z');
  });

  test('dry answers the same and keeps nothing', async () => {
    const engine = engineWith();
    const answer = await engine.profileV1('p', { attributes: { Name: 'Ann' } }, { dry: true });
    expect(answer.profile).toMatchObject({ id: 0, attributes: { Name: 'Ann' } });
    expect(answer.event).toMatchObject({ id: 0, effects: [[1, 101, 0, ['setDiscount', 'welcome', 5]]] });
    expect(await engine.store.dump()).toBe('[]');
  });

  test('charges limits at once', async () => {
    const limits = [{ action: 'setDiscountEffect', limit: 1, entities: ['Profile'] } as const];
    const rules = [{ title: 'Always', condition: true, effects: [['setDiscount', 'x', 1]] }];
    const engine = testEngine(snapshot({ campaigns: [campaign({ limits, rules, coupons: [] })] }));
    const answers = [await engine.profileV1('p'), await engine.profileV1('p'), await engine.profileV1('q')];
    expect(answers.map(({ event }) => event.effects.length)).toEqual([1, 0, 1]);
  });

  test('publishes its effects as v2 states them', async () => {
    const published: unknown[] = [];
    const guard = (effects: readonly unknown[]) => {
      published.push(...effects);
      return [];
    };
    await engineWith().profileV1('p', {}, { guard });
    expect(story({ effects: published })).toEqual(['setDiscount welcome 5']);
  });
});

test('any sequence of v1 calls leaves what v2 calls with the rules leave', async () => {
  const value = fc.constantFrom(1, 'x', true);
  const call = fc.record({
    id: fc.constantFrom('p', 'q'),
    attributes: fc.option(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), { nil: undefined }),
    nulls: fc.dictionary(fc.constantFrom('x', 'y'), fc.constant(null)),
    dry: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), async (calls) => {
      const [one, other] = [engineWith(), engineWith()];
      for (const { id, attributes, nulls, dry } of calls) {
        await one.profileV1(id, { attributes: attributes && { ...attributes, ...nulls } }, { dry });
        await other.profile(id, { attributes }, { runRuleEngine: true, dry });
      }
      expect(await one.store.dump()).toBe(await other.store.dump());
    }),
    { numRuns: 60 },
  );
});
