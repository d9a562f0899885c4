import { sessionNamed } from '../commerce/naming.ts';
import type { Shop } from '../commerce/shops.ts';
import type { Segment } from '../store/segment.ts';
import type { Store } from '../store/store.ts';
import { pointerPartition, type TraceEntry, tracePartition } from './trace.ts';

/** What looking orders up needs. */
export interface OrderProfilesDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  /** The profile of a session, empty where it is nobody's; undefined: there is no such session, or nobody can tell. */
  profileOfSession(application: number, session: string): Promise<string | undefined>;
}

/** Whose orders are. */
export interface OrderProfiles {
  /** The profiles of their sessions, each once. */
  readonly profiles: readonly string[];
  /** Orders of which no session is known, or not any more. */
  readonly unknown: number;
}

/** More orders than this are not looked up: so many reads are made for one request at the most. */
const MOST_ORDERS = 100;

/** Sessions that are looked at of one order; it has one, or two when a cart became another. */
const MOST_SESSIONS = 5;

const AT_ONCE = 10;

/**
 * Finds the profiles to which the sessions of a shop's orders belong: by the trace, which tells for 30 days which session
 * an order has, and by the name that the session of an order has which had no cart.
 *
 * @param name the shop's.
 */
export const profilesOfOrders = async (
  orders: readonly string[],
  name: string,
  shop: Shop,
  deps: OrderProfilesDeps,
): Promise<OrderProfiles> => {
  const asked = [...new Set(orders)];
  const profiles = new Set<string>();
  let known = 0;
  for (let from = 0; from < Math.min(asked.length, MOST_ORDERS); from += AT_ONCE) {
    const part = asked.slice(from, Math.min(from + AT_ONCE, MOST_ORDERS));
    for (const found of await Promise.all(part.map((order) => profilesOfOrder(order, name, shop, deps)))) {
      if (found.length > 0) known++;
      for (const profile of found) if (profile !== '') profiles.add(profile);
    }
  }
  return { profiles: [...profiles], unknown: asked.length - known };
};

const profilesOfOrder = async (
  order: string,
  name: string,
  shop: Shop,
  deps: OrderProfilesDeps,
): Promise<readonly string[]> => {
  const traced = await tracedSessions(order, name, deps);
  const sessions = new Set([
    ...traced,
    // What an order is called that came after its cart was deleted (decide-session.ts).
    ...traced.map((session) => `${session}:order:${order}`),
    sessionNamed(undefined, [`order:${order}`], { name, shop }),
  ]);
  const found = await Promise.all([...sessions].map((session) => deps.profileOfSession(shop.application, session)));
  return found.filter((profile) => profile !== undefined);
};

const tracedSessions = async (
  order: string,
  name: string,
  { store, accountId, segment }: OrderProfilesDeps,
): Promise<readonly string[]> => {
  const partition = pointerPartition(accountId, segment, 'order', name, order);
  const { items } = await store.query('items', { partition, limit: MOST_SESSIONS });
  const pages = await Promise.all(
    items.map(({ key }) => store.query('items', { partition: tracePartition(accountId, key.sort), limit: 1 })),
  );
  return pages.flatMap(({ items: [entry] }) => (entry ? [(entry.data as unknown as TraceEntry).session] : []));
};
