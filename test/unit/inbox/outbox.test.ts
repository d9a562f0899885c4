import { expect, test } from 'vitest';
import { outboxChange, readHint, sendHint, sweepOutbox } from '../../../lib/inbox/outbox.ts';
import { deliveryOf } from '../../../lib/inbox/publication-id.ts';
import { publish } from '../../../lib/inbox/publish.ts';
import type { Store } from '../../../lib/store/store.ts';
import { fakeQueue, memoryStore, NOW, publication, publishing } from './fakes.ts';

const waiting = async (store: Store, id?: string, now = NOW) => {
  const { key, change } = outboxChange(publication(id), { accountId: 1, now, owner: 'ann' });
  await store.write([change], `put ${id}`);
  return key;
};

const LATER = new Date(NOW.getTime() + 60_000);

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
  await publish(key, publishing({ store }));
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
