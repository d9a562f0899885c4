import { expect, test } from 'vitest';
import { IllegalTransitionError, InvalidRequestError, NotFoundError } from '../../../lib/contract/errors.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { StaleWriteError } from '../../../lib/store/store.ts';
import {
  cartEvent,
  customerEvent,
  EFFECT,
  eventMessage,
  everythingParked,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  received,
  shops,
  timesCalled,
} from './fakes.ts';

const operation = (over: object = {}) => ({
  v: 1,
  kind: 'operation',
  application: 3,
  operation: 'trackEvent',
  request: { params: {}, query: {}, body: { type: 'x', sessionId: 's', profileId: 'ann', attributes: {} } },
  requestId: 'r1',
  receivedAt: NOW.toISOString(),
  ...over,
});

test('an event becomes a call to the Application of its shop, and one line that tells of it', async () => {
  const { deps, calls, lines } = inbox();
  const event = orderEvent();
  const message = eventMessage(event);
  expect(await processInbox([message], deps)).toEqual([]);
  expect(calls).toMatchObject([
    {
      application: 1,
      operation: 'updateCustomerSessionV2',
      request: { params: { customerSessionId: 'shopify:checkout:1' } },
    },
  ]);
  expect(lines).toEqual([
    {
      id: message.id,
      shop: 'demo',
      delivery: event.id,
      outcome: 'applied',
      reason: 'session closed',
      session: 'shopify:checkout:1',
      steps: 1,
      lagMs: 0,
      state: 'closed',
    },
  ]);
});

test('the same event again does nothing, in the same batch or 14 days later', async () => {
  let now = NOW;
  const { deps, calls, lines } = inbox({ store: memoryStore(() => now), now: () => now });
  const event = orderEvent();
  await processInbox([eventMessage(event), eventMessage(event)], deps);
  now = new Date(NOW.getTime() + 14 * 86_400_000);
  expect(await processInbox([eventMessage(event)], deps)).toEqual([]);
  expect(calls).toHaveLength(1);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate', 'duplicate']);
});

test('the same bytes sent to another shop as well are applied once, where they came first', async () => {
  const { deps, calls, lines } = inbox();
  await processInbox(
    [eventMessage(orderEvent({}, { id: 'ab' })), eventMessage(orderEvent({}, { id: 'ab', shop: 'other' }))],
    deps,
  );
  expect(calls).toHaveLength(1);
  expect(lines.map(({ outcome }) => outcome).toSorted()).toEqual(['applied', 'duplicate']);
});

test('a cancellation that comes first is remembered: later pictures of the order make no call', async () => {
  const { deps, calls, lines } = inbox();
  const cancelled = orderEvent({ cancelled: true }, { updatedAt: '2026-03-01T12:00:00Z' });
  await processInbox([eventMessage(cancelled), eventMessage(orderEvent())], deps);
  expect(calls).toEqual([]);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['ignored', 'ignored']);
});

test('an older picture makes no call', async () => {
  const { deps, calls, lines } = inbox();
  await processInbox(
    [
      eventMessage(orderEvent({ payment: 'unpaid' })),
      eventMessage(orderEvent({ payment: 'unpaid' }, { updatedAt: '2026-02-28T00:00:00Z' })),
    ],
    deps,
  );
  expect(calls).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({ outcome: 'stale', steps: 0 });
});

test.each([
  ['not JSON', '{', 'unreadable'],
  ['no message', '{}', 'unreadable'],
  ['a newer version', JSON.stringify({ v: 3 }), 'unknown-version'],
  ['a shop that is not ours', eventMessage(orderEvent({}, { shop: 'gone' })).body, 'unknown-shop'],
  ['another currency', eventMessage(orderEvent({ currency: 'USD' })).body, 'unusable'],
  ['an operation that nobody knows', JSON.stringify(operation({ operation: 'toString' })), 'unknown-operation'],
])('%s is parked with its reason, and the rest of its group goes on', async (_, body, reason) => {
  const { deps, calls, lines } = inbox();
  expect(await processInbox([received(body), eventMessage(orderEvent())], deps)).toEqual([]);
  expect(calls).toHaveLength(1);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['parked', 'applied']);
  expect(lines[0]?.operation).toBeUndefined();
  expect(await everythingParked(deps.store)).toMatchObject([{ reason, message: body }]);
});

test('what the API refuses is parked, under the person whose it is', async () => {
  const refused = new InvalidRequestError([{ title: 'enum', source: { pointer: '/state' } }]);
  const { deps } = inbox({
    api: {
      before: () => {
        throw refused;
      },
    },
  });
  expect(await processInbox([eventMessage(orderEvent())], deps)).toEqual([]);
  expect(await everythingParked(deps.store)).toMatchObject([{ reason: 'refused' }]);
  const { items } = await deps.store.query('byOwner', { owner: 'owner of shopify:7' });
  expect(items.filter(({ partition }) => partition === '1/parked')).toHaveLength(1);
});

test('an outage fails its message and leaves the rest of the group unbegun; other groups go on', async () => {
  const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  const { deps, calls, lines } = inbox({
    api: {
      before: ({ operation }) => {
        if (operation === 'updateCustomerSessionV2') throw away;
      },
    },
  });
  const [first, second] = [eventMessage(orderEvent()), eventMessage(cartEvent())];
  const other = eventMessage(customerEvent(), { group: 'two' });
  expect(await processInbox([first, second, other], deps)).toEqual([first.id, second.id]);
  expect(calls).toMatchObject([{ operation: 'updateCustomerProfileV2' }]);
  expect(await everythingParked(deps.store)).toEqual([]);
  expect(lines.find(({ id }) => id === first.id)).toMatchObject({ outcome: 'failed', reason: 'Error', error: away });
  expect(lines.find(({ id }) => id === second.id)).toMatchObject({ outcome: 'postponed', reason: 'group' });
});

test('no call is begun when time is up, not even the next of an event that was begun', async () => {
  const refunds = ['1', '2', '3'].map((id) => ({ id, amount: '1.00', lines: [] }));
  let time = 3;
  const { deps, calls } = inbox({ mayBegin: () => time-- > 0 });
  const message = eventMessage(orderEvent({ returns: refunds }));
  expect(await processInbox([message], deps)).toEqual([message.id]);
  expect(calls).toHaveLength(2);
  time = 100;
  expect(await processInbox([message], deps)).toEqual([]);
  expect(calls.map(({ operation }) => operation)).toEqual([
    'updateCustomerSessionV2',
    'trackEvent',
    'trackEvent',
    'trackEvent',
  ]);
  expect(await timesCalled(deps.store)).toEqual([1, 1, 1, 1]);
});

test('an event that another consumer overtook is decided again on what that one left', async () => {
  const store = memoryStore();
  const rival = inbox({ store });
  const newer = orderEvent({ payment: 'unpaid', codes: [] }, { updatedAt: '2026-03-01T11:30:00Z' });
  let raced = false;
  const { deps, calls, lines } = inbox({
    store,
    api: {
      before: async () => {
        if (raced) return;
        raced = true;
        await processInbox([eventMessage(newer)], rival.deps);
      },
    },
  });
  await processInbox([eventMessage(orderEvent({ payment: 'unpaid' }))], deps);
  expect(rival.calls).toHaveLength(1);
  expect(calls).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'stale' }]);
});

test('an event that is refused because another consumer closed its session meanwhile is stale, not parked', async () => {
  const store = memoryStore();
  const rival = inbox({ store });
  const paid = orderEvent({}, { updatedAt: '2026-03-01T11:30:00Z' });
  const { deps, lines } = inbox({
    store,
    api: {
      before: async () => {
        await processInbox([eventMessage(paid)], rival.deps);
        throw new IllegalTransitionError('open', 'closed');
      },
    },
  });
  await processInbox([eventMessage(orderEvent({ payment: 'unpaid' }))], deps);
  expect(lines).toMatchObject([{ outcome: 'stale' }]);
  expect(await everythingParked(store)).toEqual([]);
});

test('who is overtaken time and again gives the message back', async () => {
  let tries = 0;
  const { deps } = inbox({
    api: {
      before: () => {
        tries++;
        throw new StaleWriteError([]);
      },
    },
  });
  const message = eventMessage(orderEvent());
  expect(await processInbox([message], deps)).toEqual([message.id]);
  expect(tries).toBe(5);
});

test('effects go to the outbox in the same write, and a hint tells of them', async () => {
  const { deps, hints } = inbox({ api: { effects: [EFFECT] } });
  const event = orderEvent();
  await processInbox([eventMessage(event)], deps);
  const { items } = await deps.store.query('items', { partition: '1/outbox' });
  expect(items).toMatchObject([
    {
      data: {
        v: 1,
        id: items[0]?.key.sort,
        shop: 'demo',
        event: event.id,
        session: 'shopify:checkout:1',
        effects: [EFFECT],
      },
      owner: 'owner of shopify:7',
      due: { list: 'outbox' },
    },
  ]);
  expect(hints.sent.map(({ body }) => JSON.parse(body))).toEqual([{ v: 1, key: items[0]?.key }]);
});

test('a call without effects leaves nothing in the outbox', async () => {
  const { deps, hints } = inbox();
  await processInbox([eventMessage(orderEvent())], deps);
  expect((await deps.store.query('items', { partition: '1/outbox' })).items).toEqual([]);
  expect(hints.sent).toEqual([]);
});

test('a shop that wants no effects gets none', async () => {
  const { deps, hints } = inbox({ shops: shops({ effects: 'none' }), api: { effects: [EFFECT] } });
  await processInbox([eventMessage(orderEvent())], deps);
  expect((await deps.store.query('items', { partition: '1/outbox' })).items).toEqual([]);
  expect(hints.sent).toEqual([]);
});

test('a hint that is lost harms nothing', async () => {
  const hints = { send: () => Promise.reject(new Error('away')) };
  const { deps, warnings, lines } = inbox({ hints, api: { effects: [EFFECT] } });
  expect(await processInbox([eventMessage(orderEvent())], deps)).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'applied' }]);
  expect(warnings).toHaveLength(1);
});

test('a call that waited in the inbox is made once', async () => {
  const { deps, calls, lines } = inbox();
  await processInbox([received(operation()), received(operation())], deps);
  expect(calls).toEqual([{ application: 3, operation: 'trackEvent', request: operation().request }]);
  expect(lines).toMatchObject([
    { outcome: 'applied', operation: 'trackEvent', delivery: 'r1', session: 's' },
    { outcome: 'duplicate' },
  ]);
});

test('that a call was made is remembered for longer than any queue or platform delivers', async () => {
  let now = NOW;
  const { deps, calls } = inbox({ store: memoryStore(() => now), now: () => now });
  await processInbox([received(operation())], deps);
  now = new Date(NOW.getTime() + 15 * 86_400_000 - 1_000);
  await processInbox([received(operation())], deps);
  expect(calls).toHaveLength(1);
});

test('a call that was made elsewhere in the meantime is not made again', async () => {
  const store = memoryStore();
  const rival = inbox({ store });
  const { deps, lines } = inbox({
    store,
    api: { before: () => processInbox([received(operation())], rival.deps).then(() => {}) },
  });
  await processInbox([received(operation())], deps);
  expect(await timesCalled(store)).toEqual([1]);
  expect(lines).toMatchObject([{ outcome: 'duplicate' }]);
});

test('a call that was in another one’s way is made, though that one came to nothing', async () => {
  let tries = 0;
  const { deps, lines } = inbox({
    api: {
      before: () => {
        if (++tries === 1) throw new StaleWriteError([]);
      },
    },
  });
  expect(await processInbox([received(operation())], deps)).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'applied' }]);
  expect(await timesCalled(deps.store)).toEqual([1]);
});

test('a refused call is parked under the person that it names, even if it is malformed', async () => {
  const { deps } = inbox({
    api: {
      before: () => {
        throw new NotFoundError('no');
      },
    },
  });
  await processInbox([received(operation({ request: { body: { profileId: 'ann', type: 7 } } }))], deps);
  expect((await deps.store.query('byOwner', { owner: 'owner of ann' })).items).toHaveLength(1);
});

test('lines hold ids and nothing else of what was sent', async () => {
  const { deps, lines } = inbox();
  await processInbox(
    [eventMessage(orderEvent({ lines: [], facts: { note: 'a private note' } })), received('{"note":"a private note"')],
    deps,
  );
  expect(JSON.stringify(lines)).not.toContain('private');
});

test('what was parked and comes back behind newer pictures takes nothing back', async () => {
  let refused = true;
  const { deps, calls, lines } = inbox({
    api: {
      before: () => {
        if (refused) throw new NotFoundError('no');
      },
    },
  });
  const first = eventMessage(cartEvent({}, { updatedAt: '2026-03-01T10:00:00Z' }));
  const next = eventMessage(cartEvent({ lines: [] }, { updatedAt: '2026-03-01T10:01:00Z' }));
  const paid = eventMessage(orderEvent({}, { updatedAt: '2026-03-01T10:02:00Z' }));
  expect(await processInbox([first], deps)).toEqual([]);
  refused = false;
  expect(await processInbox([next, paid], deps)).toEqual([]);
  const made = [...calls];
  expect(made).toHaveLength(2);
  // A dead letter that is sent again has another id, and its FIFO queue knows nothing of the first.
  expect(
    await processInbox(
      [
        { ...first, id: 'redriven' },
        { ...next, id: 'too' },
      ],
      deps,
    ),
  ).toEqual([]);
  expect(calls).toEqual(made);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['parked', 'applied', 'applied', 'stale', 'duplicate']);
});
