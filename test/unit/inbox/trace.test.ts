import { expect, test } from 'vitest';
import type { Effect } from '../../../lib/contract/effects.ts';
import { NotFoundError } from '../../../lib/contract/errors.ts';
import { pauseShop } from '../../../lib/inbox/pause.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { publish } from '../../../lib/inbox/publish.ts';
import { findStories, MOST_ENTRIES, type Story } from '../../../lib/inbox/story.ts';
import type { Store } from '../../../lib/store/store.ts';
import {
  cartEvent,
  customerEvent,
  EFFECT,
  eventMessage,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  publishing,
  received,
  segment,
  shops,
  thinEvent,
} from './fakes.ts';

const SESSION = 'shopify:checkout:1';

const storiesOf = async (asked: string, store: Store): Promise<readonly Story[]> =>
  (await findStories(asked, { store, accountId: 1, segment })).stories;

const entriesOf = async (asked: string, store: Store) => {
  const stories = await storiesOf(asked, store);
  expect(stories).toHaveLength(1);
  return stories[0]?.entries ?? [];
};

const call = {
  v: 1,
  kind: 'operation',
  application: 3,
  operation: 'trackEvent',
  request: { params: {}, query: {}, body: { type: 'x', sessionId: SESSION, profileId: 'ann', attributes: {} } },
  requestId: 'r1',
  receivedAt: NOW.toISOString(),
};

test('an applied delivery leaves its story: when it was received and queued, what it came to, its effects', async () => {
  const { deps } = inbox({ api: { effects: [EFFECT, { ...EFFECT, effectType: 'setDiscount', props: { value: 6 } }] } });
  const event = orderEvent();
  const message = eventMessage(event);
  await processInbox([message], deps);
  expect(await entriesOf(SESSION, deps.store)).toEqual([
    {
      session: SESSION,
      delivery: event.id,
      application: 1,
      shop: 'demo',
      type: 'order',
      order: '100',
      received: NOW.toISOString(),
      queued: NOW.toISOString(),
      message: message.id,
      at: NOW.toISOString(),
      outcome: 'applied',
      reason: 'session closed',
      operation: 'updateCustomerSessionV2',
      state: 'closed',
      effects: { count: 2, types: ['acceptCoupon SUMMER-1', 'setDiscount'] },
      outbox: `order/${event.id}/1`,
      publishing: 'waiting',
      isParked: false,
    },
  ]);
});

test('it is found by session, by order and by delivery, also when it only moved what is known', async () => {
  const { deps } = inbox();
  const [cart, order] = [cartEvent(), orderEvent({}, { updatedAt: '2026-03-01T11:30:00Z' })];
  const later = orderEvent({ facts: {} }, { updatedAt: '2026-03-01T11:40:00Z' });
  await processInbox(
    [cart, order, later].map((event) => eventMessage(event)),
    deps,
  );
  const whole = await entriesOf(SESSION, deps.store);
  expect(whole.map(({ type, outcome, reason }) => `${type} ${outcome}: ${reason}`)).toEqual([
    'cart applied: session opened',
    'order applied: session closed',
    'order applied: nothing to change',
  ]);
  for (const asked of ['demo:order/100', cart.id, order.id, later.id]) {
    expect(await entriesOf(asked, deps.store), asked).toEqual(whole);
  }
  expect(await storiesOf('other:order/100', deps.store)).toEqual([]);
  expect(await storiesOf('unknown', deps.store)).toEqual([]);
});

test('what changed nothing is told as well, each once however often its message comes', async () => {
  const { deps } = inbox();
  const [order, older] = [orderEvent(), orderEvent({ codes: [] }, { updatedAt: '2026-02-01T00:00:00Z' })];
  const again = eventMessage(order);
  await processInbox([eventMessage(order), again, again, eventMessage(older)], deps);
  const entries = await entriesOf(older.id, deps.store);
  expect(entries.map(({ outcome }) => outcome).toSorted()).toEqual(['applied', 'duplicate', 'stale']);
});

test('each refund that was reported has a line of its own', async () => {
  const { deps } = inbox();
  const returns = ['1', '2'].map((id) => ({ id, amount: '1.00', lines: [] }));
  await processInbox([eventMessage(orderEvent({ returns }))], deps);
  const entries = await entriesOf(SESSION, deps.store);
  expect(entries.map(({ operation }) => operation)).toEqual(['updateCustomerSessionV2', 'trackEvent', 'trackEvent']);
});

test('what was parked says so, and whether it still is', async () => {
  const { deps } = inbox();
  const event = orderEvent({ currency: 'USD' });
  await processInbox([eventMessage(event)], deps);
  for (const asked of [event.id, SESSION, 'demo:order/100']) {
    expect(await entriesOf(asked, deps.store)).toMatchObject([
      { outcome: 'parked', reason: 'unusable', isParked: true },
    ]);
  }
  const [parked] = (await deps.store.query('items', { partition: '1/parked' })).items;
  await deps.store.write([{ remove: parked?.key ?? expect.fail() }], 'repair');
  expect(await entriesOf(event.id, deps.store)).toMatchObject([{ isParked: false }]);
});

test('an outage and a pause are told while they last', async () => {
  let away: Error | undefined = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  let now = NOW;
  const { deps } = inbox({
    store: memoryStore(() => now),
    now: () => now,
    api: {
      before: () => {
        if (away) throw away;
      },
    },
  });
  const message = eventMessage(cartEvent());
  await processInbox([message], deps);
  await processInbox([message], deps);
  away = undefined;
  await processInbox([message], deps);
  await pauseShop('demo', deps);
  now = new Date(NOW.getTime() + 20_000);
  await processInbox([eventMessage(orderEvent())], deps);
  expect((await entriesOf(SESSION, deps.store)).map(({ outcome }) => outcome).toSorted()).toEqual([
    'applied',
    'failed',
    'held',
  ]);
});

test('published effects are told as published', async () => {
  const { deps } = inbox({ api: { effects: [EFFECT] } });
  await processInbox([eventMessage(orderEvent())], deps);
  const [waiting] = (await deps.store.query('items', { partition: '1/outbox' })).items;
  await publish(waiting?.key ?? expect.fail(), publishing({ store: deps.store }));
  expect(await entriesOf(SESSION, deps.store)).toMatchObject([{ publishing: 'published' }]);
});

test('a call that waited in the queue is found by its request id and beside the events of its session', async () => {
  const { deps } = inbox({ api: { effects: [EFFECT] } });
  await processInbox([eventMessage(cartEvent()), received(call), received(call)], deps);
  const entries = await entriesOf('r1', deps.store);
  expect(entries.map(({ type, outcome }) => `${type} ${outcome}`).toSorted()).toEqual([
    'cart applied',
    'trackEvent applied',
    'trackEvent duplicate',
  ]);
  expect(entries.find(({ outcome, type }) => type === 'trackEvent' && outcome === 'applied')).toMatchObject({
    application: 3,
    publishing: 'waiting',
  });
});

test('a refused call is told too', async () => {
  const { deps } = inbox({
    api: {
      before: () => {
        throw new NotFoundError('no');
      },
    },
  });
  await processInbox([received(call)], deps);
  expect(await entriesOf('r1', deps.store)).toMatchObject([{ outcome: 'parked', reason: 'refused', isParked: true }]);
});

test('of a delivery that concerns no session it is known when it was applied', async () => {
  const { deps } = inbox();
  const event = customerEvent();
  await processInbox([eventMessage(event)], deps);
  expect(await findStories(event.id, { store: deps.store, accountId: 1, segment })).toEqual({
    stories: [],
    appliedAt: NOW.toISOString(),
  });
});

test('a thin delivery is told as what it turned out to be: applied, older, or parked', async () => {
  let turnsOut = orderEvent();
  const { deps } = inbox({
    shops: shops({ api: { url: 'https://shop.example', secret: 'API' } }),
    platforms: new Map([['shopify', async () => ({ complete: async ({ id }) => [{ ...turnsOut, id }] })]]),
  });
  const [first, second, third] = [thinEvent(), thinEvent(), thinEvent()];
  await processInbox([eventMessage(first)], deps);
  turnsOut = orderEvent({ codes: [] }, { updatedAt: '2026-02-01T00:00:00Z' });
  await processInbox([eventMessage(second)], deps);
  turnsOut = orderEvent({ currency: 'USD' });
  await processInbox([eventMessage(third)], deps);
  const whole = await entriesOf('demo:order/100', deps.store);
  expect(whole.map(({ outcome }) => outcome).toSorted()).toEqual(['applied', 'parked', 'stale']);
  for (const { id } of [first, second, third]) expect(await entriesOf(id, deps.store)).toEqual(whole);
  expect(whole.find(({ outcome }) => outcome === 'parked')).toMatchObject({ delivery: third.id, isParked: true });
});

test('whose story it is can be found, and it is gone after 30 days', async () => {
  let now = NOW;
  const { deps } = inbox({ store: memoryStore(() => now), now: () => now });
  await processInbox([eventMessage(orderEvent()), eventMessage(orderEvent({ codes: [] }))], deps);
  const { items } = await deps.store.query('byOwner', { owner: 'owner of shopify:7' });
  expect(items.filter(({ partition }) => partition.startsWith('1/trace/'))).toHaveLength(2);
  now = new Date(NOW.getTime() + 30 * 86_400_000);
  expect(await storiesOf(SESSION, deps.store)).toEqual([]);
  expect(await storiesOf('demo:order/100', deps.store)).toEqual([]);
});

test('a story holds ids and fixed texts: no line of the order, no amount, no code that nobody knows, no referral', async () => {
  const effects: Effect[] = [
    { ...EFFECT, effectType: 'rejectCoupon', props: { value: 'ann@example.com', rejectionReason: 'CouponNotFound' } },
    { ...EFFECT, effectType: 'rejectCoupon', props: { value: 'SUMMER-2', rejectionReason: 'CouponExpired' } },
    { ...EFFECT, effectType: 'acceptReferral', props: { value: 'ANNS-CODE' } },
    { ...EFFECT, effectType: 'showNotification', props: { title: 'Dear Ann', body: 'private' } },
  ];
  const { deps } = inbox({ api: { effects } });
  await processInbox([eventMessage(orderEvent({ facts: { note: 'private' } }))], deps);
  const entries = await entriesOf(SESSION, deps.store);
  expect(entries[0]?.effects).toEqual({
    count: 4,
    types: [
      'rejectCoupon (CouponNotFound)',
      'rejectCoupon SUMMER-2 (CouponExpired)',
      'acceptReferral',
      'showNotification',
    ],
  });
  expect(JSON.stringify(entries)).not.toMatch(/ann@|ANNS|Dear|private|T-shirt|30\.00/);
});

test('the last entries are told, and how many came before', async () => {
  const { deps } = inbox();
  const events = Array.from({ length: MOST_ENTRIES + 3 }, () => cartEvent({ codes: [] }));
  await processInbox(
    events.map((event) => eventMessage(event)),
    deps,
  );
  const [story] = await storiesOf(SESSION, deps.store);
  expect(story?.entries).toHaveLength(MOST_ENTRIES);
  expect(story?.earlier).toBe(3);
});

test('a story that cannot be written harms no message', async () => {
  const store = memoryStore();
  const write: Store['write'] = (changes, attempt) =>
    changes.some((change) => 'put' in change && change.put.key.sort.includes('/stale/'))
      ? Promise.reject(new Error('away'))
      : store.write(changes, attempt);
  const { deps, warnings, lines } = inbox({ store: { ...store, write } as Store });
  const older = orderEvent({ codes: [] }, { updatedAt: '2026-02-01T00:00:00Z' });
  expect(await processInbox([eventMessage(orderEvent()), eventMessage(older)], deps)).toEqual([]);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['applied', 'stale']);
  expect(warnings).toHaveLength(1);
});

test('every line about a message names its delivery', async () => {
  const { deps, lines } = inbox({ mayBegin: () => false });
  const event = orderEvent();
  await processInbox([eventMessage(event), received(call)], deps);
  expect(lines).toMatchObject([
    { outcome: 'postponed', delivery: event.id, session: SESSION },
    { outcome: 'postponed', delivery: 'r1' },
  ]);
});
