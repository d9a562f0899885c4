import { expect, test } from 'vitest';
import { deliveryNotes, lastDelivery } from '../../../lib/inbox/last-delivery.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { eventMessage, inbox, memoryStore, NOW, orderEvent, received } from './fakes.ts';

const ABOUT = { delivery: 'abc', type: 'order', outcome: 'applied' } as const;

const noting = (store = memoryStore()) => {
  let clock = NOW.getTime();
  const deps = { store, accountId: 1, now: () => new Date(clock) };
  return {
    deps,
    note: deliveryNotes(deps),
    pass: (ms: number) => {
      clock += ms;
    },
  };
};

test('the first delivery of a shop is noted at once, and then at most one a minute', async () => {
  const { deps, note, pass } = noting();
  expect(await lastDelivery('demo', deps)).toBeUndefined();
  await note('demo', ABOUT);
  await note('other', { ...ABOUT, delivery: 'other' });
  pass(59_999);
  await note('demo', { ...ABOUT, delivery: 'soon' });
  expect(await lastDelivery('demo', deps)).toEqual({ ...ABOUT, at: NOW.toISOString() });
  expect(await lastDelivery('other', deps)).toMatchObject({ delivery: 'other' });
  pass(1);
  await note('demo', { ...ABOUT, delivery: 'later' });
  expect(await lastDelivery('demo', deps)).toMatchObject({ delivery: 'later' });
});

test('two processes that note at once do not fail', async () => {
  const store = memoryStore();
  await Promise.all([noting(store), noting(store), noting(store)].map(({ note }) => note('demo', ABOUT)));
  expect(await lastDelivery('demo', { store, accountId: 1 })).toMatchObject(ABOUT);
});

test('what a shop delivered is noted with what came of it; nothing is of an unknown shop, or of what is no message', async () => {
  const noted: unknown[] = [];
  const { deps } = inbox({ noteDelivery: async (...all) => void noted.push(all) });
  const [order, odd] = [orderEvent(), orderEvent({ currency: 'USD', id: '2', session: 's2' })];
  await processInbox([eventMessage(order), eventMessage(odd), eventMessage(orderEvent({}, { shop: 'gone' }))], deps);
  await processInbox([received('{')], deps);
  expect(noted).toEqual([
    ['demo', { delivery: order.id, type: 'order', outcome: 'applied', reason: 'session closed' }],
    ['demo', { delivery: odd.id, type: 'order', outcome: 'parked', reason: 'unusable' }],
  ]);
});

test('a note that fails is told of, and its message is done with all the same', async () => {
  const { deps, calls, warnings } = inbox({ noteDelivery: () => Promise.reject(new Error('away')) });
  expect(await processInbox([eventMessage(orderEvent())], deps)).toEqual([]);
  expect(calls).toHaveLength(1);
  expect(warnings).toMatchObject([{ message: 'away' }]);
});
