import { beforeEach, expect, test } from 'vitest';
import type { Platform } from '../../lib/commerce/platform.ts';
import { readShops, type Shop } from '../../lib/commerce/shops.ts';
import { pauseShop } from '../../lib/inbox/pause.ts';
import { processInbox } from '../../lib/inbox/process.ts';
import { readNotes, writeNote } from '../../lib/inbox/reconcile-note.ts';
import { type ReconcileDeps, reconcileHandler } from '../../lib/lambda/reconcile-handler.ts';
import { type Held, openShop, SHOP_APIS, type ShopApi } from '../unit/commerce/shop-apis.ts';
import { brokenQueue, fakeQueue, inbox, received, segment } from '../unit/inbox/fakes.ts';
import { context, keptLog } from './fakes.ts';

const api = SHOP_APIS.find(({ name }) => name === 'woocommerce') as ShopApi;

let time: Date;
let orders: Held[];
let queue: ReturnType<typeof fakeQueue>;

beforeEach(() => {
  time = new Date('2026-06-10T12:00:00Z');
  orders = [1, 2, 3].map((id) => ({ id, changed: `2026-06-10T0${id}:00:00Z` }));
  queue = fakeQueue();
});

/** The names of shops, each with the settings that differ from a shop that can be read. */
const setting = async (
  named: Readonly<Record<string, Partial<Shop>>> = { demo: {} },
  platform: Platform = api.platform,
) => {
  const { context: listing } = await openShop(api, () => orders, time);
  const { apiSecret, shop } = listing;
  const shops = readShops({
    shops: Object.fromEntries(Object.entries(named).map(([name, over]) => [name, { ...shop, ...over }])),
  });
  const consumer = inbox({ now: () => time, shops });
  const kept = keptLog();
  const waits: number[] = [];
  const deps: ReconcileDeps = {
    shops,
    secrets: { get: async (names) => names.map(() => apiSecret) },
    store: consumer.deps.store,
    accountId: 1,
    segment,
    inbox: queue,
    now: () => time,
    fetch,
    wait: async (milliseconds) => void waits.push(milliseconds),
    log: kept.log,
  };
  const run = (remaining?: number, over: Partial<ReconcileDeps> = {}) =>
    reconcileHandler([platform], async () => ({ ...deps, ...over }))({}, context(remaining ?? 600_000));
  const deliver = async () => {
    for (const { body } of queue.sent.splice(0)) await processInbox([received(body)], consumer.deps);
  };
  return { run, deps, consumer, deliver, lines: kept.lines };
};

const outcomes = ({ lines }: Awaited<ReturnType<typeof setting>>) =>
  lines.map(({ shop, outcome, count }) => [shop, outcome, count].filter((each) => each !== undefined).join(' '));

const untilOf = async (shop: string, { deps }: Awaited<ReturnType<typeof setting>>) =>
  (await readNotes([shop], deps))[0]?.until;

test('what was missed is sent to the inbox and told of, a line each; a second run sends nothing', async () => {
  const shop = await setting();
  expect(await shop.run()).toEqual({ outcome: 'reconciled', count: 3 });
  expect(outcomes(shop)).toEqual(['demo repaired', 'demo repaired', 'demo repaired', 'demo reconciled 3']);
  await shop.deliver();
  expect(shop.consumer.calls).not.toEqual([]);
  expect(await shop.run()).toEqual({ outcome: 'reconciled', count: 0 });
  expect(queue.sent).toEqual([]);
});

test('what was sent is not sent every hour while it waits or is parked', async () => {
  const shop = await setting();
  await shop.run();
  time = new Date('2026-06-10T13:00:00Z');
  expect(await shop.run()).toEqual({ outcome: 'reconciled', count: 0 });
  expect(queue.sent).toHaveLength(3);
});

test('each run begins an hour before the one before ended, and leaves the last five minutes for the next', async () => {
  const shop = await setting();
  orders = [{ id: 1, changed: '2026-06-10T11:55:01Z' }];
  expect(await shop.run()).toMatchObject({ count: 0 });
  expect(await untilOf('demo', shop)).toBe('2026-06-10T11:55:00.000Z');
  time = new Date('2026-06-10T13:00:00Z');
  orders = [...orders, { id: 2, changed: '2026-06-10T10:55:01Z' }, { id: 3, changed: '2026-06-10T10:54:00Z' }];
  expect(await shop.run()).toMatchObject({ count: 2 });
});

test('a shop without an api is left alone, and so is one that is paused', async () => {
  const shop = await setting({ closed: { api: undefined }, paused: {} });
  await pauseShop('paused', shop.deps);
  time = new Date(time.getTime() + 60_000);
  expect(await shop.run()).toEqual({ outcome: 'reconciled', count: 0 });
  expect(outcomes(shop)).toEqual(['paused postponed']);
});

test('a shop that fails is told of, and the others go on; its next run begins where this one did', async () => {
  const bad = { url: 'http://127.0.0.1:9', secret: 'A' };
  const shop = await setting({ bad: { api: bad }, good: {} });
  expect(await shop.run()).toEqual({ outcome: 'failed', count: 3 });
  expect(outcomes(shop)).toContain('bad failed');
  expect(outcomes(shop)).toContain('good reconciled 3');
  expect(await untilOf('bad', shop)).toBeUndefined();
  expect(shop.lines.findLast(({ outcome }) => outcome === 'failed')).toMatchObject({ shop: 'bad', level: 'error' });
});

test('the shop that was tried longest ago comes first', async () => {
  const shop = await setting({ a: {}, b: {} });
  await writeNote({ shop: 'a', tried: '2026-06-10T11:00:00.000Z', version: 0 }, shop.deps);
  await shop.run();
  expect(shop.lines.filter(({ outcome }) => outcome === 'reconciled').map((line) => line.shop)).toEqual(['b', 'a']);
});

test('without time for all of it what was read is repaired, and the next run does the rest', async () => {
  const shop = await setting();
  // Asked once for its end, and once before each shop.
  let left = 3;
  const run = reconcileHandler([api.platform], async () => shop.deps);
  const hurried = { ...context(), getRemainingTimeInMillis: () => (left-- > 0 ? 600_000 : 1_000) };
  expect(await run({}, hurried)).toEqual({ outcome: 'reconciled', count: 2 });
  expect(outcomes(shop).at(-1)).toBe('demo unfinished 2');
  expect(await untilOf('demo', shop)).toBeUndefined();
  expect(await shop.run()).toMatchObject({ count: 1 });
});

/** Runs with time for so many things of the lists. */
const runFor = (things: number, { deps }: Awaited<ReturnType<typeof setting>>, platform = api.platform) => {
  // Asked once for its end, and once before each shop.
  let left = things + 1;
  const getRemainingTimeInMillis = () => (left-- > 0 ? 600_000 : 1_000);
  return reconcileHandler([platform], async () => deps)({}, { ...context(), getRemainingTimeInMillis });
};

const numbersSent = () =>
  queue.sent.map(({ body }) => Number(JSON.parse(body).event.order.id)).toSorted((one, other) => one - other);

test('a shop that takes many runs is read to its end, each run from where the one before stopped', async () => {
  orders = Array.from({ length: 350 }, (_, index) => ({ id: index + 1, changed: '2026-06-10T08:00:00Z' }));
  const shop = await setting();
  const counts: number[] = [];
  for (let hour = 12; hour < 20 && (await untilOf('demo', shop)) === undefined; hour++) {
    time = new Date(`2026-06-10T${hour}:00:00Z`);
    counts.push((await runFor(120, shop)).count);
  }
  // What is read again, because pages are counted, was sent before.
  expect(counts).toEqual([120, 100, 100, 30]);
  expect(numbersSent()).toEqual(orders.map(({ id }) => id));
  expect(await untilOf('demo', shop)).toBe('2026-06-10T11:55:00.000Z');
});

test('what changes while a shop is read in many runs is found by the reading that follows', async () => {
  orders = Array.from({ length: 150 }, (_, index) => ({ id: index + 1, changed: '2026-06-10T08:00:00Z' }));
  const shop = await setting();
  await runFor(100, shop);
  await shop.deliver();
  time = new Date('2026-06-10T13:00:00Z');
  orders = orders.map((each) =>
    each.id === 2 ? { id: 2, changed: '2026-06-10T12:10:00Z', odd: { status: 'cancelled' } } : each,
  );
  expect(await shop.run()).toMatchObject({ count: 50 });
  expect(await untilOf('demo', shop)).toBe('2026-06-10T11:55:00.000Z');
  await shop.deliver();
  time = new Date('2026-06-10T14:00:00Z');
  expect(await shop.run()).toMatchObject({ count: 1 });
  expect(numbersSent()).toEqual([2]);
});

test('a shop whose API fails in the middle is read on from there, and what was read is repaired', async () => {
  orders = Array.from({ length: 250 }, (_, index) => ({ id: index + 1, changed: '2026-06-10T08:00:00Z' }));
  const shop = await setting();
  const failing: typeof fetch = async (input, init) =>
    String(input).includes('&page=2') ? Promise.reject(new TypeError('away')) : fetch(input, init);
  expect(await shop.run(undefined, { fetch: failing })).toEqual({ outcome: 'failed', count: 0 });
  expect(queue.sent).toHaveLength(100);
  expect(await shop.run()).toEqual({ outcome: 'reconciled', count: 150 });
});

test('a platform that asks to wait longer than the run has time is gone on with in the next run', async () => {
  orders = Array.from({ length: 250 }, (_, index) => ({ id: index + 1, changed: '2026-06-10T08:00:00Z' }));
  const shop = await setting();
  const throttled: typeof fetch = async (input, init) =>
    String(input).includes('&page=2')
      ? new Response('{}', { status: 429, headers: { 'retry-after': '50' } })
      : fetch(input, init);
  let waited = 0;
  const wait = async (milliseconds: number) => {
    waited += milliseconds;
    time = new Date(time.getTime() + milliseconds);
  };
  expect(await shop.run(200_000, { fetch: throttled, wait })).toEqual({ outcome: 'reconciled', count: 100 });
  expect(waited).toBeLessThan(140_000);
  expect(outcomes(shop).at(-1)).toBe('demo unfinished 100');
  expect(await shop.run()).toEqual({ outcome: 'reconciled', count: 150 });
});

test('a shop that moved to another platform is read from its beginning', async () => {
  const shop = await setting();
  const place = { list: 'any', after: '300' };
  const reading = { since: '2026-06-10T00:00:00.000Z', until: '2026-06-10T11:00:00.000Z', place };
  await writeNote({ shop: 'demo', reading: { platform: 'shopify', ...reading }, version: 0 }, shop.deps);
  expect(await shop.run()).toMatchObject({ count: 3 });
});

test('a queue or a store that is away fails the run and loses nothing', async () => {
  const shop = await setting();
  expect(await shop.run(undefined, { inbox: brokenQueue })).toEqual({ outcome: 'failed', count: 0 });
  expect(await untilOf('demo', shop)).toBeUndefined();
  expect(await shop.run()).toMatchObject({ outcome: 'reconciled', count: 3 });
  const away = async () => Promise.reject(new Error('the table is away'));
  expect(await reconcileHandler([], away)({}, context())).toEqual({ outcome: 'failed', count: 0 });
});

test('what cannot be read is told of by its id alone', async () => {
  orders = [{ id: 1, changed: '2026-06-10T01:00:00Z', odd: { currency: 'ann@example.com' } }];
  const shop = await setting();
  await shop.run();
  expect(shop.lines[0]).toMatchObject({ outcome: 'skipped', id: 'order/1', reason: 'InvalidRequestError' });
  expect(JSON.stringify(shop.lines)).not.toContain('@');
});
