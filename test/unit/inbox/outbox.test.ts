import { expect, test } from 'vitest';
import { outboxChange, type Publication, publish, readHint, sendHint, sweepOutbox } from '../../../lib/inbox/outbox.ts';
import { deliveryOf } from '../../../lib/inbox/publication-id.ts';
import type { Store } from '../../../lib/store/store.ts';
import { brokenQueue, EFFECT, fakeQueue, memoryStore, NOW } from './fakes.ts';

const publication = (id = 'p1'): Publication => ({
  v: 1,
  id,
  shop: 'demo',
  application: 1,
  event: 'ab',
  session: 's',
  effects: [EFFECT],
});

const waiting = async (store: Store, id?: string, now = NOW) => {
  const { key, change } = outboxChange(publication(id), { accountId: 1, now, owner: 'ann' });
  await store.write([change], `put ${id}`);
  return key;
};

const LATER = new Date(NOW.getTime() + 60_000);

test('what waits is delivered with its event id and is gone then', async () => {
  const store = memoryStore();
  const target = fakeQueue();
  const key = await waiting(store);
  expect(await publish(key, { store, accountId: 1, target })).toBe('published');
  expect(target.sent.map(({ body }) => JSON.parse(body))).toEqual([publication()]);
  expect(await publish(key, { store, accountId: 1, target })).toBe('done');
  expect(target.sent).toHaveLength(1);
});

test('what cannot be delivered stays', async () => {
  const store = memoryStore();
  const key = await waiting(store);
  await expect(publish(key, { store, accountId: 1, target: brokenQueue })).rejects.toThrow();
  const target = fakeQueue();
  expect(await publish(key, { store, accountId: 1, target })).toBe('published');
});

test('a crash after delivering repeats the same id', async () => {
  const store = memoryStore();
  const target = fakeQueue();
  const key = await waiting(store);
  const write = () => Promise.reject(new Error('crash'));
  await expect(publish(key, { store: { ...store, write } as Store, accountId: 1, target })).rejects.toThrow('crash');
  await publish(key, { store, accountId: 1, target });
  expect(target.sent.map(({ body }) => JSON.parse(body).id)).toEqual(['p1', 'p1']);
});

test('a hint leads to the outbox of this account and nowhere else', async () => {
  const store = memoryStore();
  const target = fakeQueue();
  const key = { partition: '1/keys', sort: 'x' };
  await store.write([{ put: { key, data: 'secret' }, expect: 'absent' }], 'a');
  expect(await publish(key, { store, accountId: 1, target })).toBe('done');
  expect(target.sent).toEqual([]);
  expect(await store.get([key])).toMatchObject([{ data: 'secret' }]);
});

test('a hint is read back; anything else is no hint', async () => {
  const hints = fakeQueue();
  const key = { partition: '1/outbox', sort: 'p1' };
  await sendHint(key, hints);
  expect(readHint(hints.sent[0]?.body ?? '')).toEqual(key);
  for (const body of ['', 'null', '{}', '{"v":2,"key":{"partition":"1/outbox","sort":"p1"}}', '{"v":1,"key":"p1"}']) {
    expect(readHint(body)).toBeUndefined();
  }
});

test('the sweep finds what should have been published a minute ago, and nothing younger', async () => {
  const store = memoryStore();
  const hints = fakeQueue();
  const sweep = (now: Date) => sweepOutbox({ store, hints, now: () => now, mayBegin: () => true });
  const key = await waiting(store);
  expect(await sweep(new Date(LATER.getTime() - 1))).toBe(0);
  expect(await sweep(LATER)).toBe(1);
  expect(readHint(hints.sent[0]?.body ?? '')).toEqual(key);
  await publish(key, { store, accountId: 1, target: fakeQueue() });
  expect(await sweep(LATER)).toBe(0);
});

test('the sweep goes through page after page, and no further than one run should', async () => {
  const store = memoryStore();
  for (let n = 0; n < 130; n++) await waiting(store, `p${n}`);
  const hints = fakeQueue();
  expect(await sweepOutbox({ store, hints, now: () => LATER, mayBegin: () => true })).toBe(130);
  expect(new Set(hints.sent.map(({ body }) => body)).size).toBe(130);
  let time = 1;
  expect(await sweepOutbox({ store, hints, now: () => LATER, mayBegin: () => time-- > 0 })).toBe(100);
});

test('whose effects wait can be found', async () => {
  const store = memoryStore();
  const key = await waiting(store);
  expect((await store.query('byOwner', { owner: 'ann' })).items).toEqual([key]);
});

test.each([
  ['order/ab12/3', 'ab12'],
  ['order/ab12/a-segment/3', 'ab12'],
  ['call/7/my/own/id', 'my/own/id'],
  ['another', 'another'],
])('the log names the delivery of publication %s: %s', (id, delivery) => {
  expect(deliveryOf(id)).toBe(delivery);
});
