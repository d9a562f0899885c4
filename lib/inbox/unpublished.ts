import { everyItem } from '../store/every.ts';
import type { Item, Store } from '../store/store.ts';
import type { StopReason } from './delivery.ts';
import { SWEPT_AFTER_MS } from './outbox.ts';
import { type FailingTarget, targetIn, targetPartition } from './target.ts';
import { listOutbox, waitingIn } from './waiting.ts';

/** What of a shop was not published yet. */
export interface Unpublished {
  /** Undefined: the effects of calls that somebody put into a queue. */
  readonly shop: string | undefined;
  /** Those that are going to be attempted. */
  readonly waiting: number;
  /** Those that only an operator brings up again, by reason. */
  readonly stopped: ReadonlyMap<StopReason, number>;
  /** Since when the oldest of them all waits. */
  readonly since: Date;
  /** What is known of the shop's receiver, where it fails. */
  readonly receiver: FailingTarget | undefined;
}

/** What was not published, and whether all of it was counted. */
export interface OutboxState {
  readonly shops: readonly Unpublished[];
  readonly isWhole: boolean;
}

/** Publications that are counted: beyond that the exact number helps nobody. */
const MOST_COUNTED = 1000;

interface Fact {
  readonly shop: string | undefined;
  readonly stopped: StopReason | undefined;
  readonly since: number;
}

/** What waits in the outbox, by shop, and the receivers that fail or are disabled. It writes nothing. */
export const outboxState = async (store: Store, accountId: number, now: Date): Promise<OutboxState> => {
  const receivers = await failingReceivers(store, accountId);
  const facts: Fact[] = [];
  let isWhole = true;
  for await (const item of listOutbox(store, accountId)) {
    isWhole = facts.length < MOST_COUNTED;
    if (!isWhole) break;
    const { publication, delivery } = waitingIn(item);
    facts.push({ shop: publication.shop, stopped: delivery?.stopped, since: sinceOf(item, now) });
  }
  const byShop = Map.groupBy(facts, ({ shop }) => shop);
  for (const shop of receivers.keys()) if (!byShop.has(shop)) byShop.set(shop, []);
  const shops = [...byShop].map(([shop, those]) => {
    const stopped = Map.groupBy(
      those.flatMap((fact) => fact.stopped ?? []),
      (reason) => reason,
    );
    const receiver = shop === undefined ? undefined : receivers.get(shop);
    const moments = [...those.map(({ since }) => since), ...(receiver ? [Date.parse(receiver.since)] : [])];
    return {
      shop,
      waiting: those.filter((fact) => fact.stopped === undefined).length,
      stopped: new Map([...stopped].map(([reason, all]) => [reason, all.length])),
      since: new Date(Math.min(...moments)),
      receiver,
    };
  });
  return { shops, isWhole };
};

const sinceOf = (item: Item, now: Date): number => {
  const { delivery } = waitingIn(item);
  if (delivery) return Date.parse(delivery.since);
  // Before its first attempt nothing but the time of its sweep says when it was written.
  return Math.min(now.getTime(), (item.due?.at ?? now).getTime() - SWEPT_AFTER_MS);
};

const failingReceivers = async (store: Store, accountId: number): Promise<ReadonlyMap<string, FailingTarget>> => {
  const found = new Map<string, FailingTarget>();
  for await (const item of everyItem(store, { partition: targetPartition(accountId) })) {
    const target = targetIn(item);
    if (target) found.set(item.key.sort, target);
  }
  return found;
};
