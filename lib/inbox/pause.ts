import { randomUUID } from 'node:crypto';
import { everyItem } from '../store/every.ts';
import { type Item, type Json, type Key, StaleWriteError, type Store } from '../store/store.ts';

/**
 * `paused`: messages of the shop are put aside. `resuming`: those that were put aside come back through the queue, what is
 * new is put aside behind them. `closing`: nothing is put aside any more, and the pause is about to end.
 */
export type PauseState = 'paused' | 'resuming' | 'closing';

/** A shop that is paused. */
export interface Pause {
  readonly shop: string;
  /** Since when, RFC 3339. */
  readonly since: string;
  readonly state: PauseState;
  /** Rises with each change of the state. */
  readonly version: number;
}

/** Where pauses are kept. */
export interface PauseDeps {
  readonly store: Store;
  readonly accountId: number;
  now(): Date;
}

/** What the consumer asks about pauses. */
export interface PauseReader {
  /** The shop's pause, at most 10 seconds late; undefined when it has none. */
  of(shop: string): Promise<Pause | undefined>;
  /** The same as it stands now. */
  now(shop: string): Promise<Pause | undefined>;
}

/** How long pauses may be taken from memory. */
export const PAUSES_MILLISECONDS = 10_000;

const partition = (accountId: number): string => `${accountId}/paused`;

/** Where the pause of a shop is. */
export const pauseKey = (accountId: number, shop: string): Key => ({ partition: partition(accountId), sort: shop });

const pauseOf = ({ key, data, version }: Item): Pause => {
  const { since, state } = data as unknown as Pause;
  return { shop: key.sort, since, state, version };
};

/** All shops that are paused, by name. */
export const listPauses = async ({ store, accountId }: Pick<PauseDeps, 'store' | 'accountId'>): Promise<Pause[]> => {
  const items = await Array.fromAsync(everyItem(store, { partition: partition(accountId) }));
  return items.map(pauseOf);
};

/** The pause of a shop as it stands now. */
export const pauseNow = async (
  shop: string,
  { store, accountId }: Pick<PauseDeps, 'store' | 'accountId'>,
): Promise<Pause | undefined> => {
  const [item] = await store.get([pauseKey(accountId, shop)]);
  return item && pauseOf(item);
};

/**
 * Moves a pause to a state; without one, begins it.
 *
 * @param before as it was read; undefined: there was none.
 * @throws StaleWriteError when somebody else moved it meanwhile.
 */
export const setPause = async (
  shop: string,
  state: PauseState,
  before: Pause | undefined,
  { store, accountId, now }: PauseDeps,
): Promise<Pause> => {
  const since = before?.since ?? now().toISOString();
  const put = { key: pauseKey(accountId, shop), data: { since, state } satisfies Json };
  // After a crash here the state is the new one, and every command goes on from any state.
  await store.write([{ put, expect: before?.version ?? 'absent' }], randomUUID());
  return { shop, since, state, version: (before?.version ?? 0) + 1 };
};

/** Pauses a shop, also one that is being resumed. */
export const pauseShop = async (shop: string, deps: PauseDeps): Promise<Pause> => {
  for (;;) {
    const before = await pauseNow(shop, deps);
    if (before?.state === 'paused') return before;
    try {
      return await setPause(shop, 'paused', before, deps);
    } catch (error) {
      if (!(error instanceof StaleWriteError)) throw error;
    }
  }
};

/**
 * Reads pauses, from memory where it may: one query in ten seconds for all shops.
 *
 * A pause counts only when it is ten seconds old: until then a consumer may not have heard of it, and of two messages in
 * a row one would be put aside and the other applied.
 */
export const pauseReader = ({ store, accountId, now }: PauseDeps): PauseReader => {
  let known: { readonly pauses: Promise<Pause[]>; readonly since: number } | undefined;
  const isInForce = (pause: Pause | undefined): boolean =>
    pause !== undefined && now().getTime() - new Date(pause.since).getTime() >= PAUSES_MILLISECONDS;
  const inForce = (pause: Pause | undefined) => (isInForce(pause) ? pause : undefined);
  const all = (): Promise<Pause[]> => {
    const age = known ? now().getTime() - known.since : -1;
    if (known && age >= 0 && age < PAUSES_MILLISECONDS) return known.pauses;
    const pauses = listPauses({ store, accountId });
    known = { pauses, since: now().getTime() };
    pauses.catch(() => {
      known = undefined;
    });
    return pauses;
  };
  return {
    of: async (shop) => inForce((await all()).find((pause) => pause.shop === shop)),
    now: async (shop) => {
      known = undefined;
      return inForce(await pauseNow(shop, { store, accountId }));
    },
  };
};
