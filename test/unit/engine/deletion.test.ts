import { hash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { Campaign, Limit } from '../../../lib/promotions/snapshot.ts';
import { type Key, StaleWriteError } from '../../../lib/store/store.ts';
import {
  application,
  campaign,
  cart,
  refusal,
  snapshot,
  story,
  type TestEngine,
  testEngine,
} from '../../support/engine.ts';

// Some of these write hundreds of items.
vi.setConfig({ testTimeout: 60_000 });

const SECRET = 'Zebra-Crossing';

/** Fills a store with what is known of a person: everything that can be said of them says SECRET. */
const fill = async (engine: TestEngine, id: string, items: number) => {
  await engine.profile(id, { attributes: { Name: SECRET } });
  for (let index = 0; index < items; index++) {
    await engine.session(`${id}-session-${index}`, {
      profileId: id,
      cartItems: [{ ...cart(60)[0], attributes: { engraving: SECRET } }],
      attributes: { address: SECRET },
      identifiers: [SECRET],
      state: index % 2 === 0 ? 'closed' : 'open',
    });
  }
};

const text = async (engine: TestEngine) => (await engine.store.items()).map((item) => JSON.stringify(item)).join('\n');

test('nothing of the person is left, and the person is not found any more', async () => {
  const engine = testEngine();
  await fill(engine, 'ann', 3);
  await engine.event('ann-session-1', { attributes: { search: SECRET } });
  await engine.referral('ann', { attributes: { note: SECRET } });
  expect(await engine.erase('ann')).toBeUndefined();
  const left = await text(engine);
  expect(left).not.toContain(SECRET);
  expect(left).not.toContain('"profileId":"ann"');
  expect(left).not.toContain('"advocateProfileIntegrationId":"ann"');
  expect(await engine.store.query('byOwner', { owner: engine.records.ownerOf('ann') ?? '' })).toEqual({ items: [] });
  expect(await refusal(engine.erase('ann'))).toMatchObject({ status: 404, message: 'There is no profile of this id' });
});

test.each(['session', 'event', 'referral'])(
  'what is held of a paused shop that is called %s goes, too',
  async (shop) => {
    const engine = testEngine();
    await engine.profile('ann', {});
    const owner = engine.records.ownerOf('ann') ?? '';
    const keys = [
      { partition: `1/held/${shop}`, sort: '7/m' },
      { partition: `1/held/${shop}/7/m`, sort: '1' },
    ];
    const puts = keys.map((key) => ({
      put: { key, data: { message: SECRET, parts: 2 }, owner },
      expect: 'absent' as const,
    }));
    await engine.store.write(puts, 'held');
    await engine.erase('ann');
    expect(await text(engine)).not.toContain(SECRET);
  },
);

test('effects keep what was given, and name nobody any more', async () => {
  const engine = testEngine();
  const order = { profileId: 'ann', couponCodes: ['SUMMER'], cartItems: cart(60) };
  const { effects } = await engine.session('s', order);
  const { event } = await engine.event('s', { profileId: 'ann' });
  const rule = { campaignId: 1, rulesetId: 1, ruleIndex: 0, ruleName: 'r' };
  const ledger = { name: 'Points', programId: 1, subLedgerId: '', value: 5, transactionUUID: 'x' };
  const quoting = [
    { ...rule, effectType: 'addLoyaltyPoints', props: { ...ledger, recipientIntegrationId: 'ann' } },
    { ...rule, effectType: 'updateAttribute', props: { path: 'Profile.Attributes.Name', value: SECRET } },
  ];
  const records = [engine.records.session('s'), engine.records.event(event.id)];
  const items = await engine.store.get(records.map(({ key }) => key));
  const puts = items.flatMap((item) =>
    item ? [{ put: { ...item, data: { ...(item.data as object), effects: [...effects, ...quoting] } } }] : [],
  );
  await engine.store.write(puts.map((change, index) => ({ ...change, expect: items[index]?.version })) as never, 'x');
  expect(await text(engine)).toContain(SECRET);
  await engine.erase('ann');
  expect(await text(engine)).not.toMatch(new RegExp(`"ann"|${SECRET}`));
  for (const record of records) {
    expect(await engine.stored<{ effects: unknown[] }>(record as never)).toMatchObject({
      effects: [...effects, { props: { value: 5, recipientIntegrationId: '' } }, { props: { value: '' } }],
    });
  }
});

test('nobody else is touched', async () => {
  const engine = testEngine();
  await fill(engine, 'ben', 2);
  const before = await engine.store.dump();
  await fill(engine, 'ann', 2);
  await engine.erase('ann');
  const of = (dump: string) =>
    (JSON.parse(dump) as { key: object; owner?: string }[]).filter(
      ({ owner }) => owner === engine.records.ownerOf('ben'),
    );
  expect(of(await engine.store.dump())).toEqual(of(before));
});

test('who was never there is not found, and nothing is written', async () => {
  const engine = testEngine();
  expect((await refusal(engine.erase('nobody'))).status).toBe(404);
  expect(await engine.store.dump()).toBe('[]');
});

describe('what the shop needs stays', () => {
  test('a closed session keeps state, totals, codes and effects', async () => {
    const engine = testEngine();
    const closed = await engine.session('s', {
      profileId: 'ann',
      couponCodes: ['SUMMER'],
      cartItems: cart(60),
      state: 'closed',
    });
    await engine.erase('ann');
    const stored = await engine.stored(engine.records.session('s'));
    expect(stored).toMatchObject({ state: 'closed', profileId: '', couponCodes: ['SUMMER'], effects: closed.effects });
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 1, discount: 600 });
  });

  test('an open session stays open, so that whoever is about to pay for it can', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'ann', cartItems: cart(60) });
    await engine.erase('ann');
    expect(await engine.stored(engine.records.session('s'))).toMatchObject({ state: 'open', profileId: '' });
  });

  test('an event keeps its type and its effects', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'ann', couponCodes: ['SUMMER'], cartItems: cart(60) });
    const { event } = await engine.event('s', { attributes: { a: 1 } });
    const record = engine.records.event(event.id);
    const before = await engine.stored(record);
    await engine.erase('ann');
    expect(await engine.stored(record)).toEqual({ ...before, profileId: '', attributes: {} });
  });

  test('a closed session can still be cancelled, and gives its coupon back', async () => {
    const engine = testEngine();
    await engine.session('s', { profileId: 'ann', couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
    await engine.erase('ann');
    const answer = await engine.session('s', { state: 'cancelled' });
    expect(story(answer)).toEqual(['rollbackCoupon SUMMER', 'rollbackDiscount 10% off 6']);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 0, discount: 0 });
    expect(answer).not.toHaveProperty('customerProfile');
  });

  test('what waits in a work list is still done, for nobody', async () => {
    const engine = testEngine();
    await engine.profile('ann');
    const key = { partition: '1/outbox', sort: 'x' };
    const due = { list: 'outbox', at: new Date('2026-06-01T12:01:00Z') };
    const owner = engine.records.ownerOf('ann') ?? '';
    await engine.store.write([{ put: { key, data: { id: 'x' }, due, owner }, expect: 'absent' }], 'attempt');
    await engine.erase('ann');
    const [item] = await engine.store.get([key]);
    expect(item).toMatchObject({ data: { id: 'x' }, due });
    expect(item).not.toHaveProperty('owner');
  });
});

describe('whoever comes later with the same id', () => {
  const limits: Limit[] = [{ action: 'redeemCoupon', limit: 1, entities: ['Profile'] }];
  const oncePerProfile = () =>
    testEngine(snapshot({ campaigns: [campaign({ limits, coupons: [{ id: 11, value: 'SUMMER', usageLimit: 0 }] })] }));
  const ORDER = { profileId: 'ann', couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' };

  test('is somebody new: no counts, no attributes, another id, a first session', async () => {
    const engine = testEngine();
    await fill(engine, 'ann', 1);
    const old = await engine.stored(engine.records.profile('ann'));
    await engine.erase('ann');
    const { customerProfile, customerSession } = await engine.session('new', { profileId: 'ann' });
    expect(customerProfile).toMatchObject({ closedSessions: 0, totalSales: 0, attributes: {} });
    expect(customerProfile?.id).not.toBe(old?.id);
    expect(customerSession?.firstSession).toBe(true);
  });

  test('has nothing used up of limits per profile', async () => {
    const engine = oncePerProfile();
    expect(story(await engine.session('a', ORDER))).toContain('acceptCoupon SUMMER');
    expect(story(await engine.session('b', ORDER))).toEqual(['rejectCoupon SUMMER ProfileLimitReached']);
    await engine.erase('ann');
    expect(story(await engine.session('c', ORDER))).toContain('acceptCoupon SUMMER');
  });

  test('gets nothing from the cancellation of an old session', async () => {
    const engine = oncePerProfile();
    await engine.session('a', ORDER);
    await engine.erase('ann');
    await engine.session('c', ORDER);
    await engine.session('a', { state: 'cancelled' });
    expect(await engine.counts(engine.records.limit(1, 'redeemCoupon', ['Profile', 'ann']))).toEqual({ used: 1 });
    expect(story(await engine.session('d', ORDER))).toEqual(['rejectCoupon SUMMER ProfileLimitReached']);
  });
});

test('all Applications of the environment are reached, the sandbox is not', async () => {
  const applications = [
    application(),
    application({ id: 2, name: 'Second' }),
    application({ id: 3, name: 'Sandbox', environment: 'sandbox' }),
  ];
  const engine = testEngine(snapshot({ applications }));
  const order = { profileId: 'ann', attributes: { address: SECRET }, state: 'closed' };
  for (const id of [1, 2, 3]) await engine.session('s', order, { application: id });
  await engine.erase('ann');
  const address = async (id: number) => (await engine.stored(engine.recordsIn(id).session('s')))?.attributes.address;
  expect(await Promise.all([1, 2, 3].map(address))).toEqual([undefined, undefined, SECRET]);
  expect(await engine.stored(engine.recordsIn(3).profile('ann'))).toBeDefined();
});

describe('referrals', () => {
  const friends = (): Partial<Campaign> => ({ features: ['referrals'], coupons: [], rules: [] });

  test('an advocate’s code serves nobody any more', async () => {
    const engine = testEngine(snapshot({ campaigns: [campaign(friends())] }));
    const { code } = await engine.referral('ann', { friendProfileIntegrationId: 'ben' });
    await engine.erase('ann');
    expect(story(await engine.session('s', { profileId: 'ben', referralCode: code }))).toEqual([
      `rejectReferral ${code} ReferralNotFound`,
    ]);
    // The friend may be deleted after the advocate.
    await engine.session('s', { state: 'closed' });
    await engine.erase('ben');
    expect(await text(engine)).not.toContain('ben"');
  });

  test('a friend for whom a code was made is forgotten, though never seen; the code stays its advocate’s', async () => {
    const engine = testEngine(snapshot({ campaigns: [campaign(friends())] }));
    const { code } = await engine.referral('ann', { friendProfileIntegrationId: 'ben', attributes: { from: 'ann' } });
    await engine.erase('ben');
    const referral = engine.records.referral(code);
    expect(await engine.stored(referral)).toMatchObject({
      friendProfileIntegrationId: '',
      advocateProfileIntegrationId: 'ann',
      attributes: { from: 'ann' },
    });
    expect(await engine.stored(engine.records.referralFriend(code, 'ben'))).toBeUndefined();
    await engine.erase('ann');
    expect(await engine.stored(referral)).toMatchObject({ advocateProfileIntegrationId: '', attributes: {} });
  });

  test('a friend who redeemed a code is forgotten, and the use stays counted', async () => {
    const rules = [{ title: 'F', condition: ['referralValid'], effects: [] }];
    const engine = testEngine(snapshot({ campaigns: [campaign({ ...friends(), rules })] }));
    const { code } = await engine.referral('ann');
    await engine.session('s', { profileId: 'ben', referralCode: code, state: 'closed' });
    await engine.erase('ben');
    expect(await engine.stored(engine.records.referralFriend(code, 'ben'))).toBeUndefined();
    expect(await engine.counts(engine.records.referralUse(code))).toEqual({ usage: 1 });
  });
});

test('what a person did before logging in goes with the session that they claimed', async () => {
  const engine = testEngine();
  const { event } = await engine.event('s', { attributes: { email: SECRET } });
  await engine.session('s', { profileId: 'ann' });
  await engine.erase('ann');
  expect(await engine.stored(engine.records.event(event.id))).toMatchObject({ type: 'visit', attributes: {} });
  expect(await text(engine)).not.toContain(SECRET);
});

describe('any number of items', () => {
  test.each([0, 1, 60, 250])('%i sessions', async (items) => {
    const engine = testEngine();
    await fill(engine, 'ann', items);
    await engine.erase('ann');
    expect(await text(engine)).not.toContain(SECRET);
    expect(await engine.stored(engine.records.profile('ann'))).toBeUndefined();
    expect((await refusal(engine.erase('ann'))).status).toBe(404);
  });

  test('an anonymous session with 100 events, claimed', async () => {
    const engine = testEngine();
    for (let index = 0; index < 100; index++) await engine.event('s', { attributes: { a: SECRET } });
    await engine.session('s', { profileId: 'ann', attributes: { a: SECRET } });
    await engine.erase('ann');
    expect(await text(engine)).not.toContain(SECRET);
  });

  test('sessions that together are larger than a write', async () => {
    const engine = testEngine();
    const cartItems = Array.from({ length: 900 }, (_, index) => ({
      // Nothing that deflates.
      name: Array.from({ length: 5 }, (_, part) => hash('sha512', `${index}/${part}`, 'base64')).join(''),
      sku: 'A',
      quantity: 1,
      price: 1,
    }));
    for (let index = 0; index < 12; index++) await engine.session(`s${index}`, { profileId: 'ann', cartItems });
    await engine.erase('ann');
    for (let index = 0; index < 12; index++) {
      expect(await engine.stored(engine.records.session(`s${index}`))).toMatchObject({ profileId: '' });
    }
  });

  test.each([1, 60, 250])('a crash at any write of %i sessions is finished by the next call', async (items) => {
    for (const crashAt of [1, 2, 3, 7]) {
      const engine = testEngine();
      await fill(engine, 'ann', items);
      const writes = engine.store.trips.write;
      engine.store.beforeWrite = (count) => {
        if (count === writes + crashAt) throw new Error('power cut');
      };
      const crashed = await engine.erase('ann').then(
        () => false,
        () => true,
      );
      if (crashed) await engine.erase('ann');
      expect(await text(engine)).not.toContain(SECRET);
      expect((await refusal(engine.erase('ann'))).status).toBe(404);
      if (!crashed) break;
    }
  });
});

test('what the store still lists, though it is deleted already, does not keep the call from ending', async () => {
  const engine = testEngine();
  await fill(engine, 'ann', 60);
  const owner = engine.records.ownerOf('ann') ?? '';
  const keys: Key[] = [];
  for (let from: string | undefined; ; ) {
    const page = await engine.store.query('byOwner', { owner, ...(from !== undefined && { from }) });
    keys.push(...page.items);
    from = page.next;
    if (from === undefined) break;
  }
  // An index that never learns.
  const late = (_index: string, query: { owner: string; limit?: number; from?: string }) => {
    const start = Number(query.from ?? 0);
    const end = start + (query.limit ?? 100);
    const items = query.owner === owner ? keys.slice(start, end) : [];
    return Promise.resolve({ items, ...(end < keys.length && items.length > 0 && { next: String(end) }) });
  };
  engine.store.query = late as never;
  await engine.erase('ann');
  expect(await text(engine)).not.toContain(SECRET);
  expect((await refusal(engine.erase('ann'))).status).toBe(404);
});

test('conflicts are counted for each write, not for the whole deletion', async () => {
  const engine = testEngine();
  await fill(engine, 'ann', 200);
  let tries = 0;
  engine.store.beforeWrite = () => {
    tries += 1;
    if (tries % 7 !== 0) throw new StaleWriteError([{ partition: 'x', sort: 'x' }]);
  };
  await engine.erase('ann');
  expect(await text(engine)).not.toContain(SECRET);
});

test('a share of a limit that comes back while its person is being deleted can still be found', async () => {
  const limits: Limit[] = [{ action: 'redeemCoupon', limit: 1, entities: ['Profile'] }];
  const engine = testEngine(snapshot({ campaigns: [campaign({ limits })] }));
  await engine.session('s', { profileId: 'ann', couponCodes: ['SUMMER'], cartItems: cart(60), state: 'closed' });
  const { key } = engine.records.limit(1, 'redeemCoupon', ['Profile', 'ann']);
  await engine.store.write([{ remove: key }], 'attempt');
  await engine.session('s', { state: 'cancelled' });
  expect((await engine.store.get([key]))[0]?.owner).toBe(engine.records.ownerOf('ann'));
  await engine.erase('ann');
  expect((await engine.store.get([key]))[0]).toBeUndefined();
});

test('what a session left behind after its profile was gone is deleted too, and that is no 404', async () => {
  const engine = testEngine();
  await engine.session('s', { profileId: 'ann', attributes: { address: SECRET } });
  // A session update and a deletion at the same time can come to this.
  await engine.store.write([{ remove: engine.records.profile('ann').key }], 'attempt');
  await engine.erase('ann');
  expect(await text(engine)).not.toContain(SECRET);
  expect((await refusal(engine.erase('ann'))).status).toBe(404);
});

test('an update at the same moment is not lost and leaves nothing undeletable', async () => {
  const engine = testEngine();
  await fill(engine, 'ann', 2);
  await Promise.allSettled([
    engine.erase('ann'),
    engine.session('ann-session-1', { attributes: { address: SECRET }, state: 'closed' }),
    engine.session('another', { profileId: 'ann', attributes: { address: SECRET } }),
  ]);
  await engine.erase('ann').catch(() => undefined);
  expect(await text(engine)).not.toContain(SECRET);
});

test('the guard rides in the last write', async () => {
  const engine = testEngine();
  await fill(engine, 'ann', 60);
  const mark = { partition: 'mark', sort: 'mark' };
  let asked = 0;
  await engine.erase('ann', 1, () => {
    asked += 1;
    return [{ put: { key: mark, data: {} }, expect: 'absent' }];
  });
  expect(asked).toBe(1);
  expect(await engine.stored({ key: mark })).toEqual({});
});

test('what waits to be told of their effects is still told, without what it quotes of them', async () => {
  const engine = testEngine();
  await engine.profile('ann', { attributes: { Name: SECRET } });
  const effect = { campaignId: 1, rulesetId: 1, ruleIndex: 0, ruleName: 'r' };
  const effects = [
    { ...effect, effectType: 'showNotification', props: { notificationType: 'Info', title: SECRET, body: SECRET } },
    { ...effect, effectType: 'acceptCoupon', props: { value: 'SUMMER' } },
  ];
  const key = { partition: '1/outbox', sort: 'p1' };
  const due = { list: 'outbox', at: new Date(0) };
  const owner = engine.records.ownerOf('ann') ?? '';
  await engine.store.write([{ put: { key, data: { id: 'p1', effects }, owner, due }, expect: 'absent' }], 'attempt');
  await engine.erase('ann');
  const [item] = await engine.store.get([key]);
  expect(item).toMatchObject({ due, data: { id: 'p1', effects: [{ effectType: 'showNotification' }, effects[1]] } });
  expect(await text(engine)).not.toContain(SECRET);
});
