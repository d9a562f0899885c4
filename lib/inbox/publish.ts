import { randomUUID } from 'node:crypto';
import type { Webhook } from '../commerce/effects-target.ts';
import type { Shops } from '../commerce/shops.ts';
import { type Item, type Key, StaleWriteError } from '../store/store.ts';
import { type Attempt, isDelivered, TOO_LARGE } from './delivery.ts';
import { outboxPartition, type Publication } from './outbox.ts';
import { MAX_MESSAGE_BYTES, type Queue } from './queue.ts';
import { targetIn, targetKey } from './target.ts';
import { noteFailure, stopDisabled, type UndeliveredDeps } from './undelivered.ts';
import { waitingIn } from './waiting.ts';

/** What publishing needs. */
export interface PublishDeps extends UndeliveredDeps {
  readonly accountId: number;
  readonly shops: Shops;
  /** The stage's effects queue. */
  readonly queue: Queue;
  /** Makes one attempt to reach a receiver. Never rejects. */
  post(publication: Publication, webhook: Webhook): Promise<Attempt>;
}

/** What became of a publication. */
export interface Published {
  readonly outcome:
    | 'published'
    /** There is nothing: it was delivered before. */
    | 'done'
    /** Its shop's effects go nowhere. */
    | 'dropped'
    /** The attempt failed, or its time has not come yet; it stays, and the sweep brings it up again. */
    | 'postponed'
    /** It stays, and only an operator brings it up again. */
    | 'stopped';
  /** Why; a short, fixed text. */
  readonly reason?: string;
  /** What the receiver answered. */
  readonly status?: number;
  readonly shop?: string;
}

/**
 * Delivers what waits under the key to its shop's target, at least once: 2xx, or queued, and it is gone. Effects of a call
 * that somebody put into a queue belong to no shop; they go to the effects queue. What is larger than a queue takes is
 * stopped.
 *
 * @throws what the store and the effects queue throw: then it comes again.
 */
export const publish = async (key: Key, deps: PublishDeps): Promise<Published> => {
  const { store, accountId, shops } = deps;
  if (key.partition !== outboxPartition(accountId)) return { outcome: 'done' };
  const [item] = await store.get([key]);
  if (!item) return { outcome: 'done' };
  const { shop } = waitingIn(item).publication;
  const to = shop === undefined ? 'queue' : shops.get(shop)?.effects;
  if (shop === undefined || to === 'queue') {
    return { ...(await enqueue(item, deps)), ...(shop !== undefined && { shop }) };
  }
  if (to === 'none') {
    await remove(item, deps);
    return { outcome: 'dropped', shop };
  }
  return { ...(await attemptWebhook(item, targetKey(accountId, shop), to?.webhook, deps)), shop };
};

const enqueue = async (item: Item, deps: PublishDeps): Promise<Published> => {
  const { publication, delivery } = waitingIn(item);
  const body = JSON.stringify(publication);
  if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES) {
    const noted = delivery?.stopped ? delivery : await noteFailure(item, undefined, TOO_LARGE, deps);
    return noted ? { outcome: 'stopped', reason: TOO_LARGE.failure } : CHANGED;
  }
  // After a crash here it is delivered again, with the same id.
  await deps.queue.send({ body });
  await remove(item, deps);
  return { outcome: 'published' };
};

const CHANGED: Published = { outcome: 'postponed', reason: 'changed meanwhile' };

const remove = ({ key }: Item, { store }: PublishDeps): Promise<void> => store.write([{ remove: key }], randomUUID());

/** @param key where it is kept what is known of the receiver. */
const attemptWebhook = async (
  item: Item,
  key: Key,
  webhook: Webhook | undefined,
  deps: PublishDeps,
): Promise<Published> => {
  const { store, now, post } = deps;
  const { publication, delivery } = waitingIn(item);
  if (delivery?.stopped) return { outcome: 'stopped', reason: delivery.stopped };
  if (delivery?.next !== undefined && now().getTime() < Date.parse(delivery.next)) {
    return { outcome: 'postponed', reason: 'not yet' };
  }
  const [target] = await store.get([key]);
  if (target && targetIn(target)?.disabled) {
    return (await stopDisabled(item, target, deps)) ? { outcome: 'stopped', reason: 'disabled' } : CHANGED;
  }
  const attempt = webhook ? await post(publication, webhook) : UNKNOWN_SHOP;
  if (isDelivered(attempt)) {
    // After a crash here, or between the two, it is delivered again, with the same id.
    if (target) await forget(target, deps);
    await remove(item, deps);
    return { outcome: 'published', ...toldOf(attempt) };
  }
  const noted = await noteFailure(item, key, attempt, deps);
  const stopped = noted?.stopped;
  return { outcome: stopped ? 'stopped' : 'postponed', ...toldOf(attempt), ...(stopped && { reason: stopped }) };
};

/** The shop was renamed or taken out of shops.yaml; it may come back. */
const UNKNOWN_SHOP: Attempt = { failure: 'unknown-shop', ours: true };

const toldOf = (attempt: Attempt) =>
  'status' in attempt ? { status: attempt.status } : ({ reason: attempt.failure } as const);

/** It works again. What others noted in between is theirs to judge. */
const forget = async ({ key, version }: Item, { store }: PublishDeps): Promise<void> => {
  try {
    await store.write([{ remove: key, expect: version }], randomUUID());
  } catch (error) {
    if (!(error instanceof StaleWriteError)) throw error;
  }
};
