import { expect, test } from 'vitest';
import {
  discardFailure,
  type Failure,
  findFailures,
  isRetriable,
  listFailures,
  retryFailure,
} from '../../../lib/inbox/failures.ts';
import { heldMessage } from '../../../lib/inbox/message.ts';
import { park } from '../../../lib/inbox/park.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { findStories } from '../../../lib/inbox/story.ts';
import { StaleWriteError, type Store } from '../../../lib/store/store.ts';
import {
  brokenQueue,
  eventMessage,
  everythingParked,
  fakeQueue,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  received,
  segment,
  shops,
} from './fakes.ts';

const deps = (store: Store) => ({ store, accountId: 1, segment, now: () => NOW });

const failuresIn = async (store: Store, wanted: Parameters<typeof listFailures>[0] = {}): Promise<Failure[]> => {
  const all: Failure[] = [];
  for await (const failure of listFailures(wanted, { store, accountId: 1 })) all.push(failure);
  return all;
};

const only = async (store: Store): Promise<Failure> => (await failuresIn(store))[0] ?? expect.fail('nothing is parked');

/** An order that is parked, because its shop is not known. */
const parkedOrder = async () => {
  const setting = inbox({ shops: new Map() });
  const event = orderEvent();
  const message = eventMessage(event, { group: 'its group' });
  await processInbox([message], setting.deps);
  return { ...setting, event, message, store: setting.deps.store };
};

const outcomes = async (asked: string, store: Store) => {
  const { stories } = await findStories(asked, deps(store));
  return stories.flatMap(({ entries }) => entries.map(({ outcome, reason }) => [outcome, reason]));
};

test('a failure says what is known of its message without the content', async () => {
  const { store, event, message } = await parkedOrder();
  expect(await only(store)).toMatchObject({
    id: message.id,
    sentAt: NOW.toISOString(),
    shop: 'demo',
    type: 'order',
    delivery: event.id,
    subject: { session: 'shopify:checkout:1', order: '100' },
    parked: { reason: 'unknown-shop', group: 'its group' },
  });
});

test('calls and what nobody can read are failures too', async () => {
  const { deps: work } = inbox();
  const operation = { v: 1, kind: 'operation', application: 3, operation: 'nothing', request: {}, requestId: 'r1' };
  await processInbox([received('{'), received({ ...operation, receivedAt: NOW.toISOString() })], work);
  const found = await failuresIn(work.store);
  expect(found.find(({ parked }) => parked.reason === 'unreadable')).toMatchObject({ id: expect.any(String) });
  expect(found.find(({ type }) => type === 'nothing')).toMatchObject({ application: 3, delivery: 'r1' });
});

test('they are found by reason, by shop and by the beginning of their id', async () => {
  const { store, message } = await parkedOrder();
  const { deps: work } = inbox({ store });
  await processInbox([received('{'), eventMessage(orderEvent({ currency: 'USD' }, { shop: 'other' }))], work);
  expect(await failuresIn(store)).toHaveLength(3);
  expect(await failuresIn(store, { reason: 'unusable' })).toMatchObject([{ shop: 'other' }]);
  expect(await failuresIn(store, { shop: 'demo' })).toMatchObject([{ id: message.id }]);
  expect(await findFailures(message.id.slice(0, 10), { store, accountId: 1 })).toMatchObject([{ id: message.id }]);
});

test('tried again, a message goes to its own group, is no longer parked, and is applied', async () => {
  const { store, event } = await parkedOrder();
  const queue = fakeQueue();
  await retryFailure(await only(store), queue, deps(store));
  expect(await everythingParked(store)).toEqual([]);
  expect(queue.sent).toMatchObject([{ group: 'its group' }]);
  const again = inbox({ store });
  await processInbox([received(queue.sent[0]?.body ?? '')], again.deps);
  expect(again.calls).toHaveLength(1);
  const told = (await outcomes(event.id, store)).map(([outcome]) => outcome);
  expect(told.toSorted()).toEqual(['applied', 'parked', 'retried']);
});

test('a message that cannot be sent stays parked', async () => {
  const { store } = await parkedOrder();
  await expect(retryFailure(await only(store), brokenQueue, deps(store))).rejects.toThrow('ECONNREFUSED');
  expect(await everythingParked(store)).toHaveLength(1);
});

test('interrupted after it was sent, it is still parked; sent once more it is dropped by the queue, or applied once', async () => {
  const { store } = await parkedOrder();
  const failure = await only(store);
  const queue = fakeQueue();
  const dying = { ...store, write: () => Promise.reject(new Error('killed')) } as Store;
  await expect(retryFailure(failure, queue, deps(dying))).rejects.toThrow('killed');
  await retryFailure(await only(store), queue, deps(store));
  const ids = queue.sent.map(({ deduplicationId = '' }) => deduplicationId);
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]?.length).toBeLessThanOrEqual(128);
  const again = inbox({ store });
  await processInbox(
    queue.sent.map(({ body }) => received(body)),
    again.deps,
  );
  expect(again.calls).toHaveLength(1);
  expect(await everythingParked(store)).toEqual([]);
});

test('who was slower than somebody else is told', async () => {
  const { store } = await parkedOrder();
  const failure = await only(store);
  await discardFailure(failure, 'mine', deps(store));
  await expect(discardFailure(failure, 'yours', deps(store))).rejects.toThrow(StaleWriteError);
  await expect(retryFailure(failure, fakeQueue(), deps(store))).rejects.toThrow(StaleWriteError);
});

test('a message that had been held comes from where it was parked, and is applied', async () => {
  const { store } = await parkedOrder();
  const failure = await only(store);
  await discardFailure(failure, 'replaced', deps(store));
  const message = heldMessage(failure.parked.message, 'where it was');
  await park({ ...failure.parked, id: 'm2', message, at: NOW, sentAt: NOW, owner: undefined }, deps(store));
  const queue = fakeQueue();
  await retryFailure(await only(store), queue, deps(store));
  const again = inbox({ store });
  await processInbox([received(queue.sent[0]?.body ?? '')], again.deps);
  expect(again.lines).toMatchObject([{ outcome: 'applied' }]);
});

test('discarded, a message is gone with all its parts, and the trace says why', async () => {
  const store = memoryStore();
  const { deps: work } = inbox({ store, shops: new Map() });
  const names = Array.from({ length: 3_000 }, (_, index) => ({
    id: String(index),
    sku: `SKU-${index}`,
    name: 'A long name of a line that fills the message',
    quantity: 1,
    price: '1.00',
    giftCard: false,
  }));
  await processInbox([eventMessage(orderEvent({ lines: names }))], work);
  const failure = await only(store);
  const parts = { partition: `1/parked/${failure.parked.key.sort}` };
  expect((await store.query('items', parts)).items.length).toBeGreaterThan(1);
  await discardFailure(failure, 'settled by hand', deps(store));
  expect(await everythingParked(store)).toEqual([]);
  expect((await store.query('items', parts)).items).toEqual([]);
  expect(await outcomes('demo:order/100', store)).toContainEqual(['discarded', 'settled by hand']);
});

test('a note about a parked message belongs to whom the message belonged', async () => {
  const { deps: work } = inbox({ shops: shops() });
  await processInbox([eventMessage(orderEvent({ currency: 'USD' }))], work);
  await discardFailure(await only(work.store), 'settled', deps(work.store));
  const { items } = await work.store.query('byOwner', { owner: 'owner of shopify:7' });
  expect(items.map(({ sort }) => sort.split('/')[1]).toSorted()).toEqual(['discarded', 'parked']);
});

test('what a hosted account may have applied is not tried again', async () => {
  const { store } = await parkedOrder();
  const failure = await only(store);
  expect(isRetriable(failure)).toBe(true);
  expect(isRetriable({ ...failure, parked: { ...failure.parked, reason: 'outcome-unknown' } })).toBe(false);
});
