import { everyItem } from '../store/every.ts';
import type { Segment } from '../store/segment.ts';
import type { Item, Store } from '../store/store.ts';
import { markKey } from './mark.ts';
import { outboxKey } from './outbox.ts';
import { parkedKey } from './park.ts';
import { pointerPartition, type TraceEntry, tracePartition, tracePlace } from './trace.ts';

/** What telling needs. */
export interface StoryDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
}

/** A trace entry and how it stands now. */
export interface ToldEntry extends TraceEntry {
  /** Whether its effects left the outbox; absent when there was nothing to publish. */
  readonly publishing?: 'published' | 'waiting';
  /** The message is still parked. */
  readonly isParked: boolean;
}

/** What happened to a session, oldest first. */
export interface Story {
  readonly session: string;
  readonly entries: readonly ToldEntry[];
  /** Entries that are older than those. */
  readonly earlier: number;
}

/** What is known of an order, a session or a delivery. */
export interface Found {
  readonly stories: readonly Story[];
  /** When a delivery of this id was applied, RFC 3339; also one that concerns no session. */
  readonly appliedAt?: string;
}

/** Entries of one story that are told. */
export const MOST_ENTRIES = 50;

const EVENT_TYPES = ['cart', 'order', 'customer', 'activity', 'thin'];

const ORDER = /^([a-z0-9-]{1,40}):order\/(.+)$/s;

/** Finds what happened by `SHOP:order/ID`, by the id of a session, or by that of a delivery or call. */
export const findStories = async (asked: string, deps: StoryDeps): Promise<Found> => {
  const { store, accountId, segment } = deps;
  const [, shop, order] = ORDER.exec(asked) ?? [];
  const pointers = [
    pointerPartition(accountId, segment, 'delivery', asked),
    ...(shop !== undefined && order !== undefined ? [pointerPartition(accountId, segment, 'order', shop, order)] : []),
  ];
  const [marks, pages] = await Promise.all([
    store.get(EVENT_TYPES.map((type) => markKey(accountId, segment, `${type}/${asked}`))),
    Promise.all(pointers.map((partition) => allOf(partition, store))),
  ]);
  const noted = marks.flatMap((mark) => (mark ? [mark.data as { readonly at: string; readonly trace?: string }] : []));
  const places = new Set([
    tracePlace(segment, asked),
    ...pages.flat().map(({ key }) => key.sort),
    ...noted.flatMap(({ trace }) => trace ?? []),
  ]);
  const stories = await Promise.all([...places].map((place) => storyAt(place, deps)));
  const appliedAt = noted[0]?.at;
  return { stories: stories.filter((story) => story !== undefined), ...(appliedAt !== undefined && { appliedAt }) };
};

const allOf = (partition: string, store: Store): Promise<Item[]> => Array.fromAsync(everyItem(store, { partition }));

const storyAt = async (place: string, { store, accountId }: StoryDeps): Promise<Story | undefined> => {
  const items = await allOf(tracePartition(accountId, place), store);
  const entries = items.map(({ data }) => data as unknown as TraceEntry).sort(byTime);
  const last = entries.slice(-MOST_ENTRIES);
  const [first] = last;
  if (!first) return undefined;
  const [waiting, parked] = await Promise.all([
    present(last, ({ outbox }) => (outbox === undefined ? undefined : outboxKey(accountId, outbox)), store),
    present(last, (entry) => parkedPlace(entry, accountId), store),
  ]);
  const told = last.map((entry) => ({
    ...entry,
    ...(entry.outbox !== undefined && {
      publishing: waiting.has(entry) ? ('waiting' as const) : ('published' as const),
    }),
    isParked: parked.has(entry),
  }));
  return { session: first.session, entries: told, earlier: entries.length - last.length };
};

/** Where the clock did not move in between, what was applied comes first: a repeat can only follow it. */
const byTime = (one: TraceEntry, other: TraceEntry): number =>
  one.at.localeCompare(other.at) || Number(other.outcome === 'applied') - Number(one.outcome === 'applied');

const parkedPlace = ({ outcome, message, queued, at }: TraceEntry, accountId: number) =>
  outcome === 'parked' && message !== undefined ? parkedKey(accountId, message, new Date(queued ?? at)) : undefined;

/** Those of the entries whose item is there. */
const present = async (
  entries: readonly TraceEntry[],
  keyOf: (entry: TraceEntry) => ReturnType<typeof parkedPlace>,
  store: Store,
): Promise<ReadonlySet<TraceEntry>> => {
  const asked = entries.flatMap((entry) => {
    const key = keyOf(entry);
    return key ? [{ entry, key }] : [];
  });
  const items = asked.length === 0 ? [] : await store.get(asked.map(({ key }) => key));
  return new Set(asked.filter((_, index) => items[index] !== undefined).map(({ entry }) => entry));
};
