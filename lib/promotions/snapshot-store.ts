import type { Json, Key, Store } from '../store/store.ts';
import { hashOf, type SnapshotContent } from './canonical.ts';
import type { Snapshot } from './snapshot.ts';

/** Which snapshot, the hashes of its parts in order, and when it was first published (RFC 3339). */
export interface Manifest {
  readonly id: string;
  readonly chunks: readonly string[];
  readonly published: string;
}

const keyOf = (accountId: number, sort: string): Key => ({ partition: `${accountId}/promotions`, sort });

/**
 * Holds the manifest of the snapshot in force: a copy, so that a cold start reads twice and not three times. Moving it
 * is publishing; moving it back is reverting.
 */
export const pointerKey = (accountId: number): Key => keyOf(accountId, 'pointer');

/** Holds the manifest of a snapshot that was published at any time. Never changes. */
export const manifestKey = (accountId: number, id: string): Key => keyOf(accountId, `snapshot/${id}`);

/** Holds a part of a snapshot's canonical JSON, named by its hash. Never changes. */
export const chunkKey = (accountId: number, hash: string): Key => keyOf(accountId, `chunk/${hash}`);

/** So many parts in one read or write: with parts of 300 KB it stays below what DynamoDB moves at once, 4 MB. */
export const CHUNKS_AT_ONCE = 10;

/** The manifest at a key; undefined when there is none. */
export const loadManifest = async (store: Store, key: Key): Promise<Manifest | undefined> => {
  const [item] = await store.get([key]);
  return item?.data as unknown as Manifest | undefined;
};

/** The snapshot of a manifest. @throws Error when the store no longer holds exactly what was published. */
export const assemble = async (
  store: Store,
  accountId: number,
  { id, chunks, published }: Manifest,
): Promise<Snapshot> => {
  const parts: (Json | undefined)[] = [];
  for (let from = 0; from < chunks.length; from += CHUNKS_AT_ONCE) {
    const keys = chunks.slice(from, from + CHUNKS_AT_ONCE).map((hash) => chunkKey(accountId, hash));
    for (const item of await store.get(keys)) parts.push(item?.data);
  }
  const text = parts.join('');
  if (hashOf(text) !== id) throw new Error(`the stored parts of promotions snapshot ${id} are damaged`);
  return { id, published, ...(JSON.parse(text) as SnapshotContent) };
};

/**
 * Reads published promotions back: the ones in force, or those of an earlier snapshot.
 *
 * @returns undefined when nothing, or no such snapshot, was published.
 * @throws Error when the store no longer holds exactly what was published.
 */
export const loadSnapshot = async (store: Store, accountId: number, id?: string): Promise<Snapshot | undefined> => {
  const key = id === undefined ? pointerKey(accountId) : manifestKey(accountId, id);
  const manifest = await loadManifest(store, key);
  return manifest && assemble(store, accountId, manifest);
};
