import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { everyDue, everyItem, everyOwned } from '../../../lib/store/every.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import type { Change } from '../../../lib/store/store.ts';

const AT = new Date('2026-03-01T12:00:00Z');

const filled = async (count: number) => {
  const store = openSqliteStore(':memory:');
  for (let n = 0; n < count; n++) {
    const key = { partition: 'p', sort: String(n).padStart(4, '0') };
    const put: Change = { put: { key, data: n, owner: 'ann', due: { list: 'l', at: AT } }, expect: 'absent' };
    await store.write([put], randomUUID());
  }
  return store;
};

const NUMBERS = Array.from({ length: 250 }, (_, n) => n);

test('everything is listed, however many pages it takes', async () => {
  const store = await filled(250);
  expect((await Array.fromAsync(everyItem(store, { partition: 'p' }))).map(({ data }) => data)).toEqual(NUMBERS);
  expect(new Set((await Array.fromAsync(everyOwned(store, 'ann', 40))).map(({ data }) => data))).toEqual(
    new Set(NUMBERS),
  );
  expect((await Array.fromAsync(everyDue(store, 'l', AT))).flat()).toHaveLength(250);
  expect(await Array.fromAsync(everyItem(store, { partition: 'p', prefix: '02' }))).toHaveLength(50);
});

test('no page is read that nobody asks for', async () => {
  const store = await filled(250);
  let queries = 0;
  const query = (...args: Parameters<typeof store.query>) => {
    queries += 1;
    return store.query(...args);
  };
  const counted = { ...store, query };
  for await (const _ of everyItem(counted as typeof store, { partition: 'p' })) break;
  expect(queries).toBe(1);
});

test('what has changed hands since it was listed is not given', async () => {
  const store = await filled(2);
  const late = {
    ...store,
    get: async (keys: Parameters<typeof store.get>[0]) => {
      const [item] = await store.get(keys.slice(0, 1));
      return [item && { ...item, owner: 'bob' }, ...(await store.get(keys.slice(1)))];
    },
  };
  expect((await Array.fromAsync(everyOwned(late, 'ann'))).map(({ data }) => data)).toEqual([1]);
});
