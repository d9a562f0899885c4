import { expect, test } from 'vitest';
import { UnusableEventError } from '../../../lib/commerce/errors.ts';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import type { CompleteContext } from '../../../lib/commerce/platform.ts';
import { ConfigurationError, UpstreamError } from '../../../lib/contract/errors.ts';
import { enqueueEvent } from '../../../lib/inbox/enqueue.ts';
import type { InboxDeps } from '../../../lib/inbox/process.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import {
  customerEvent,
  demoShop,
  EFFECT,
  eventMessage,
  everythingParked,
  fakeQueue,
  inbox,
  NOW,
  orderEvent,
  segment,
  shops,
  thinEvent,
  timesCalled,
  unreachable,
} from './fakes.ts';

const API = { url: 'https://shop.example', secret: 'API' };
const CALL = { method: 'GET', path: '/orders/{id}', status: 503 };

type Complete = (event: CommerceEvent, context: CompleteContext) => Promise<CommerceEvent[]>;

/** The inbox of shops whose platform can be read. */
const reading = (complete: Complete, over: Parameters<typeof inbox>[0] & { shops?: InboxDeps['shops'] } = {}) =>
  inbox({ shops: shops({ api: API }), platforms: new Map([['shopify', async () => ({ complete })]]), ...over });

const as = (thin: CommerceEvent, event: CommerceEvent): CommerceEvent => ({ ...event, id: thin.id });

test('a thin event is applied as what the platform says it is, under its own id, in one line', async () => {
  const thin = thinEvent();
  const asked: unknown[] = [];
  const { deps, calls, lines } = reading(async (event, context) => {
    const { name, shop, apiSecret, pseudonym } = context;
    asked.push({ event, name, platform: shop.platform, apiSecret, guest: pseudonym('ann') });
    return [as(event, orderEvent())];
  });
  expect(await processInbox([eventMessage(thin)], deps)).toEqual([]);
  expect(asked).toEqual([
    { event: thin, name: 'demo', platform: 'shopify', apiSecret: 'value of API', guest: segment('guest', 'ann') },
  ]);
  expect(calls).toMatchObject([{ operation: 'updateCustomerSessionV2' }]);
  expect(lines).toMatchObject([
    { delivery: thin.id, outcome: 'applied', state: 'closed', session: 'shopify:checkout:1', steps: 1 },
  ]);
});

test('effects of what it turned out to be belong to the person in it', async () => {
  const { deps } = reading(async (event) => [as(event, orderEvent())], { api: { effects: [EFFECT] } });
  await processInbox([eventMessage(thinEvent())], deps);
  const { items } = await deps.store.query('items', { partition: '1/outbox' });
  expect(items).toMatchObject([{ owner: 'owner of shopify:7' }]);
});

test.each([
  ['shops.yaml names no api', { shops: shops() }],
  ['the platform has no way', { platforms: new Map([['shopify', async () => ({})]]) }],
  ['nobody knows the platform', { platforms: new Map() }],
])('it goes on waiting for a later picture where %s', async (_, over) => {
  const { deps, calls, lines } = reading(() => Promise.reject(new Error('asked')), over);
  expect(await processInbox([eventMessage(thinEvent())], deps)).toEqual([]);
  expect(calls).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'waiting' }]);
});

test('what cannot be read by its name is told of by a later picture', async () => {
  const { deps, lines } = reading(async () => []);
  expect(await processInbox([eventMessage(thinEvent())], deps)).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'waiting', reason: 'nothing to read' }]);
});

test('several events of one type are all applied, and once, whatever is redelivered and however they are ordered', async () => {
  const thin = thinEvent();
  let both = [orderEvent({ session: 'one', id: '1' }), orderEvent({ session: 'two', id: '2' }), customerEvent()];
  const { deps, calls, lines } = reading(async (event) => both.map((each) => as(event, each)));
  await processInbox([eventMessage(thin)], deps);
  both = both.toReversed();
  await processInbox([eventMessage(thin)], deps);
  expect(calls).toHaveLength(3);
  expect(await timesCalled(deps.store)).toEqual([1, 1, 1]);
  expect(lines).toMatchObject([
    { outcome: 'applied', steps: 3 },
    { outcome: 'duplicate', steps: 0 },
  ]);
});

test('read again, as another hook of the same bytes makes it, what changed since is applied', async () => {
  const thin = thinEvent();
  let order = orderEvent({ payment: 'unpaid' });
  const { deps, calls, lines } = reading(async (event) => [as(event, order)]);
  await processInbox([eventMessage(thin)], deps);
  order = orderEvent({ payment: 'paid' });
  await processInbox([eventMessage(thin)], deps);
  await processInbox([eventMessage(thin)], deps);
  expect(calls).toHaveLength(2);
  expect(lines.map(({ outcome, state }) => [outcome, state])).toEqual([
    ['applied', 'open'],
    ['applied', 'closed'],
    ['duplicate', undefined],
  ]);
});

test('interrupted between two of them, it reads again and goes on with the rest', async () => {
  const thin = thinEvent();
  const events = [orderEvent({ session: 'one', id: '1' }), orderEvent({ session: 'two', id: '2' })];
  let time = 2;
  const { deps, calls } = reading(async (event) => events.map((each) => as(event, each)), {
    mayBegin: () => time-- > 0,
  });
  const message = eventMessage(thin);
  expect(await processInbox([message], deps)).toEqual([message.id]);
  time = 100;
  expect(await processInbox([message], deps)).toEqual([]);
  expect(calls).toHaveLength(2);
  expect(await timesCalled(deps.store)).toEqual([1, 1]);
});

test('a platform that is away is an outage: the event waits as long as it asks, and so does what is behind it', async () => {
  const { deps, waits, lines } = reading(
    async (_, { fetch }) => {
      await fetch('https://shop.example/orders/1');
      throw new UpstreamError('away', CALL, 'retry');
    },
    { fetch: async () => new Response('', { status: 503, headers: { 'retry-after': '120' } }) },
  );
  const batch = [thinEvent(), orderEvent()].map((event, index) => eventMessage(event, { receipt: `r${index}` }));
  expect(await processInbox(batch, deps)).toHaveLength(2);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['failed', 'postponed']);
  expect(waits).toEqual([
    { receipt: 'r0', seconds: 132 },
    { receipt: 'r1', seconds: 133 },
  ]);
  expect(await everythingParked(deps.store)).toEqual([]);
});

test.each([
  ['a refused connection', { fetch: unreachable }],
  ['a secret that is not there', { apiSecret: () => Promise.reject(new ConfigurationError('no secret API')) }],
])('%s is an outage, too', async (_, over) => {
  const { deps, lines } = reading((_, { fetch }) => fetch('https://shop.example').then(() => []), over);
  expect(await processInbox([eventMessage(thinEvent())], deps)).toHaveLength(1);
  expect(lines).toMatchObject([{ outcome: 'failed' }]);
});

test('what the platform does not have is parked, under nobody: only its name is in the message', async () => {
  const thin = thinEvent();
  const { deps } = reading(() => Promise.reject(new UnusableEventError('gone')));
  expect(await processInbox([eventMessage(thin)], deps)).toEqual([]);
  const [parked] = await everythingParked(deps.store);
  expect(parked).toMatchObject({ reason: 'unusable' });
  expect(JSON.parse(parked?.message ?? '').event).toEqual(thin);
});

test('a platform that hangs is given up before the consumer’s time is over', async () => {
  let now = NOW;
  const hangs: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      const signal = init?.signal as AbortSignal;
      const give = () => reject(signal.reason);
      if (signal.aborted) give();
      else signal.addEventListener('abort', give);
    });
  const { deps, lines } = reading((_, { fetch }) => fetch('https://shop.example').then(() => []), {
    fetch: hangs,
    now: () => now,
  });
  now = new Date(NOW.getTime() + 29_990);
  const message = eventMessage(thinEvent(), { sentAt: now });
  expect(await processInbox([message], deps)).toEqual([message.id]);
  expect(lines).toMatchObject([{ outcome: 'failed', reason: 'TimeoutError' }]);
});

test('a thin event that names its session is in that session’s group, another is in its own', async () => {
  const group = async (event: CommerceEvent) => {
    const queue = fakeQueue();
    await enqueueEvent(event, demoShop(), { inbox: queue, segment, now: () => NOW });
    return queue.sent[0]?.group;
  };
  const order = await group(orderEvent());
  expect(await group(thinEvent({ session: 'shopify:checkout:1' }))).toBe(order);
  expect(await group(thinEvent())).not.toBe(order);
  expect(await group(thinEvent())).toBe(await group(thinEvent()));
});
