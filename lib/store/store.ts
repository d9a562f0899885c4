/**
 * Where an item lives: `partition` groups items that are listed together, `sort` orders them inside it. Neither is
 * empty; lone surrogates are refused, because two such keys could be the same bytes.
 */
export interface Key {
  readonly partition: string;
  readonly sort: string;
}

/** A value as JSON holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Named whole numbers that `add` changes without reading first. Sums stay safe integers: the caller's duty. */
export type Counts = Readonly<Record<string, number>>;

/** A place in a work list: everything of `list` whose time has come is found by `query('byDue', …)`. */
export interface Due {
  readonly list: string;
  readonly at: Date;
}

/** What a `put` stores. An item holds either data (written by `put`) or counts (changed by `add`), never both. */
export interface NewItem {
  readonly key: Key;
  readonly data: Json;
  /** Whose item this is: `query('byOwner', …)` finds it. Erasure relies on it. */
  readonly owner?: string;
  readonly due?: Due;
  /**
   * From this moment on the item reads as absent; rounded up to whole seconds. Removal may come later (on DynamoDB within
   * days), and until then `byOwner` and `byDue` still name it: what is stored can be erased.
   */
  readonly expires?: Date;
}

/**
 * What a read returns. `version` starts at 1 and rises by one with each `put` of the same key; after a removal or an
 * expiry it starts at 1 again. An item that holds counts has version 0 and `null` for data.
 */
export interface Item extends NewItem {
  readonly version: number;
  readonly counts: Counts;
}

/** The state that a change expects to find: a version from 1, or no item at all (an expired item is absent). */
export type Expectation = number | 'absent';

/**
 * One change of a write.
 * - `put` replaces the item, owner, due time and expiry included, if it is in the expected state.
 * - `remove` deletes it; without `expect` whatever is there, and nothing there is fine.
 * - `add` adds to counts, making the item when absent and starting again from zero when expired; every count named in
 *   `atMost` must end at or below its bound. `owner` and `expires` are set when given and otherwise stay as they are.
 *   Adding to an item that holds data is a mistake in the program: a plain Error.
 * - `check` changes nothing but fails the write unless the item is in the expected state.
 */
export type Change =
  | { readonly put: NewItem; readonly expect: Expectation }
  | { readonly remove: Key; readonly expect?: number }
  | {
      readonly add: Key;
      readonly by: Counts;
      readonly atMost?: Counts;
      readonly owner?: string;
      readonly expires?: Date;
    }
  | { readonly check: Key; readonly expect: Expectation };

/** A part of a listing. `next` continues it as the same query's `from`; absent at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** The items of one partition, in order of `sort` (bytewise, as UTF-8). */
export interface ItemsQuery {
  readonly partition: string;
  /** Only items whose sort key starts with this. */
  readonly prefix?: string;
  /** At most this many a page; 100 by default and at most. */
  readonly limit?: number;
  readonly from?: string;
}

/** The keys of everything that belongs to one owner, in no promised order. */
export interface OwnerQuery {
  readonly owner: string;
  readonly limit?: number;
  readonly from?: string;
}

/** The keys of a work list whose time is at or before `until`, earliest first. */
export interface DueQuery {
  readonly list: string;
  readonly until: Date;
  readonly limit?: number;
  readonly from?: string;
}

/** Limits that every store keeps: those of Amazon DynamoDB, so that what works on a laptop works deployed. */
export const LIMITS = {
  /** Keys of one `get`. */
  keysPerGet: 100,
  /** Changes of one `write`, one for each key at the most. */
  changesPerWrite: 100,
  /** Bytes of one item: its key, owner, list and data (deflated where that is smaller), and 100 for the rest. */
  itemBytes: 400 * 1024,
  /** Bytes of all items of one `write`. */
  writeBytes: 4 * 1024 * 1024,
  /** UTF-8 bytes of a partition. */
  partitionBytes: 2048,
  /** UTF-8 bytes of a sort key. */
  sortBytes: 1024,
} as const;

/**
 * Durable items with atomic, conditional writes: all the state there is.
 *
 * What only a mistake in the program can cause (too many keys, two changes of one key, an empty key, a count that is no
 * whole number) throws a plain Error. Two implementations pass one suite (test/unit/store): SQLite for the embedded default, DynamoDB for AWS.
 */
export interface Store {
  /**
   * Reads up to 100 items in one round trip, in the order asked; `undefined` for what is absent or expired.
   * Strongly consistent: what a finished `write` wrote is seen.
   */
  get(keys: readonly Key[]): Promise<(Item | undefined)[]>;

  /** Lists a partition: strongly consistent, whole items. */
  query(index: 'items', query: ItemsQuery): Promise<Page<Item>>;
  /** Lists by owner or by due time: keys only, and on DynamoDB eventually consistent. */
  query(index: 'byOwner', query: OwnerQuery): Promise<Page<Key>>;
  query(index: 'byDue', query: DueQuery): Promise<Page<Key>>;

  /**
   * Applies up to 100 changes, all or none.
   *
   * `attempt` names this list of changes. The same attempt sent again within ten minutes, because the reply was lost,
   * changes nothing more and succeeds; so a caller never has to find out whether its write arrived. Where others have
   * changed the same items in between, DynamoDB may answer StaleWriteError instead: who then reads again finds the own
   * write in what it reads. Other changes need another attempt, also after a StaleWriteError.
   *
   * @throws StaleWriteError when something is not as expected, a bound would be passed, or (on DynamoDB) others kept
   * writing the same items through all retries. Nothing is changed.
   * @throws ItemTooLargeError when an item or the whole write is over its limit. Nothing is changed.
   */
  write(changes: readonly Change[], attempt: string): Promise<void>;

  /**
   * Makes sure that what was removed or replaced before can be read from no file of the store's own any more. SQLite
   * rewrites its file and empties its write-ahead log; DynamoDB has no such files, and its backups keep what they keep.
   *
   * @throws Error when somebody reads the file all the time: try again later.
   */
  purge(): Promise<void>;

  /** Ends connections and files. The store is not used afterwards. */
  close(): Promise<void>;
}

/** A write met another state than it expected. Internal: callers read again and decide again. */
export class StaleWriteError extends Error {
  override readonly name = 'StaleWriteError';
  /** The keys whose expectation or bound failed; one at least. */
  readonly keys: readonly Key[];

  constructor(keys: readonly Key[]) {
    super(`${keys.length} of the changes met another state than expected`);
    this.keys = keys;
  }
}

/** An item or a write is larger than the store takes ({@link LIMITS}). */
export class ItemTooLargeError extends Error {
  override readonly name = 'ItemTooLargeError';
}

/** The key that a change is about. */
export const keyOf = (change: Change): Key => {
  if ('put' in change) return change.put.key;
  if ('remove' in change) return change.remove;
  return 'add' in change ? change.add : change.check;
};

/** One text for a key, for maps and sets; two keys never share one. */
export const keyText = (key: Key): string => `${key.partition.length} ${key.partition} ${key.sort}`;
