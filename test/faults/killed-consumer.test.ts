import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommerceEvent } from '../../lib/commerce/event.ts';
import { enqueueEvent } from '../../lib/inbox/enqueue.ts';
import { readHint, sweepOutbox } from '../../lib/inbox/outbox.ts';
import { publish } from '../../lib/inbox/publish.ts';
import type { Store } from '../../lib/store/store.ts';
import type { LocalSqs } from '../../lib/tools/sqs.ts';
import { consume } from '../support/consumer.ts';
import { localQueue, startLocalServer } from '../support/local-queue.ts';
import type { TestQueue } from '../support/queue-model.ts';
import {
  cartEvent,
  customerEvent,
  demoShop,
  EFFECT,
  everythingParked,
  fakeQueue,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  publishing,
  segment,
  shops,
  timesCalled,
} from '../unit/inbox/fakes.ts';

// The inbox's consumer on the real local queue, killed at each of its awaits in turn: before the thing that it awaits had
// any effect, and after. Nothing that a killed process still tries has an effect; what it held comes again.

const SETTINGS = { VisibilityTimeout: 180, MessageRetentionPeriod: 1_209_600, maxReceiveCount: 1000 };

let sqs: LocalSqs;
beforeAll(async () => {
  sqs = await startLocalServer();
});
afterAll(() => sqs.stop());
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterEach(() => void vi.useRealTimers());

/** A process that dies at one await of its life. */
const mortal = (at: number, when: 'before' | 'after') => {
  let awaits = 0;
  let dead = false;
  const live = async <T>(act: () => Promise<T>): Promise<T> => {
    if (dead) throw new Error('dead');
    awaits += 1;
    const dies = awaits === at;
    dead = dies && when === 'before';
    if (dead) throw new Error('killed before');
    const result = await act();
    dead = dies;
    if (dead) throw new Error('killed after');
    return result;
  };
  const revive = () => {
    dead = false;
  };
  return { live, revive, awaits: () => awaits, isDead: () => dead };
};

type Mortal = ReturnType<typeof mortal>;

const dying = (store: Store, { live }: Mortal): Store => ({
  get: (keys) => live(() => store.get(keys)),
  query: ((index: 'items', query: never) => live(() => store.query(index, query))) as Store['query'],
  write: (changes, attempt) => live(() => store.write(changes, attempt)),
  purge: () => store.purge(),
  close: () => store.close(),
});

const at = (minute: number) => ({
  updatedAt: `2026-03-01T10:0${minute}:00Z`,
  id: String(minute).padStart(64, '0'),
});
const returns = [{ id: 'refund', amount: '1.00', lines: [] }];

/** Two groups, each with a poison message in the middle. */
const STORY: readonly CommerceEvent[] = [
  cartEvent({ codes: [] }, at(1)),
  orderEvent({ currency: 'USD' }, at(2)),
  customerEvent({ facts: { country: 'DE' } }, at(3)),
  orderEvent({ returns }, at(4)),
];
const POISON = { body: 'not JSON', group: segment('profile', 'shopify:7'), deduplicationId: 'poison' };

const send = async (queue: TestQueue): Promise<void> => {
  for (const event of STORY) await enqueueEvent(event, demoShop(), { inbox: queue, segment, now: () => NOW });
  await queue.send(POISON);
  await enqueueEvent(customerEvent({ facts: { country: 'FR' } }, at(5)), demoShop(), {
    inbox: queue,
    segment,
    now: () => NOW,
  });
};

/** Consumes until nothing comes any more; a killed consumer is followed by a new one. */
const consumed = async (queue: TestQueue, store: Store, life: Mortal) => {
  const hints = fakeQueue();
  const { live } = life;
  const { deps } = inbox({
    store: dying(store, life),
    shops: shops({ attributes: { session: [], item: [], profile: ['country'] } }),
    hints: { send: (message) => live(() => hints.send(message)) },
    delay: (waits) => live(() => queue.delay(waits)),
    now: () => new Date(),
    api: { effects: [EFFECT] },
  });
  const held = { receive: queue.receive, remove: (receipts: readonly string[]) => live(() => queue.remove(receipts)) };
  for (let idle = 0; idle < 2; ) {
    const handled = await consume(held, deps).catch(() => undefined);
    if (life.isDead()) {
      life.revive();
      await queue.later(SETTINGS.VisibilityTimeout);
    } else if (handled?.length === 0) {
      idle += 1;
      await queue.later(SETTINGS.VisibilityTimeout);
    }
  }
  await sweepOutbox({ store, hints, now: () => new Date(Date.now() + 3_600_000), mayBegin: () => true });
  const target = fakeQueue();
  for (const { body } of hints.sent) {
    const key = readHint(body);
    if (key) await publish(key, publishing({ store, queue: target }));
  }
  return target.sent.map(({ body }) => JSON.parse(body).id as string).toSorted();
};

const lived = async (killedAt: number, when: 'before' | 'after') => {
  const queue = await localQueue(sqs, SETTINGS);
  const store = memoryStore(() => new Date());
  const life = mortal(killedAt, when);
  await send(queue);
  const published = await consumed(queue, store, life);
  const parked = await everythingParked(store);
  const end = {
    calls: await timesCalled(store),
    published,
    parked: parked.map(({ reason }) => reason).toSorted(),
    dead: await queue.deadLetters(),
  };
  return { end, queue, store, awaits: life.awaits(), killed: life.awaits() >= killedAt };
};

const CALM = Number.POSITIVE_INFINITY;

describe('on the local queue', () => {
  test('a poison message is parked, and its group and the others go on: all calls are made, and none twice', async () => {
    const { end, awaits } = await lived(CALM, 'after');
    expect(end.calls).toEqual([1, 1, 1, 1, 1]);
    expect(end.published).toHaveLength(5);
    expect(end).toMatchObject({ parked: ['unreadable', 'unusable'], dead: [] });
    expect(awaits).toBeGreaterThan(15);
  });

  test('everything delivered again, when the queue has forgotten it, changes nothing', async () => {
    const { end, queue, store } = await lived(CALM, 'after');
    await queue.later(301);
    await send(queue);
    expect(await consumed(queue, store, mortal(CALM, 'after'))).toEqual([]);
    expect(await timesCalled(store)).toEqual(end.calls);
    expect(await queue.deadLetters()).toEqual([]);
  });

  test.each(['before', 'after'] as const)(
    'a consumer killed right %s any of its awaits loses nothing and does nothing twice',
    async (when) => {
      const { end, awaits } = await lived(CALM, when);
      for (let killedAt = 1; killedAt <= awaits; killedAt++) {
        vi.setSystemTime(NOW);
        const other = await lived(killedAt, when);
        expect(other.killed).toBe(true);
        expect(other.end, `killed ${when} await ${killedAt} of ${awaits}`).toEqual(end);
      }
    },
  );
});
