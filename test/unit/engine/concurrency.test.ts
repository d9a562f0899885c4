import { describe, expect, test } from 'vitest';
import { ConflictError } from '../../../lib/contract/errors.ts';
import { idBlocks } from '../../../lib/engine/ids.ts';
import type { Limit } from '../../../lib/promotions/snapshot.ts';
import { campaign, cart, effectsOf, snapshot, story, testEngine } from '../../support/engine.ts';

const ORDER = { couponCodes: ['SUMMER'], cartItems: cart(60) };

describe('the last use of a coupon', () => {
  test('of two sessions that close at once, exactly one gets it; both close', async () => {
    const engine = testEngine();
    for (const id of ['a', 'b']) {
      const open = await engine.session(id, { ...ORDER, profileId: id });
      expect(story(open)).toContain('acceptCoupon SUMMER');
    }
    const answers = await Promise.all(['a', 'b'].map((id) => engine.session(id, { state: 'closed' })));
    expect(answers.map(({ customerSession }) => customerSession?.state)).toEqual(['closed', 'closed']);
    expect(answers.map(story).sort()).toEqual([
      ['acceptCoupon SUMMER', 'setDiscount 10% off 6'],
      ['rejectCoupon SUMMER CouponLimitReached'],
    ]);
    expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 1, discount: 600 });
    for (const id of ['a', 'b']) {
      expect(await engine.stored(engine.records.profile(id))).toMatchObject({ closedSessions: 1, totalSales: '60' });
    }
  });

  test('of ten containers, exactly as many get it as there are uses', async () => {
    const promotions = snapshot({ campaigns: [campaign({ coupons: [{ id: 11, value: 'SUMMER', usageLimit: 3 }] })] });
    const first = testEngine(promotions);
    const containers = [first, ...Array.from({ length: 9 }, () => testEngine(promotions, first.store))];
    const settled = await Promise.allSettled(
      containers.map((engine, index) => engine.session(`s${index}`, { ...ORDER, state: 'closed' })),
    );
    const answers = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    for (const each of settled) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(ConflictError);
    expect(answers.flatMap((answer) => effectsOf(answer, 'acceptCoupon'))).toHaveLength(3);
    expect(await first.counts(first.records.couponUse('SUMMER'))).toEqual({ usage: 3, discount: 1800 });
  });

  test('of a budget, no more is given than there is', async () => {
    const limits: Limit[] = [{ action: 'setDiscount', limit: 13, entities: [] }];
    const engine = testEngine(
      snapshot({ campaigns: [campaign({ limits, coupons: [{ id: 11, value: 'SUMMER', usageLimit: 0 }] })] }),
    );
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((id) => engine.session(id, { ...ORDER, state: 'closed' })),
    );
    expect(answers.flatMap((answer) => effectsOf(answer, 'setDiscount'))).toHaveLength(2);
    expect(await engine.counts(engine.records.limit(1, 'setDiscount', []))).toEqual({ used: 1200 });
  });
});

test('one session that is closed twice at once is closed once, and both are told the same', async () => {
  const engine = testEngine();
  await engine.session('s', { ...ORDER, profileId: 'p' });
  const [one, other] = await Promise.all([1, 2].map(() => engine.session('s', { state: 'closed' })));
  expect(one?.effects).toEqual(other?.effects);
  expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ closedSessions: 1 });
  expect(await engine.counts(engine.records.couponUse('SUMMER'))).toMatchObject({ usage: 1 });
});

test('one session that is cancelled twice at once gives back once', async () => {
  const engine = testEngine();
  await engine.session('s', { ...ORDER, profileId: 'p', state: 'closed' });
  await Promise.all([1, 2].map(() => engine.session('s', { state: 'cancelled' })));
  expect(await engine.counts(engine.records.couponUse('SUMMER'))).toEqual({ usage: 0, discount: 0 });
  expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ closedSessions: 0, totalSales: '0' });
});

test('updates of one session at once are all kept', async () => {
  const engine = testEngine();
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => engine.session('s', { attributes: { [name]: 1 } })));
  expect((await engine.session('s', {})).customerSession?.attributes).toEqual({ a: 1, b: 1, c: 1, d: 1 });
});

test('sessions of one profile that close at once all count', async () => {
  const engine = testEngine();
  await Promise.all(
    ['a', 'b', 'c', 'd'].map((id) => engine.session(id, { profileId: 'p', cartItems: cart(0.1), state: 'closed' })),
  );
  expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ closedSessions: 4, totalSales: '0.4' });
});

test('a profile that is made twice at once is one', async () => {
  const engine = testEngine();
  const content = { responseContent: ['customerProfile'] };
  const [one, other] = await Promise.all([
    engine.profile('p', { attributes: { a: 1 }, ...content }),
    engine.profile('p', { attributes: { b: 2 }, ...content }),
  ]);
  expect(one.customerProfile?.id).toBe(other.customerProfile?.id);
  expect(await engine.stored(engine.records.profile('p'))).toMatchObject({ attributes: { a: 1, b: 2 } });
});

test('an event and a close at once are both kept', async () => {
  const engine = testEngine();
  await engine.session('s', { ...ORDER, profileId: 'p' });
  const [closed, event] = await Promise.all([engine.session('s', { state: 'closed' }), engine.event('s')]);
  expect(closed.customerSession?.state).toBe('closed');
  expect(await engine.stored(engine.records.event(event.event.id))).toBeDefined();
  expect(await engine.stored(engine.records.session('s'))).toMatchObject({ state: 'closed' });
  expect(await engine.counts(engine.records.couponUse('SUMMER'))).toMatchObject({ usage: 1 });
});

test('the time of a call is read once, however often it is decided', async () => {
  const engine = testEngine();
  await engine.session('s', { ...ORDER, profileId: 'p' });
  await engine.session('t', { ...ORDER, profileId: 'q' });
  let reads = 0;
  engine.deps.now = () => {
    reads += 1;
    return new Date(engine.clock.now.getTime() + reads * 1000);
  };
  const answers = await Promise.all(['s', 't'].map((id) => engine.session(id, { state: 'closed' })));
  expect(reads).toBe(2);
  expect(answers.map(({ customerSession }) => customerSession?.updated)).toEqual([
    '2026-06-01T12:00:01.000Z',
    '2026-06-01T12:00:02.000Z',
  ]);
});

describe('ids', () => {
  test('of one session rise, whichever container answers', async () => {
    const promotions = snapshot();
    const one = testEngine(promotions);
    const other = testEngine(promotions, one.store);
    const ids: number[] = [];
    for (const engine of [one, other, one, other, other, one]) {
      const answer = await engine.session('s', {}, { content: ['event'] });
      ids.push(answer.event?.id ?? 0);
    }
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('of events and session calls rise together', async () => {
    const engine = testEngine();
    const first = await engine.session('s', {}, { content: ['event'] });
    const event = await engine.event('s');
    const last = await engine.session('s', { state: 'closed' }, { content: ['event'] });
    expect(event.event.id).toBeGreaterThan(first.event?.id ?? 0);
    expect(last.event?.id).toBeGreaterThan(event.event.id);
  });

  test('are never given twice, also where blocks are taken at once', async () => {
    const engine = testEngine();
    const containers = Array.from({ length: 5 }, () => idBlocks(engine.store, 1));
    await Promise.all(containers.map((ids) => ids.refill()));
    await Promise.all(containers.map((ids) => Promise.all([ids.refill(), ids.refill()])));
    const given = containers.flatMap((ids) => Array.from({ length: 50 }, () => ids.next()));
    expect(new Set(given).size).toBe(given.length);
  });

  test('a used-up block is followed by another, in the middle of a decision', async () => {
    const engine = testEngine();
    const ids = new Set<number>();
    for (let index = 0; index < 120; index++) {
      const { customerProfile, event } = await engine.session(
        `s${index}`,
        { profileId: `p${index}` },
        { content: ['event', 'customerProfile'] },
      );
      ids.add(event?.id ?? 0).add(customerProfile?.id ?? 0);
    }
    expect(ids.size).toBe(240);
    expect(ids.has(0)).toBe(false);
  });

  test('stay within int32: the last block is the last', async () => {
    const engine = testEngine();
    const key = { partition: '1/ids', sort: 'last' };
    await engine.store.write([{ put: { key, data: { last: 2_147_483_547 } }, expect: 'absent' }], 'attempt');
    const { event } = await engine.session('s', {}, { content: ['event'] });
    expect(event?.id).toBe(2_147_483_548);
    const ids = idBlocks(engine.store, 1);
    await expect(ids.refill()).rejects.toThrow('the ids of this account are used up');
  });

  test('above one that is given there is always another', async () => {
    const engine = testEngine();
    const ids = idBlocks(engine.store, 1);
    expect(() => ids.next()).toThrow();
    await ids.refill();
    expect(ids.next(41)).toBe(42);
    expect(ids.next()).toBe(43);
    expect(ids.next(10)).toBe(44);
    expect(() => ids.next(100)).toThrow();
    await ids.refill();
    expect(ids.next(100)).toBe(101);
  });
});
