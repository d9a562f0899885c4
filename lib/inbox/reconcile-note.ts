import { randomUUID } from 'node:crypto';
import type { Place, Platform } from '../commerce/platform.ts';
import type { Json, Key, Store } from '../store/store.ts';

/**
 * A reading of a shop that takes longer than one run. Every run of it compares the same changes, so that what happens
 * meanwhile is neither missed nor waited for: it is the next reading's.
 */
export interface Reading {
  /** Whose lists they are. */
  readonly platform: Platform['name'];
  /** What was changed from then on is read, RFC 3339. */
  readonly since: string;
  /** What was changed until then is compared, RFC 3339. */
  readonly until: string;
  /** Where the next run goes on. */
  readonly place: Place;
}

/** How far a shop is reconciled. */
export interface ReconcileNote {
  readonly shop: string;
  /** Everything that was changed until then was compared, RFC 3339; undefined: nothing ever was. */
  readonly until?: string;
  /** When it was last begun, RFC 3339. */
  readonly tried?: string;
  /** Begun, and not at its end yet. */
  readonly reading?: Reading;
  /** Of the item; 0: there is none. */
  readonly version: number;
}

/** Where notes are kept. */
export interface ReconcileNoteDeps {
  readonly store: Store;
  readonly accountId: number;
}

const keyOf = (accountId: number, shop: string): Key => ({
  partition: `${accountId}/reconciled/${shop}`,
  sort: 'note',
});

/** As many keys as one read takes. */
const BATCH = 100;

/** The notes of shops, the one that was tried longest ago first: so each has its turn, however long the others take. */
export const readNotes = async (
  shops: readonly string[],
  { store, accountId }: ReconcileNoteDeps,
): Promise<ReconcileNote[]> => {
  const notes: ReconcileNote[] = [];
  for (let first = 0; first < shops.length; first += BATCH) {
    const names = shops.slice(first, first + BATCH);
    const items = await store.get(names.map((shop) => keyOf(accountId, shop)));
    notes.push(
      ...names.map((shop, index) => {
        const { data, version = 0 } = items[index] ?? {};
        return { shop, ...(data as Omit<ReconcileNote, 'shop' | 'version'> | undefined), version };
      }),
    );
  }
  return notes.toSorted((one, other) => (one.tried ?? '').localeCompare(other.tried ?? ''));
};

/** Writes how far a shop is. @throws StaleWriteError when somebody else did. */
export const writeNote = async (
  { shop, version, ...data }: ReconcileNote,
  { store, accountId }: ReconcileNoteDeps,
): Promise<void> => {
  // After a crash before this the shop is compared from where it was before.
  const put = { key: keyOf(accountId, shop), data: data as unknown as Json };
  await store.write([{ put, expect: version || 'absent' }], randomUUID());
};
