import { randomUUID } from 'node:crypto';
import { everyItem } from '../store/every.ts';
import { type Item, type Key, StaleWriteError, type Store } from '../store/store.ts';
import { type PauseReader, pauseKey } from './pause.ts';
import type { IncomingMessage } from './queue.ts';
import type { Outcome } from './settle.ts';
import { removeMessage, storedMessage, storeMessage } from './stored-message.ts';

/** What holding needs. */
export interface HoldDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly pauses: PauseReader;
}

/** A message whose shop may be paused. */
export interface Holdable {
  readonly message: IncomingMessage;
  readonly shop: string;
  /** Where it was held, if it comes from there. */
  readonly held: string | undefined;
  readonly owner: string | undefined;
}

/** A message that is held. */
export interface Held {
  readonly item: Item;
  readonly group: string | undefined;
  readonly message: string;
}

/** How often it is looked again what state the pause is in. */
const ATTEMPTS = 5;

const partition = (accountId: number, shop: string): string => `${accountId}/held/${shop}`;

const heldKey = (accountId: number, shop: string, sort: string): Key => ({
  partition: partition(accountId, shop),
  sort,
});

/** In the order of the queue, which numbers the messages of a group. */
const sortOf = ({ sequence, sentAt, id }: IncomingMessage): string =>
  `${sequence?.padStart(20, '0') ?? sentAt?.toISOString() ?? ''}/${id}`;

/**
 * Puts a message aside while its shop is paused, so that it neither ages in the queue nor counts as delivered in vain
 * (`maxReceiveCount`), and nothing behind it overtakes it. Undefined: it is to be applied.
 *
 * Nothing is put aside that nobody would find: the write demands the pause in the state that was read. A message that
 * comes back stays stored until it is done with (`release`), so the pause ends after the last of them.
 *
 * @throws StaleWriteError when the pause changes all the time.
 */
export const holdWhilePaused = async (
  { message, shop, held, owner }: Holdable,
  { store, accountId, pauses }: HoldDeps,
): Promise<Outcome | undefined> => {
  if (held !== undefined) return comesBack(shop, held, { store, accountId, pauses });
  const key = heldKey(accountId, shop, sortOf(message));
  let pause = await pauses.of(shop);
  for (let attempt = 1; pause; attempt++) {
    if (pause.state === 'closing') pause = await pauses.now(shop);
    if (!pause) break;
    if (pause.state === 'closing') return { outcome: 'failed', reason: 'its shop is just being resumed' };
    const { body, group } = message;
    try {
      const stored = storeMessage(key, { message: body, ...(group !== undefined && { group }) }, owner);
      const check = { check: pauseKey(accountId, shop), expect: pause.version };
      // After a crash here the message is delivered again and found held.
      await store.write([...stored, check], randomUUID());
      return HELD;
    } catch (error) {
      if (!(error instanceof StaleWriteError)) throw error;
      const [found] = await store.get([key]);
      if (found) return HELD;
      if (attempt >= ATTEMPTS) throw error;
      pause = await pauses.now(shop);
    }
  }
  return undefined;
};

const HELD: Outcome = { outcome: 'held', reason: 'its shop is paused' };

const comesBack = async (shop: string, held: string, { store, accountId, pauses }: HoldDeps) => {
  const [[item], pause] = await Promise.all([store.get([heldKey(accountId, shop, held)]), pauses.now(shop)]);
  if (!item) return { outcome: 'duplicate', reason: 'it came back before' } as const;
  // It is still stored: the next resumption sends it again.
  return pause?.state === 'paused' ? HELD : undefined;
};

/** Forgets a held message that is done with. */
export const release = async (
  shop: string,
  held: string,
  { store, accountId }: Pick<HoldDeps, 'store' | 'accountId'>,
): Promise<void> => {
  const [item] = await store.get([heldKey(accountId, shop, held)]);
  if (!item) return;
  try {
    // After a crash here the message is delivered again and finds that it came back before.
    await store.write(removeMessage(item), randomUUID());
  } catch (error) {
    if (!(error instanceof StaleWriteError)) throw error;
  }
};

/** The messages that are held for a shop, in their order. */
export async function* listHeld(
  shop: string,
  { store, accountId }: Pick<HoldDeps, 'store' | 'accountId'>,
): AsyncGenerator<Held> {
  for await (const item of everyItem(store, { partition: partition(accountId, shop) })) {
    const { group } = item.data as { readonly group?: string };
    yield { item, group, message: await storedMessage(item, store) };
  }
}
