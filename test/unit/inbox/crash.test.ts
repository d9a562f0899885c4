import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import { readHint, sweepOutbox } from '../../../lib/inbox/outbox.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { publish } from '../../../lib/inbox/publish.ts';
import type { IncomingMessage, Queue } from '../../../lib/inbox/queue.ts';
import type { Store } from '../../../lib/store/store.ts';
import {
  cartEvent,
  EFFECT,
  eventMessage,
  fakeQueue,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  publishing,
  received,
  timesCalled,
} from './fakes.ts';

/** A world that dies after so many of its changes: what was changed stays, all else fails until it is revived. */
const mortal = (store: Store, queue: Queue) => {
  let left = Number.POSITIVE_INFINITY;
  const alive = <T>(work: () => Promise<T>): Promise<T> => (left > 0 ? work() : Promise.reject(new Error('dead')));
  const change = async (work: () => Promise<void>) => {
    await alive(work);
    left--;
    await alive(async () => {});
  };
  return {
    dieAfter: (changes: number) => {
      left = changes;
    },
    store: {
      ...store,
      get: (keys) => alive(() => store.get(keys)),
      write: (changes, attempt) => change(() => store.write(changes, attempt)),
    } as Store,
    queue: { send: (message) => change(() => queue.send(message)) } as Queue,
  };
};

const returns = [
  { id: '1', amount: '1.00', lines: [] },
  { id: '2', amount: '2.00', lines: [] },
];

const story = (): IncomingMessage[] =>
  [
    cartEvent({ codes: [] }, { updatedAt: '2026-03-01T10:00:00Z' }),
    orderEvent({ payment: 'unpaid' }, { updatedAt: '2026-03-01T10:01:00Z' }),
    orderEvent({}, { updatedAt: '2026-03-01T10:02:00Z' }),
    orderEvent({ returns }, { updatedAt: '2026-03-01T10:03:00Z' }),
    orderEvent({ returns, cancelled: true }, { updatedAt: '2026-03-01T10:04:00Z' }),
  ].map((event: CommerceEvent) => eventMessage(event));

const call = received({
  v: 1,
  kind: 'operation',
  application: 1,
  operation: 'trackEvent',
  request: { params: {}, query: {}, body: { type: 'x', sessionId: 's', attributes: {} } },
  requestId: 'r1',
  receivedAt: NOW.toISOString(),
});

/** Runs a batch in a world that dies after `changes`, then again until nothing fails, then publishes what waits. */
const lived = async (batch: readonly IncomingMessage[], changes: number) => {
  const memory = memoryStore();
  const outbox = fakeQueue();
  const queue = fakeQueue();
  const world = mortal(memory, outbox);
  const { deps } = inbox({ store: world.store, hints: world.queue, api: { effects: [EFFECT] } });
  world.dieAfter(changes);
  const failed = await processInbox(batch, deps);
  world.dieAfter(Number.POSITIVE_INFINITY);
  // A crash gives no answer: the whole batch comes again.
  const again = await processInbox(batch, deps);

  const later = new Date(NOW.getTime() + 3_600_000);
  await sweepOutbox({ store: memory, hints: outbox, now: () => later, mayBegin: () => true });
  for (const { body } of outbox.sent) {
    const key = readHint(body);
    if (key) await publish(key, publishing({ store: memory, queue }));
  }
  const published = queue.sent.map(({ body }) => JSON.parse(body).id as string);
  const items = async (partition: string) => (await memory.query('items', { partition })).items;
  const history = await memory.get([{ partition: historyPartition, sort: 'history' }]);
  return {
    crashed: failed.length > 0,
    again,
    calls: (await timesCalled(memory)).length,
    most: Math.max(...(await timesCalled(memory))),
    published: published.toSorted(),
    parked: await items('1/parked'),
    history: history.map((item) => item?.data),
  };
};

const historyPartition = `1/history/${inbox().deps.segment('session', 'demo', 'shopify:checkout:1')}`;

test('a crash after any change, and the same batch again: nothing lost, nothing twice', async () => {
  const batch = [...story(), call];
  const whole = await lived(batch, Number.POSITIVE_INFINITY);
  expect(whole).toMatchObject({ crashed: false, again: [], calls: 7, most: 1, parked: [] });
  expect(whole.published).toHaveLength(7);
  expect(new Set(whole.published).size).toBe(7);

  let crashes = 0;
  for (let changes = 0; changes < 30; changes++) {
    const { crashed, ...end } = await lived(batch, changes);
    if (crashed) crashes++;
    const { crashed: _, ...expected } = whole;
    expect(end, `after ${changes} changes`).toEqual(expected);
  }
  // Seven calls and six hints: all but the last hint may be cut off.
  expect(crashes).toBeGreaterThanOrEqual(12);
});

test('crash after crash, with messages in any order and repeated: each call is made once', async () => {
  const batches = fc.shuffledSubarray([0, 1, 2, 3, 4, 0, 1, 2, 3, 4], { minLength: 5 });
  await fc.assert(
    fc.asyncProperty(batches, fc.array(fc.nat(5), { maxLength: 6 }), async (picks, deaths) => {
      const messages = story();
      const store = memoryStore();
      const world = mortal(store, fakeQueue());
      const { deps } = inbox({ store: world.store, hints: world.queue, api: { effects: [EFFECT] } });
      const batch = picks.map((pick) => messages[pick] as IncomingMessage);
      for (const changes of deaths) {
        world.dieAfter(changes);
        await processInbox(batch, deps);
      }
      world.dieAfter(Number.POSITIVE_INFINITY);
      expect(await processInbox(batch, deps)).toEqual([]);
      for (const times of await timesCalled(store)) expect(times).toBe(1);
    }),
    { numRuns: 200 },
  );
});
