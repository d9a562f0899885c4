import { randomUUID } from 'node:crypto';
import { listHeld } from '../../../lib/inbox/hold.ts';
import { pauseReader, pauseShop } from '../../../lib/inbox/pause.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import type { IncomingMessage, OutgoingMessage } from '../../../lib/inbox/queue.ts';
import { resumeShop } from '../../../lib/inbox/resume.ts';
import type { Store } from '../../../lib/store/store.ts';
import { eventMessage, inbox, memoryStore, NOW, type orderEvent } from './fakes.ts';

/** A FIFO queue with its consumers, on one clock. */
export const world = (over: Parameters<typeof inbox>[0] = {}, open: (now: () => Date) => Store = memoryStore) => {
  let time = NOW.getTime();
  let sequence = 0;
  const now = () => new Date(time);
  const store = open(now);
  const queue: IncomingMessage[] = [];
  const { deps, lines, calls } = inbox({ ...over, store, now });
  // Each consumer remembers pauses by itself.
  const consumers = [deps, { ...deps, pauses: pauseReader({ store, accountId: 1, now }) }];
  const put = (body: string, group: string) =>
    queue.push({ id: randomUUID(), group, body, sentAt: now(), sequence: String(++sequence).padStart(20, '0') });
  const accepted = new Set<string>();
  return {
    store,
    queue,
    lines,
    calls,
    now,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    deliver: (event: ReturnType<typeof orderEvent>, group = 'one') => put(eventMessage(event).body, group),
    /** Hands the first `count` messages to a consumer; what it does not give back leaves the queue. */
    consume: async (count = 10, consumer = 0) => {
      const batch = queue.slice(0, count);
      const failed = new Set(await processInbox(batch, consumers[consumer] ?? deps));
      const done = new Set(batch.map(({ id }) => id).filter((id) => !failed.has(id)));
      queue.splice(0, queue.length, ...queue.filter(({ id }) => !done.has(id)));
    },
    inbox: {
      send: async ({ body, group = '', deduplicationId = randomUUID() }: OutgoingMessage) => {
        if (accepted.has(deduplicationId)) return;
        accepted.add(deduplicationId);
        put(body, group);
      },
    },
    deps: { store, accountId: 1, now },
    pauses: deps.pauses,
  };
};

/** Resumes a shop; while it waits, the queue is consumed. */
export const resume = (shop: string, at: ReturnType<typeof world>, wait = () => at.consume()) =>
  resumeShop(shop, { ...at.deps, inbox: at.inbox, wait, pace: async () => {}, progress: () => {} });

/** A queue whose shop is paused, and every consumer knows it. */
export const paused = async (...how: Parameters<typeof world>) => {
  const at = world(...how);
  await pauseShop('demo', at.deps);
  at.pass(10_000);
  return at;
};

/** The ids of the events that are held for a shop, in their order. */
export const held = async (store: Store, shop = 'demo') => {
  const found: string[] = [];
  for await (const { message } of listHeld(shop, { store, accountId: 1 })) found.push(JSON.parse(message).event.id);
  return found;
};
