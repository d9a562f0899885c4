/** Where an item lives: `partition` groups items that are listed together, `sort` orders them inside it. */
export interface Key {
  readonly partition: string;
  readonly sort: string;
}

/** A value as JSON holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Named whole numbers that `add` changes without reading first. */
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
  /** From this moment on the item reads as absent. Whole seconds; removal may come later. */
  readonly expires?: Date;
}

/** What a read returns. `version` starts at 1 and rises by one with each `put` of the same key. */
export interface Item extends NewItem {
  readonly version: number;
  readonly counts: Counts;
}

/** The state that a change expects to find: a version, or no item at all (an expired item is absent). */
export type Expectation = number | 'absent';

/**
 * One change of a write.
 * - `put` replaces the item if it is in the expected state.
 * - `remove` deletes it; without `expect` whatever is there, and nothing there is fine.
 * - `add` adds to counts, making the item when absent; every count named in `atMost` must end at or below its bound.
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

/** A part of a listing. `next` continues it; absent at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** The items of one partition, in order of `sort` (bytewise). */
export interface ItemsQuery {
  readonly partition: string;
  /** Only items whose sort key starts with this. */
  readonly prefix?: string;
  /** At most this many a page; 100 by default and at most. */
  readonly limit?: number;
  readonly from?: string;
}

/** The keys of everything that belongs to one owner. */
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
  /** Bytes of one item: its keys and its deflated data. */
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
 * Two implementations pass one suite (test/unit/store): SQLite for the embedded default, DynamoDB for AWS.
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
   * `attempt` names this write. The same attempt sent again within ten minutes, because the reply was lost, changes
   * nothing more and succeeds; so a caller never has to find out whether its write arrived.
   *
   * @throws StaleWriteError when something is not as expected or a bound would be passed. Nothing is changed.
   * @throws ItemTooLargeError when an item or the whole write is over its limit. Nothing is changed.
   */
  write(changes: readonly Change[], attempt: string): Promise<void>;

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

/** One text for a key, for maps and sets. */
export const keyText = (key: Key): string => `${key.partition}\n${key.sort}`;
