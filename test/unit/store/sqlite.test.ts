import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import { type Change, ItemTooLargeError, StaleWriteError, type Store } from '../../../lib/store/store.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('SQLite', { open: async (now) => openSqliteStore(':memory:', { now }), runs: 300 });

describe('a SQLite file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
    file = join(folder, 'store.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const key = { partition: 'p', sort: 'a' };
  const total = { partition: 'writers', sort: 'total' };
  const put = (data: string, expected: number | 'absent' = 'absent'): Change => ({
    put: { key, data },
    expect: expected,
  });
  const countOf = async (store: Store) => (await store.get([total]))[0]?.counts.n;

  const startWriter = (times: number) =>
    spawn(process.execPath, [fileURLToPath(new URL('writer.ts', import.meta.url)), file, `${times}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  test('holds everything when it is opened again, attempts too', async () => {
    const first = openSqliteStore(file);
    await first.write([put('kept')], 'attempt');
    await first.close();
    const second = openSqliteStore(file);
    await second.write([put('kept')], 'attempt');
    expect((await second.get([key]))[0]).toMatchObject({ version: 1, data: 'kept' });
    await second.close();
  });

  test('may be open twice: each sees what the other wrote, and one of two writes loses', async () => {
    const one = openSqliteStore(file);
    const other = openSqliteStore(file);
    await one.write([put('one')], randomUUID());
    expect((await other.get([key]))[0]?.data).toBe('one');
    await other.write([put('other', 1)], randomUUID());
    await expect(one.write([put('one', 1)], randomUUID())).rejects.toThrow(StaleWriteError);
    expect((await one.get([key]))[0]).toMatchObject({ version: 2, data: 'other' });
    await one.close();
    await other.close();
  });

  test('is opened and written by several processes at once, and nothing is lost', async () => {
    const writers = Array.from({ length: 4 }, () => startWriter(100));
    const ends = await Promise.all(writers.map((writer) => once(writer, 'exit')));
    for (const end of ends) expect(end).toEqual([0, null]);
    const store = openSqliteStore(file);
    expect(await countOf(store)).toBe(400);
    await store.close();
  }, 30_000);

  test('holds every acknowledged write after kill -9', async () => {
    const writer = startWriter(1_000_000);
    let said = '';
    writer.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.includes('\n200\n')) writer.kill('SIGKILL');
    });
    // Closed means that everything it said before its death was read.
    expect(await once(writer, 'close')).toEqual([null, 'SIGKILL']);
    const acknowledged = Number(said.trim().split('\n').at(-1));
    const store = openSqliteStore(file);
    const count = await countOf(store);
    // The write under way at the end may have been applied without a word.
    expect([acknowledged, acknowledged + 1]).toContain(count);
    await store.close();
  }, 30_000);

  test('leaves nothing of what was removed in its pages', async () => {
    const store = openSqliteStore(file);
    await store.write([put('ann@example.org '.repeat(1000))], randomUUID());
    await store.write([{ remove: key }], randomUUID());
    await store.close();
    expect(readFileSync(file).includes('ann@example.org')).toBe(false);
  });

  test('purged, leaves nothing of it in its write-ahead log either, while it stays open', async () => {
    const store = openSqliteStore(file);
    await store.write([put('ann@example.org '.repeat(1000))], randomUUID());
    await store.write([{ remove: key }], randomUUID());
    expect(readFileSync(`${file}-wal`).includes('ann@example.org')).toBe(true);
    await store.purge();
    const left = Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)]);
    expect(left.includes('ann@example.org')).toBe(false);
    await store.close();
  });

  test('purged, leaves no copy of what was removed in pages from which it had been moved', async () => {
    const store = openSqliteStore(file);
    let seed = 5;
    const upTo = (most: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * most);
    };
    // Rows that grow, shrink, come and go: among so many some are moved.
    const held = new Map<string, { readonly version: number; readonly isAnn: boolean }>();
    const placed = (name: string, isAnn: boolean): Change => {
      const version = held.get(name)?.version ?? 0;
      held.set(name, { version: version + 1, isAnn });
      const data = `${isAnn ? 'ann@example.org' : 'somebody'} ${'x'.repeat(upTo(upTo(3_000) + 1))}`;
      const put = { key: { partition: name, sort: 's' }, data, owner: `o${upTo(5)}` };
      return { put, expect: version === 0 ? 'absent' : version };
    };
    for (let write = 0; write < 400; write++) {
      const names = new Set(Array.from({ length: 8 }, () => `p${upTo(1_500)}`));
      await store.write(
        [...names].map((name) => placed(name, upTo(3) === 0)),
        randomUUID(),
      );
    }
    for (const [name, { isAnn }] of held) {
      if (isAnn)
        await store.write([upTo(2) ? placed(name, false) : { remove: { partition: name, sort: 's' } }], randomUUID());
    }
    await store.purge();
    expect(readFileSync(file).includes('ann@example.org')).toBe(false);
    await store.close();
  });

  test('is cleared of expired items by later writes', async () => {
    let now = new Date('2026-03-01T12:00:00Z');
    const store = openSqliteStore(file, { now: () => now });
    await store.write([{ put: { key, data: 'x', expires: now }, expect: 'absent' }], randomUUID());
    now = new Date('2026-03-01T12:00:01Z');
    await store.write([{ add: total, by: { n: 1 } }], randomUUID());
    await store.close();
    const db = new DatabaseSync(file);
    expect(db.prepare('SELECT sort FROM items').all()).toEqual([{ sort: 'total' }]);
    db.close();
  });

  test('forgets attempts after a quarter of an hour', async () => {
    let now = new Date('2026-03-01T12:00:00Z');
    const store = openSqliteStore(file, { now: () => now });
    await store.write([{ add: total, by: { n: 1 } }], 'attempt');
    now = new Date('2026-03-01T12:20:00Z');
    await store.write([{ add: total, by: { n: 1 } }], 'attempt');
    expect(await countOf(store)).toBe(2);
    await store.close();
  });

  test('refuses an attempt that comes again with other changes', async () => {
    const store = openSqliteStore(file);
    await store.write([put('one')], 'attempt');
    const again = store.write([put('other', 1)], 'attempt');
    await expect(again).rejects.toThrow('the attempt attempt came before with other changes');
    expect((await store.get([key]))[0]?.data).toBe('one');
    await store.close();
  });

  test('is usable after a refused write', async () => {
    const store = openSqliteStore(file);
    await expect(store.write([put('one', 5)], randomUUID())).rejects.toThrow(StaleWriteError);
    await expect(store.write([{ remove: { ...key, sort: 'x'.repeat(2000) } }], randomUUID())).rejects.toThrow(
      ItemTooLargeError,
    );
    await store.write([put('one')], randomUUID());
    expect((await store.get([key]))[0]?.data).toBe('one');
    await store.close();
  });

  test('of another schema is refused, and left alone', () => {
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 7');
    db.close();
    expect(() => openSqliteStore(file)).toThrow('has schema 7');
  });
});
