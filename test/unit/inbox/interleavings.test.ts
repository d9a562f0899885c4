import fc from 'fast-check';
import { expect, test } from 'vitest';
import { processInbox } from '../../../lib/inbox/process.ts';
import type { IncomingMessage } from '../../../lib/inbox/queue.ts';
import type { Store } from '../../../lib/store/store.ts';
import { EFFECT, eventMessage, inbox, memoryStore, NOW, orderEvent, received, timesCalled } from './fakes.ts';

const event = orderEvent();
const MESSAGES: readonly (readonly [string, () => IncomingMessage])[] = [
  ['an event', () => eventMessage(event)],
  [
    'a call',
    () =>
      received({
        v: 1,
        kind: 'operation',
        application: 1,
        operation: 'trackEvent',
        request: { params: {}, query: {}, body: { type: 'x', sessionId: 's', attributes: {} } },
        requestId: 'r1',
        receivedAt: NOW.toISOString(),
      }),
  ],
];

/** A store whose reads and writes begin when the scheduler says, each a step of its own. */
const stepwise = (store: Store, scheduler: fc.Scheduler): Store => ({
  ...store,
  get: scheduler.scheduleFunction(store.get),
  write: scheduler.scheduleFunction(store.write),
});

test.each(MESSAGES)(
  '%s that two consumers hold at once has one effect, however their steps interleave',
  async (_, message) => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const store = memoryStore();
        const worker = () => inbox({ store: stepwise(store, scheduler), api: { effects: [EFFECT] } });
        const workers = [worker(), worker()];
        const ends = workers.map(({ deps }) => processInbox([message()], deps));
        const failed = await scheduler.waitFor(Promise.all(ends));
        expect(await timesCalled(store)).toEqual([1]);
        expect((await store.query('items', { partition: '1/outbox' })).items).toHaveLength(1);
        const outcomes = workers.flatMap(({ lines }) => lines.map(({ outcome }) => outcome));
        expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
        // Whoever came second is done with it as well, or gets it again and then sees that it is done.
        expect(await processInbox([message()], inbox({ store }).deps)).toEqual([]);
        expect(await timesCalled(store)).toEqual([1]);
        expect(failed.flat().length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  },
);
