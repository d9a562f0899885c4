import type { Store } from '../store/store.ts';
import type { Snapshot } from './snapshot.ts';
import { assemble, loadManifest, loadSnapshot, type Manifest, pointerKey } from './snapshot-store.ts';

/** Reads the published promotions of an account, from memory where it may. */
export interface SnapshotReader {
  /** The promotions in force, at most 10 seconds late; undefined when nothing is published. */
  current(): Promise<Snapshot | undefined>;
  /** The promotions that a stored effect was made with; undefined for an unknown id. */
  byId(id: string): Promise<Snapshot | undefined>;
}

/** How long the pointer may be taken from memory (design.md decision 16). */
export const POINTER_MILLISECONDS = 10_000;

/** Snapshots kept in memory: the one in force, the one before, and a few that explanations ask for. */
const SNAPSHOTS_KEPT = 4;

/**
 * A reader with a memory: one for each process. The same snapshot is the same object as long as it is kept, so that what
 * is prepared from it is prepared once. Reads of the same thing are shared while one is on its way; a failed one is
 * forgotten.
 */
export const snapshotReader = (store: Store, accountId: number, now: () => Date): SnapshotReader => {
  let pointer:
    | { readonly manifest: Promise<Manifest | undefined>; readonly since: number; pending: boolean }
    | undefined;
  const snapshots = new Map<string, Promise<Snapshot | undefined>>();

  const isFresh = (since: number): boolean => {
    const age = now().getTime() - since;
    return age >= 0 && age < POINTER_MILLISECONDS;
  };

  const readPointer = (): Promise<Manifest | undefined> => {
    if (pointer && (pointer.pending || isFresh(pointer.since))) return pointer.manifest;
    const manifest = loadManifest(store, pointerKey(accountId));
    const read = { manifest, since: now().getTime(), pending: true };
    pointer = read;
    manifest.then(
      () => {
        read.pending = false;
      },
      () => {
        pointer = undefined;
      },
    );
    return manifest;
  };

  const remembered = (id: string, load: () => Promise<Snapshot | undefined>): Promise<Snapshot | undefined> => {
    const known = snapshots.get(id);
    const snapshot = known ?? load();
    // The last asked for stands last; the first one goes.
    snapshots.delete(id);
    snapshots.set(id, snapshot);
    const [oldest] = snapshots.keys();
    if (snapshots.size > SNAPSHOTS_KEPT && oldest !== undefined) snapshots.delete(oldest);
    const forget = (): void => {
      if (snapshots.get(id) === snapshot) snapshots.delete(id);
    };
    if (!known) snapshot.then((loaded) => loaded ?? forget(), forget);
    return snapshot;
  };

  return {
    current: async () => {
      const manifest = await readPointer();
      return manifest && remembered(manifest.id, () => assemble(store, accountId, manifest));
    },
    byId: (id) => remembered(id, () => loadSnapshot(store, accountId, id)),
  };
};
