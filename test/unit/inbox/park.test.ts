import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Parking, park } from '../../../lib/inbox/park.ts';
import { StaleWriteError, type Store } from '../../../lib/store/store.ts';
import { everythingParked, memoryStore, NOW } from './fakes.ts';

const parking = (over: Partial<Parking> = {}): Parking => ({
  id: 'm1',
  message: 'the message',
  reason: 'unreadable',
  error: 'not JSON',
  at: NOW,
  sentAt: NOW,
  owner: undefined,
  ...over,
});

test('what is parked is listed, oldest message first, with its reason', async () => {
  const store = memoryStore();
  const deps = { store, accountId: 1 };
  await park(parking({ id: 'late', sentAt: new Date(NOW.getTime() + 1000) }), deps);
  await park(parking({ id: 'early', reason: 'refused', error: 'NotFoundError: x' }), deps);
  expect(await everythingParked(store)).toMatchObject([
    { reason: 'refused', error: 'NotFoundError: x', message: 'the message', at: NOW.toISOString() },
    { reason: 'unreadable' },
  ]);
});

test('a message that is parked again is there once', async () => {
  const store = memoryStore();
  await park(parking(), { store, accountId: 1 });
  await park(parking({ at: new Date(NOW.getTime() + 60_000) }), { store, accountId: 1 });
  expect(await everythingParked(store)).toHaveLength(1);
});

test('a parking that somebody was in the way of is not taken for done', async () => {
  const store = memoryStore();
  const write = () => Promise.reject(new StaleWriteError([]));
  await expect(park(parking(), { store: { ...store, write } as Store, accountId: 1 })).rejects.toThrow(StaleWriteError);
});

test.each([
  ['that nothing can compress', randomBytes(500_000).toString('hex')],
  ['of characters of three bytes', '促'.repeat(333_333)],
  ['with characters cut in half', '😀'.repeat(250_000)],
  ['of exactly one part', 'x'.repeat(100_000)],
  ['of nothing', ''],
])('the largest message %s comes back whole', async (_, message) => {
  const store = memoryStore();
  await park(parking({ message }), { store, accountId: 1 });
  const [parked] = await everythingParked(store);
  expect(parked?.message === message).toBe(true);
});

test('whose data a parked message holds can be found, every part of it', async () => {
  const store = memoryStore();
  await park(parking({ owner: 'ann', message: 'x'.repeat(250_000) }), { store, accountId: 1 });
  expect((await store.query('byOwner', { owner: 'ann' })).items).toHaveLength(3);
});

test('more than one page is listed whole', async () => {
  const store = memoryStore();
  for (let n = 0; n < 130; n++) await park(parking({ id: String(n) }), { store, accountId: 1 });
  expect(await everythingParked(store)).toHaveLength(130);
});
