import { expect, test } from 'vitest';
import { UnknownApplicationError } from '../../../lib/contract/errors.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import type { IncomingMessage } from '../../../lib/inbox/queue.ts';
import { cartEvent, customerEvent, eventMessage, everythingParked, inbox, NOW, orderEvent } from './fakes.ts';

const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });

/** Sessions fail, customers do not. */
const sessionsFail = {
  before: ({ operation }: { operation: string }) => {
    if (operation === 'updateCustomerSessionV2') throw away;
  },
};

const message = (receipt: string, event = orderEvent(), over: Partial<IncomingMessage> = {}) =>
  eventMessage(event, { receipt, receives: 1, ...over });

test('the head of a group waits as its error asks, what is behind it a second longer, other groups not at all', async () => {
  const { deps, waits } = inbox({ api: sessionsFail });
  const batch = [
    message('head', orderEvent(), { receives: 3 }),
    message('second', cartEvent(), { receives: 90 }),
    message('other', customerEvent(), { group: 'two' }),
    message('third', orderEvent()),
    message('alone', orderEvent(), { group: undefined }),
  ];
  expect(await processInbox(batch, deps)).toHaveLength(4);
  expect(new Map(waits.map(({ receipt, seconds }) => [receipt, seconds]))).toEqual(
    new Map([
      ['head', 20],
      ['second', 21],
      ['third', 21],
      ['alone', 5],
    ]),
  );
});

test('what time did not suffice for comes again at once, in order', async () => {
  const { deps, waits } = inbox({ mayBegin: () => false });
  await processInbox([message('one'), message('two')], deps);
  expect(waits).toEqual([
    { receipt: 'one', seconds: 1 },
    { receipt: 'two', seconds: 2 },
  ]);
});

test('what was done or parked is not waited for, and nothing is told where nothing waits', async () => {
  let told = 0;
  const { deps } = inbox({ delay: async () => void told++ });
  await processInbox([message('done'), message('parked', orderEvent({ currency: 'USD' }))], deps);
  expect(told).toBe(0);
});

test('a queue that cannot be told is not worth failing for: the message comes when its time is up', async () => {
  const { deps, warnings } = inbox({ api: sessionsFail, delay: () => Promise.reject(away) });
  const only = message('head');
  expect(await processInbox([only], deps)).toEqual([only.id]);
  expect(warnings).toEqual([away]);
});

test('an outage of more than ten days is parked before the queue loses the message, and the group goes on', async () => {
  const later = new Date(NOW.getTime() + 10 * 86_400_000 + 1);
  let calls = 0;
  const { deps } = inbox({
    now: () => later,
    api: {
      before: () => {
        if (++calls === 1) throw away;
      },
    },
  });
  expect(await processInbox([message('old'), message('new', cartEvent(), { sentAt: later })], deps)).toEqual([]);
  expect(await everythingParked(deps.store)).toMatchObject([{ reason: 'outlasted', error: 'Error: away' }]);
});

test('so is what waited for ten days for an Application that never came to be: it belongs to nobody', async () => {
  const nobody = () => Promise.reject(new UnknownApplicationError(1));
  const { deps, lines } = inbox({ ownerOf: nobody, environmentOf: nobody });
  const sentAt = new Date(NOW.getTime() - 10 * 86_400_000 - 1);
  expect(await processInbox([eventMessage(orderEvent(), { sentAt })], deps)).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'parked', reason: 'outlasted' }]);
  const [parked] = await everythingParked(deps.store);
  expect(parked?.item).not.toHaveProperty('owner');
});
