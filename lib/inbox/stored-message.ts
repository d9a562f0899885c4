import { type Change, type Item, type Json, type Key, keyOf, keyText, type Store } from '../store/store.ts';

/** Characters of a message in one item: at three bytes each they fit (LIMITS.itemBytes) even if nothing compresses. */
const PART = 100_000;

/**
 * Changes that store a message with what is known of it, in as many items as it takes.
 *
 * @param expires when all of them are forgotten; absent: never.
 */
export const storeMessage = (
  key: Key,
  { message, ...facts }: { readonly message: string; readonly [fact: string]: Json },
  owner: string | undefined,
  expires?: Date,
): Change[] => {
  const put = (at: Key, data: Json): Change => ({
    put: { key: at, data, ...(owner !== undefined && { owner }), ...(expires && { expires }) },
    expect: 'absent',
  });
  const rest = Array.from({ length: Math.max(0, Math.ceil(message.length / PART) - 1) }, (_, index) =>
    put(partKey(key, index + 1), { message: message.slice((index + 1) * PART, (index + 2) * PART) }),
  );
  return [put(key, { ...facts, message: message.slice(0, PART), parts: rest.length + 1 }), ...rest];
};

/** The whole text of a stored message. */
export const storedMessage = async ({ key, data }: Item, store: Store): Promise<string> => {
  const { message } = data as { readonly message: string };
  const keys = partKeys(key, data);
  const rest = keys.length === 0 ? [] : await store.get(keys);
  return [message, ...rest.map((item) => (item?.data as { message: string } | undefined)?.message ?? '')].join('');
};

/** Changes that remove a stored message, every part of it. They fail when somebody removed it before. */
export const removeMessage = ({ key, version, data }: Item): Change[] => [
  { remove: key, expect: version },
  ...partKeys(key, data).map((part) => ({ remove: part })),
];

/**
 * Changes that put another text, no longer than the old one, in the place of a stored message, which then belongs to
 * nobody. They fail when somebody changed or removed it.
 *
 * @param facts what else is known of it now.
 */
export const replaceMessage = async (
  { key, version, data, expires }: Item,
  message: string,
  facts: { readonly [fact: string]: Json },
  store: Store,
): Promise<Change[]> => {
  const keys = partKeys(key, data);
  const parts = keys.length === 0 ? [] : await store.get(keys);
  const known = new Map(parts.flatMap((part) => (part ? [[keyText(part.key), part.version] as const] : [])));
  const puts = storeMessage(key, { ...(data as { readonly message: string }), ...facts, message }, undefined, expires);
  const versions = new Map([[keyText(key), version], ...known]);
  const kept = puts.map((change): Change => {
    const at = keyText(keyOf(change));
    return { ...change, expect: versions.get(at) ?? 'absent' } as Change;
  });
  const stays = new Set(kept.map((change) => keyText(keyOf(change))));
  return [...kept, ...keys.filter((part) => !stays.has(keyText(part))).map((part) => ({ remove: part }))];
};

const partKeys = (key: Key, data: Json): Key[] =>
  Array.from({ length: (data as { readonly parts: number }).parts - 1 }, (_, index) => partKey(key, index + 1));

const partKey = ({ partition, sort }: Key, part: number): Key => ({
  partition: `${partition}/${sort}`,
  sort: String(part),
});
