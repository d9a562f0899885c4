import { canonicalJson } from '../contract/canonical-json.ts';
import { type Json, type Key, type NewItem, StaleWriteError, type Store } from '../store/store.ts';
import { hashOf } from './canonical.ts';
import type { Snapshot } from './snapshot.ts';
import { CHUNKS_AT_ONCE, chunkKey, loadManifest, type Manifest, manifestKey, pointerKey } from './snapshot-store.ts';

/** UTF-8 bytes of a part: with room to the store's limit for an item, 400 KB, even where nothing deflates. */
export const CHUNK_BYTES = 300 * 1024;

/** How often a publish tries again when others publish at the same time. */
const ATTEMPTS = 8;

/**
 * Publishes a snapshot: its parts, its manifest, then the pointer. It is in force everywhere within 10 seconds
 * (snapshot-reader.ts). What is stored already is not written again, so publishing an earlier file moves the pointer
 * back; of two publishes at once the later to move the pointer decides.
 *
 * @param newId names each write.
 * @param now what the snapshot says of when it was first published.
 * @throws StaleWriteError when others moved the pointer at every attempt.
 */
export const publish = async (
  store: Store,
  snapshot: Snapshot,
  newId: () => string,
  now: () => Date = () => new Date(),
): Promise<void> => {
  const { id, published: _published, ...content } = snapshot;
  const { accountId } = content;
  const text = canonicalJson(content);
  if (hashOf(text) !== id) throw new Error(`promotions snapshot ${id} does not have the content that its id names`);
  const parts = split(text).map((part) => ({ hash: hashOf(part), part }));
  const manifest: Manifest = { id, chunks: parts.map(({ hash }) => hash), published: now().toISOString() };
  const distinct = new Map(parts.map(({ hash, part }) => [hash, part]));
  const chunks = [...distinct].map(([hash, part]) => ({ key: chunkKey(accountId, hash), data: part }));

  // After a crash up to here, parts lie unused until the same content is published again; what is in force stays.
  for (let from = 0; from < chunks.length; from += CHUNKS_AT_ONCE) {
    await putMissing(store, chunks.slice(from, from + CHUNKS_AT_ONCE), newId);
  }
  // After a crash here, the snapshot is complete and can be read by its id, but is not in force.
  const key = manifestKey(accountId, id);
  await putMissing(store, [{ key, data: dataOf(manifest) }], newId);
  const first = (await loadManifest(store, key)) ?? manifest;
  await movePointer(store, pointerKey(accountId), first, newId);
};

const dataOf = ({ id, chunks, published }: Manifest): Json => ({ id, chunks, published });

/** Cuts a text into parts of bounded size, never inside a character. */
const split = (text: string): string[] => {
  const bytes = Buffer.from(text);
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(from + CHUNK_BYTES, bytes.length);
    while (((bytes[to] ?? 0) & 0b1100_0000) === 0b1000_0000) to -= 1;
    parts.push(bytes.toString('utf8', from, to));
    from = to;
  }
  return parts;
};

/** Does it again when another publish changed the same items meanwhile. */
const insisting = async (act: () => Promise<void>): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (!(error instanceof StaleWriteError) || attempt === ATTEMPTS) throw error;
    }
  }
};

/** Stores what never changes: items that are there already are the same. */
const putMissing = (store: Store, items: readonly NewItem[], newId: () => string): Promise<void> =>
  insisting(async () => {
    const stored = await store.get(items.map(({ key }) => key));
    const missing = items.filter((_item, index) => !stored[index]);
    if (missing.length > 0) {
      await store.write(
        missing.map((put) => ({ put, expect: 'absent' })),
        newId(),
      );
    }
  });

const movePointer = (store: Store, key: Key, manifest: Manifest, newId: () => string): Promise<void> =>
  insisting(async () => {
    const [pointer] = await store.get([key]);
    if ((pointer?.data as unknown as Manifest | undefined)?.id === manifest.id) return;
    // With this write the snapshot is in force; a crash after it leaves nothing to do.
    await store.write([{ put: { key, data: dataOf(manifest) }, expect: pointer?.version ?? 'absent' }], newId());
  });
