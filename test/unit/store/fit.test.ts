import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fit } from '../../../lib/store/fit.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import { type Change, ItemTooLargeError } from '../../../lib/store/store.ts';

/** Text that deflates to three quarters of its length. */
const noise = (bytes: number, name: string): string =>
  Array.from({ length: Math.ceil(bytes / 88) }, (_, part) => hash('sha512', `${name}/${part}`, 'base64')).join('');

const put = (name: string, data: string): Change => ({
  put: { key: { partition: 'p', sort: name }, data },
  expect: 'absent',
});

test.each<[string, boolean, readonly Change[]]>([
  ['nothing', true, []],
  ['a large item that deflates well', true, [put('a', 'x'.repeat(2_000_000))]],
  ['an item over the limit', false, [put('a', noise(600_000, 'a'))]],
  ['as many large items as a write takes', true, [...'abcdefghij'].map((name) => put(name, noise(500_000, name)))],
  ['one more', false, [...'abcdefghijkl'].map((name) => put(name, noise(500_000, name)))],
])('%s: the answer is what a store does', async (_, fits, changes) => {
  expect(fit(changes)).toBe(fits);
  const written = openSqliteStore(':memory:').write(changes, 'attempt');
  if (fits) await written;
  else await expect(written).rejects.toThrow(ItemTooLargeError);
});

test('two changes of one key are a mistake, not a size', () => {
  expect(() => fit([put('a', 'x'), put('a', 'y')])).toThrow('two changes of one key');
});
