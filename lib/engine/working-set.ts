import { type Change, type Counts, type Due, type Item, type Json, keyText } from '../store/store.ts';
import { NOTHING_OWNED, type Owned } from './owned.ts';
import type { Counters, RecordKey } from './records.ts';

const NO_COUNTS: Counts = {};

/** The records that a decision has at hand, each as it was read in one moment. */
export class WorkingSet {
  readonly #items = new Map<string, Item | undefined>();
  /** What belongs to the operation's owners, for the operations that name them. */
  readonly owned: Owned;
  /** What the operation's listing found, for the operations that have one. */
  readonly listed: readonly Item[];

  constructor({ owned = NOTHING_OWNED, listed = [] }: { owned?: Owned; listed?: readonly Item[] } = {}) {
    this.owned = owned;
    this.listed = listed;
  }

  /** Notes what a read of the record gave. */
  learn(record: RecordKey<unknown>, item: Item | undefined): void {
    this.#items.set(keyText(record.key), item);
  }

  /** Whether the record was read, there or not. */
  knows(record: RecordKey<unknown>): boolean {
    return this.#items.has(keyText(record.key));
  }

  #item(record: RecordKey<unknown>): Item | undefined {
    if (!this.knows(record)) throw new Error(`decided without reading ${record.key.sort}: name it in needs`);
    return this.#items.get(keyText(record.key));
  }

  /** The record's data, or undefined when there is none. @throws Error when it was not read. */
  get<T extends object>(record: RecordKey<T>): T | undefined {
    return this.#item(record)?.data as T | undefined;
  }

  /** A count of the record; 0 when there is none. @throws Error when it was not read. */
  count(record: RecordKey<Counters>, name: string): number {
    return (this.#item(record)?.counts ?? NO_COUNTS)[name] ?? 0;
  }

  /** Whose the record is; undefined when it is nobody's. @throws Error when it was not read. */
  ownerOf(record: RecordKey<unknown>): string | undefined {
    return this.#item(record)?.owner;
  }

  /** The change that removes the record, provided that nothing changed since it was read. */
  remove(record: RecordKey<unknown>): Change {
    const version = this.#item(record)?.version;
    return { remove: record.key, ...(version !== undefined && { expect: version }) };
  }

  /**
   * The change that stores the record, provided that nothing changed since it was read.
   *
   * @param owner whose it is from now on; undefined: nobody's.
   * @param due the list in which it stands from now on; undefined: in none.
   */
  put<T extends object>(record: RecordKey<T>, data: T, owner?: string, due?: Due): Change {
    const item = {
      key: record.key,
      data: data as unknown as Json,
      ...(owner !== undefined && { owner }),
      ...(due && { due }),
    };
    return { put: item, expect: this.#item(record)?.version ?? 'absent' };
  }
}
