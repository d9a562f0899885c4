import { describe, expect, test } from 'vitest';
import { application, campaign, cart, effectsOf, refusal, snapshot, story, testEngine } from '../../support/engine.ts';

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

const CONTENT = ['customerProfile', 'event', 'triggeredCampaigns', 'loyalty', 'awardedGiveaways', 'ruleFailureReasons'];

describe('without the engine', () => {
  test('the profile is made, and answers no effects', async () => {
    const engine = testEngine(snapshot({ campaigns: [WELCOME] }));
    expect(await engine.profile('p', { attributes: { Name: 'Ann' } })).toEqual({
      effects: [],
      createdCoupons: [],
      createdReferrals: [],
    });
    expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ attributes: { Name: 'Ann' } });
  });

  test('attributes merge: a second call with Email alone keeps the Name', async () => {
    const engine = testEngine();
    await engine.profile('p', { attributes: { Name: 'Ann', Email: 'a@example.com' } });
    const answer = await engine.profile('p', { attributes: { Email: 'b@example.com' }, responseContent: CONTENT });
    expect(answer.customerProfile?.attributes).toEqual({ Name: 'Ann', Email: 'b@example.com' });
  });

  test('dry means nothing: the change is saved', async () => {
    const engine = testEngine();
    await engine.profile('p', { attributes: { Name: 'Ann' } }, { dry: true });
    expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ attributes: { Name: 'Ann' } });
  });

  test('of the content asked for, profile and loyalty are answered and the rest is ignored', async () => {
    const answer = await testEngine().profile('p', { responseContent: CONTENT });
    expect(Object.keys(answer).sort()).toEqual([
      'createdCoupons',
      'createdReferrals',
      'customerProfile',
      'effects',
      'loyalty',
    ]);
  });

  test('lastActivity stays where it was', async () => {
    const engine = testEngine();
    await engine.profile('p');
    engine.clock.now = new Date('2026-06-05T00:00:00Z');
    const answer = await engine.profile('p', { attributes: { Name: 'Ann' }, responseContent: ['customerProfile'] });
    expect(answer.customerProfile?.lastActivity).toBe('2026-06-01T12:00:00.000Z');
    expect(await engine.stored(engine.records.profile('p'))).toMatchObject({
      lastActivity: '2026-06-01T12:00:00.000Z',
    });
  });

  test('an update that says nothing new is not written', async () => {
    const engine = testEngine();
    await engine.profile('p', { attributes: { Name: 'Ann' } });
    const { write } = { ...engine.store.trips };
    await engine.profile('p', { attributes: { Name: 'Ann' } });
    expect(engine.store.trips.write).toBe(write);
  });
});

describe('with the engine', () => {
  test('rules run: for a new profile, then for an updated one', async () => {
    const engine = testEngine(snapshot({ campaigns: [WELCOME] }));
    const made = await engine.profile('p', { responseContent: CONTENT }, { runRuleEngine: true });
    expect(story(made)).toEqual(['setDiscount welcome 5']);
    expect(made.event).toMatchObject({
      type: 'talon_profile_created',
      effects: [[1, 101, 0, ['setDiscount', 'welcome', 5]]],
    });
    expect(made.triggeredCampaigns).toMatchObject([{ id: 1 }]);
    const updated = await engine.profile('p', { responseContent: CONTENT }, { runRuleEngine: true });
    expect(updated.event?.type).toBe('talon_profile_updated');
    expect(updated.effects).toEqual([]);
    expect(updated.ruleFailureReasons).toMatchObject([{ ruleName: 'Welcome', conditionIndex: 0 }]);
  });

  test('rules see the profile as it is after the update', async () => {
    const rules = [
      {
        title: 'Gold',
        condition: ['=', ['.', 'Profile', 'Attributes', 'Tier'], 'gold'],
        effects: [['setDiscount', 'g', 1]],
      },
    ];
    const engine = testEngine(snapshot({ campaigns: [campaign({ rules, coupons: [] })] }));
    const answer = await engine.profile('p', { attributes: { Tier: 'gold' } }, { runRuleEngine: true });
    expect(story(answer)).toEqual(['setDiscount g 1']);
  });

  test('lastActivity moves', async () => {
    const engine = testEngine();
    await engine.profile('p');
    engine.clock.now = new Date('2026-06-05T00:00:00Z');
    const answer = await engine.profile('p', { responseContent: ['customerProfile'] }, { runRuleEngine: true });
    expect(answer.customerProfile?.lastActivity).toBe('2026-06-05T00:00:00.000Z');
  });

  test('dry answers the same and keeps nothing', async () => {
    const engine = testEngine(snapshot({ campaigns: [WELCOME] }));
    const answer = await engine.profile(
      'p',
      { attributes: { Name: 'Ann' }, responseContent: CONTENT },
      { runRuleEngine: true, dry: true },
    );
    expect(story(answer)).toEqual(['setDiscount welcome 5']);
    expect(answer.customerProfile).toMatchObject({ id: 0, attributes: { Name: 'Ann' } });
    expect(answer.event?.id).toBe(0);
    expect(await engine.store.dump()).toBe('[]');
  });

  test('limits are charged at once: a profile has no close', async () => {
    const limits = [{ action: 'setDiscountEffect', limit: 1, entities: ['Profile'] } as const];
    const rules = [{ title: 'Always', condition: true, effects: [['setDiscount', 'x', 1]] }];
    const engine = testEngine(snapshot({ campaigns: [campaign({ limits, rules, coupons: [] })] }));
    const first = await engine.profile('p', {}, { runRuleEngine: true });
    const second = await engine.profile('p', {}, { runRuleEngine: true });
    const other = await engine.profile('q', {}, { runRuleEngine: true });
    expect([first, second, other].map((answer) => answer.effects.length)).toEqual([1, 0, 1]);
  });

  test('a discount of an empty cart is nothing', async () => {
    const rules = [
      { title: 'Share', condition: true, effects: [['setDiscount', 'x', ['*', ['.', 'Session', 'Total'], 0.1]]] },
    ];
    const engine = testEngine(snapshot({ campaigns: [campaign({ rules, coupons: [] })] }));
    expect((await engine.profile('p', {}, { runRuleEngine: true })).effects).toEqual([]);
  });
});

describe('audiences', () => {
  const engineWith = () =>
    testEngine(
      snapshot({
        audiences: [
          { id: 1, name: 'News' },
          { id: 2, name: 'VIP' },
        ],
      }),
    );
  const members = async (engine: ReturnType<typeof testEngine>, audiencesChanges: object) =>
    (await engine.profile('p', { audiencesChanges, responseContent: ['customerProfile'] })).customerProfile
      ?.audienceMemberships;

  test('are added and left, adds first, and answered by id and name', async () => {
    const engine = engineWith();
    expect(await members(engine, { adds: [2, 1, 2], deletes: [] })).toEqual([
      { id: 1, name: 'News' },
      { id: 2, name: 'VIP' },
    ]);
    expect(await members(engine, { adds: [1], deletes: [1] })).toEqual([{ id: 2, name: 'VIP' }]);
    expect(await members(engine, { adds: [], deletes: [1] })).toEqual([{ id: 2, name: 'VIP' }]);
  });

  test('are seen by the rules of the same call', async () => {
    const rules = [
      {
        title: 'Members',
        condition: ['=', ['count', ['.', 'Profile', 'Audiences']], 1],
        effects: [['setDiscount', 'm', 1]],
      },
    ];
    const engine = testEngine(
      snapshot({ audiences: [{ id: 1, name: 'News' }], campaigns: [campaign({ rules, coupons: [] })] }),
    );
    const answer = await engine.profile('p', { audiencesChanges: { adds: [1], deletes: [] } }, { runRuleEngine: true });
    expect(effectsOf(answer, 'setDiscount')).toHaveLength(1);
  });

  test('that are unknown are refused, each with its place, and nothing is kept', async () => {
    const engine = engineWith();
    const refused = await refusal(engine.profile('p', { audiencesChanges: { adds: [1, 7], deletes: [8] } }));
    expect(refused.issues).toEqual([
      ['Unknown', '/audiencesChanges/adds/1'],
      ['Unknown', '/audiencesChanges/deletes/0'],
    ]);
    expect(await engine.store.dump()).toBe('[]');
  });

  test('that are no longer declared keep their members without a name', async () => {
    const engine = engineWith();
    await members(engine, { adds: [1], deletes: [] });
    engine.publish(snapshot());
    const answer = await engine.profile('p', { responseContent: ['customerProfile'] });
    expect(answer.customerProfile?.audienceMemberships).toEqual([{ id: 1, name: '' }]);
  });
});

describe('counts', () => {
  test('closedSessions and totalSales are of sessions that are closed now, before discounts', async () => {
    const engine = testEngine();
    const order = { profileId: 'p', couponCodes: ['SUMMER'], additionalCosts: { shipping: { price: 5 } } };
    await engine.session('a', { ...order, cartItems: cart(60), state: 'closed' });
    const second = await engine.session('b', { ...order, cartItems: cart(10.01), state: 'closed' });
    expect(second.customerProfile).toMatchObject({ closedSessions: 2, totalSales: 80.01 });
    const cancelled = await engine.session('a', { state: 'cancelled' });
    expect(cancelled.customerProfile).toMatchObject({ closedSessions: 1, totalSales: 15.01 });
  });

  test('an open session counts nothing', async () => {
    const engine = testEngine();
    const answer = await engine.session('a', { profileId: 'p', cartItems: cart(60) });
    expect(answer.customerProfile).toMatchObject({ closedSessions: 0, totalSales: 0 });
  });

  test('rules see them as they were before the session at hand', async () => {
    const rules = [
      {
        title: 'First',
        condition: ['=', ['.', 'Profile', 'ClosedSessions'], 0],
        effects: [['setDiscount', 'first', 1]],
      },
    ];
    const engine = testEngine(snapshot({ campaigns: [campaign({ rules, coupons: [] })] }));
    const order = { profileId: 'p', cartItems: cart(60), state: 'closed' };
    expect((await engine.session('a', order)).effects).toHaveLength(1);
    expect((await engine.session('b', order)).effects).toHaveLength(0);
  });
});

describe('a session’s profile', () => {
  test('is made on first use, empty', async () => {
    const { customerProfile } = await testEngine().session('s', { profileId: 'p' });
    expect(customerProfile).toEqual({
      id: expect.any(Number),
      created: '2026-06-01T12:00:00.000Z',
      integrationId: 'p',
      attributes: {},
      accountId: 1,
      closedSessions: 0,
      totalSales: 0,
      loyaltyMemberships: [],
      audienceMemberships: [],
      lastActivity: '2026-06-01T12:00:00.000Z',
    });
  });

  test('moves its lastActivity with every call, in the answer exactly', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p' });
    engine.clock.now = new Date('2026-06-01T12:00:01Z');
    const { customerProfile } = await engine.session('s', {});
    expect(customerProfile?.lastActivity).toBe('2026-06-01T12:00:01.000Z');
  });

  test('is stored anew when its stored activity is an hour old, not before', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'p' });
    const activity = async () => (await engine.stored(engine.records.profile('p')))?.lastActivity;
    engine.clock.now = new Date('2026-06-01T12:59:59Z');
    await engine.session('s', {});
    expect(await activity()).toBe('2026-06-01T12:00:00.000Z');
    engine.clock.now = new Date('2026-06-01T13:00:00Z');
    await engine.session('s', {});
    expect(await activity()).toBe('2026-06-01T13:00:00.000Z');
  });

  test('has its first session once in each Application', async () => {
    const engine = testEngine(snapshot({ applications: [application(), application({ id: 2, name: 'Second' })] }));
    const first = async (id: string, applicationId = 1, profileId = 'p') =>
      (await engine.session(id, { profileId }, { application: applicationId })).customerSession?.firstSession;
    expect(await first('a')).toBe(true);
    expect(await first('b')).toBe(false);
    expect(await first('c', 2)).toBe(true);
    expect(await first('d', 2)).toBe(false);
    expect(await first('e', 1, '')).toBe(true);
    // Stored, not found out again.
    expect(await first('a')).toBe(true);
    expect(await first('e', 1, 'p')).toBe(true);
  });

  test('is another person in the sandbox', async () => {
    const engine = testEngine(
      snapshot({ applications: [application(), application({ id: 2, name: 'Sandbox', environment: 'sandbox' })] }),
    );
    await engine.profile('p', { attributes: { Name: 'Ann' } });
    const { customerProfile } = await engine.profile('p', { responseContent: ['customerProfile'] }, {}, 2);
    expect(customerProfile?.attributes).toEqual({});
  });
});
