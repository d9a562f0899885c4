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

test('without time for all of it what was read is repaired, and the next run begins where this one did', async () => {
  const shop = await setting();
  let left = 2;
  const run = reconcileHandler([api.platform], async () => shop.deps);
  const hurried = { ...context(), getRemainingTimeInMillis: () => (left-- > 0 ? 600_000 : 1_000) };
  expect(await run({}, hurried)).toEqual({ outcome: 'reconciled', count: 2 });
  expect(outcomes(shop).at(-1)).toBe('demo unfinished 2');
  expect(await untilOf('demo', shop)).toBeUndefined();
  expect(await shop.run()).toMatchObject({ count: 1 });
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
