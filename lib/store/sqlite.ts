import { hash } from 'node:crypto';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { added, isWithin } from './counts.ts';
import { fromCursor, pageLimit, toCursor } from './page.ts';
import { checkKeys, checkQuery, currentSeconds, dueText, expirySeconds, type Prepared, prepare } from './prepare.ts';
import {
  type DueQuery,
  type Item,
  type ItemsQuery,
  type Key,
  keyText,
  LIMITS,
  type OwnerQuery,
  type Page,
  StaleWriteError,
  type Store,
} from './store.ts';

/** How long a write waits for another process that is writing, in milliseconds. */
const BUSY_MS = 10_000;

/** An attempt is recognised for ten minutes; the rest is for clocks that differ. */
const ATTEMPT_SECONDS = 15 * 60;

/** Expired rows that one write clears away; more than it adds, so that they do not pile up. */
const CLEARED_PER_WRITE = 200;

const SCHEMA_VERSION = 1;

/** `data` stands last: a long row spills over into further pages, which a look at its version need not read. */
const SCHEMA = `
  CREATE TABLE items (
    partition TEXT NOT NULL, sort TEXT NOT NULL, version INTEGER NOT NULL, expires INTEGER, owner TEXT, list TEXT, at TEXT,
    counts TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (partition, sort)
  ) STRICT;
  CREATE INDEX byOwner ON items (owner, partition, sort) WHERE owner IS NOT NULL;
  CREATE INDEX byDue ON items (list, at, partition, sort) WHERE list IS NOT NULL;
  CREATE INDEX byExpiry ON items (expires) WHERE expires IS NOT NULL;
  CREATE TABLE attempts (attempt TEXT PRIMARY KEY, changes BLOB NOT NULL, seconds INTEGER NOT NULL) STRICT;
  CREATE INDEX byAge ON attempts (seconds);
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

interface Row {
  readonly partition: string;
  readonly sort: string;
  readonly version: number;
  readonly expires: number | null;
  readonly owner: string | null;
  readonly list: string | null;
  readonly at: string | null;
  readonly counts: string;
  readonly data: string;
}

type State = Pick<Row, 'version' | 'expires' | 'owner' | 'counts'>;

const toKey = ({ partition, sort }: Pick<Row, 'partition' | 'sort'>): Key => ({ partition, sort });

const toItem = (row: Row): Item => ({
  key: toKey(row),
  data: JSON.parse(row.data),
  version: row.version,
  counts: JSON.parse(row.counts),
  ...(row.owner !== null && { owner: row.owner }),
  ...(row.list !== null && row.at !== null && { due: { list: row.list, at: new Date(row.at) } }),
  ...(row.expires !== null && { expires: new Date(row.expires * 1000) }),
});

/** Sorts behind every sort key with the same beginning. */
const LAST = '\u{10ffff}'.repeat(LIMITS.sortBytes / 4);

/** The changes of a write as one digest: the same attempt must not come with others. */
const digestOf = (prepared: readonly Prepared[]): Uint8Array => {
  const parts = prepared.map(({ change }) =>
    'put' in change ? { ...change, put: { ...change.put, data: null } } : change,
  );
  return hash('sha256', [JSON.stringify(parts), ...prepared.map(({ text }) => text)].join('\n'), 'buffer');
};

const open = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  // In WAL mode what a commit wrote outlives the process without any sync (kill -9 loses nothing); FULL syncs each
  // commit, so that an acknowledged write outlives a power cut as well, for about a millisecond of disk time a write.
  // secure_delete overwrites what is removed: erased data does not stay behind in free pages. See also `purge`.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
  return db;
};

/**
 * The store in one SQLite file, or in memory (`:memory:`). Several processes may open the same file: writes take turns.
 * Keeps DynamoDB's limits and, more strictly, refuses an attempt that comes again with other changes (a plain Error).
 * Expired items are cleared away by later writes.
 */
export const openSqliteStore = (file: string, options: { readonly now?: () => Date } = {}): Store => {
  const { now = () => new Date() } = options;
  const db = open(file);

  /** Runs it all or not at all, after every writer before and before every writer after. */
  const exclusively = <T>(run: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      // Some failures (a full disk) have rolled back by themselves.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  exclusively(() => {
    const version = db.prepare('PRAGMA user_version').get()?.user_version;
    if (version === 0) db.exec(SCHEMA);
    else if (version !== SCHEMA_VERSION) throw new Error(`${file} has schema ${version}, not ${SCHEMA_VERSION}`);
  });

  const statements = {
    get: db.prepare('SELECT * FROM items WHERE partition = ? AND sort = ? AND (expires IS NULL OR expires > ?)'),
    state: db.prepare('SELECT version, expires, owner, counts FROM items WHERE partition = ? AND sort = ?'),
    items: db.prepare(`SELECT * FROM items WHERE partition = ? AND sort > ? AND sort >= ? AND sort <= ?
      AND (expires IS NULL OR expires > ?) ORDER BY sort LIMIT ?`),
    byOwner: db.prepare(`SELECT partition, sort FROM items WHERE owner = ? AND (partition, sort) > (?, ?)
      ORDER BY partition, sort LIMIT ?`),
    byDue:
      db.prepare(`SELECT partition, sort, at FROM items WHERE list = ? AND at <= ? AND (at, partition, sort) > (?, ?, ?)
      ORDER BY at, partition, sort LIMIT ?`),
    put: db.prepare(`INSERT OR REPLACE INTO items (partition, sort, version, expires, owner, list, at, counts, data)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    remove: db.prepare('DELETE FROM items WHERE partition = ? AND sort = ?'),
    attempt: db.prepare('SELECT changes FROM attempts WHERE attempt = ?'),
    remember: db.prepare('INSERT OR REPLACE INTO attempts (attempt, changes, seconds) VALUES (?, ?, ?)'),
    forget: db.prepare('DELETE FROM attempts WHERE seconds < ?'),
    clear: db.prepare(`DELETE FROM items WHERE rowid IN
      (SELECT rowid FROM items WHERE expires <= ? LIMIT ${CLEARED_PER_WRITE})`),
  };
  const all = (name: keyof typeof statements, ...values: SQLInputValue[]): Row[] =>
    statements[name].all(...values) as unknown as Row[];

  const page = <T>(
    rows: readonly Row[],
    limit: number,
    to: (row: Row) => T,
    place: (row: Row) => string[],
  ): Page<T> => {
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { items: rows.slice(0, limit).map(to), ...(last && { next: toCursor(place(last)) }) };
  };

  const listItems = ({ partition, prefix = '', limit, from }: ItemsQuery): Page<Item> => {
    const [after = ''] = from === undefined ? [] : fromCursor(from, 1);
    const most = pageLimit(limit);
    const rows = all('items', partition, after, prefix, prefix + LAST, currentSeconds(now()), most + 1);
    return page(rows, most, toItem, ({ sort }) => [sort]);
  };

  const listOwner = ({ owner, limit, from }: OwnerQuery): Page<Key> => {
    const [partition = '', sort = ''] = from === undefined ? [] : fromCursor(from, 2);
    const most = pageLimit(limit);
    return page(all('byOwner', owner, partition, sort, most + 1), most, toKey, (row) => [row.partition, row.sort]);
  };

  const listDue = ({ list, until, limit, from }: DueQuery): Page<Key> => {
    const [at = '', partition = '', sort = ''] = from === undefined ? [] : fromCursor(from, 3);
    const most = pageLimit(limit);
    const rows = all('byDue', list, dueText(until), at, partition, sort, most + 1);
    return page(rows, most, toKey, (row) => [row.at ?? '', row.partition, row.sort]);
  };

  const query = async (index: 'items' | 'byOwner' | 'byDue', asked: ItemsQuery | OwnerQuery | DueQuery) => {
    checkQuery(asked);
    if (index === 'items') return listItems(asked as ItemsQuery);
    return index === 'byOwner' ? listOwner(asked as OwnerQuery) : listDue(asked as DueQuery);
  };

  const get: Store['get'] = async (keys) => {
    checkKeys(keys);
    const seconds = currentSeconds(now());
    return keys.map(({ partition, sort }) => {
      const row = statements.get.get(partition, sort, seconds) as Row | undefined;
      return row && toItem(row);
    });
  };

  const stateOf = ({ partition, sort }: Key, seconds: number): State | undefined => {
    const state = statements.state.get(partition, sort) as State | undefined;
    return state && (state.expires === null || state.expires > seconds) ? state : undefined;
  };

  /** Whether the change finds what it expects. @throws Error for an `add` to data. */
  const isMet = ({ change, key }: Prepared, state: State | undefined): boolean => {
    if ('add' in change) {
      if (state && state.version > 0) throw new Error(`add to an item that holds data: ${keyText(key)}`);
      return isWithin(added(state ? JSON.parse(state.counts) : {}, change.by), change.atMost ?? {});
    }
    if (change.expect === undefined) return true;
    return change.expect === 'absent' ? state === undefined : state?.version === change.expect;
  };

  const store = ({ change, key, text }: Prepared, state: State | undefined): void => {
    const { partition, sort } = key;
    if ('remove' in change) statements.remove.run(partition, sort);
    if ('put' in change) {
      const { owner = null, due, expires } = change.put;
      const version = change.expect === 'absent' ? 1 : change.expect + 1;
      const seconds = expires ? expirySeconds(expires) : null;
      const at = due ? dueText(due.at) : null;
      statements.put.run(partition, sort, version, seconds, owner, due?.list ?? null, at, '{}', text);
    }
    if ('add' in change) {
      const counts = JSON.stringify(added(state ? JSON.parse(state.counts) : {}, change.by));
      const seconds = change.expires ? expirySeconds(change.expires) : (state?.expires ?? null);
      statements.put.run(partition, sort, 0, seconds, change.owner ?? state?.owner ?? null, null, null, counts, 'null');
    }
  };

  /** Whether this very write was applied before. @throws Error when the attempt came with other changes then. */
  const isRepeated = (attempt: string, digest: Uint8Array): boolean => {
    const earlier = statements.attempt.get(attempt)?.changes;
    if (earlier === undefined) return false;
    if (Buffer.compare(earlier as Uint8Array, digest) === 0) return true;
    throw new Error(`the attempt ${attempt} came before with other changes`);
  };

  const write: Store['write'] = async (changes, attempt) => {
    const prepared = prepare(changes);
    if (prepared.length === 0) return;
    const digest = digestOf(prepared);
    const seconds = currentSeconds(now());
    exclusively(() => {
      statements.forget.run(seconds - ATTEMPT_SECONDS);
      if (isRepeated(attempt, digest)) return;
      const found = prepared.map((each) => ({ each, state: stateOf(each.key, seconds) }));
      const stale = found.filter(({ each, state }) => !isMet(each, state)).map(({ each }) => each.key);
      if (stale.length > 0) throw new StaleWriteError(stale);
      for (const { each, state } of found) store(each, state);
      statements.remember.run(attempt, digest, seconds);
      statements.clear.run(seconds);
    });
  };

  /**
   * What is removed is overwritten in the file itself (`secure_delete`), but where SQLite moves rows from one page to
   * another, a copy stays behind in the first one: only a rewritten file has none. The log still has the pages of before.
   */
  const purge = async (): Promise<void> => {
    db.exec('VACUUM');
    const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { readonly busy: number };
    if (busy !== 0) throw new Error('the write-ahead log is in use: try again');
  };

  const close = async (): Promise<void> => db.close();

  return { get, query: query as Store['query'], write, purge, close };
};
