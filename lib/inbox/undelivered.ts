import { randomUUID } from 'node:crypto';
import { type Change, type Item, type Key, StaleWriteError, type Store } from '../store/store.ts';
import { type Attempt, afterFailure, type Delivery } from './delivery.ts';
import { targetChanges } from './target.ts';
import { waitingChange, waitingIn } from './waiting.ts';

/** What noting a failure needs. */
export interface UndeliveredDeps {
  readonly store: Store;
  now(): Date;
  /** From 0 to 1. */
  random(): number;
}

/** How often it is noted again because others noted something about the same receiver. */
const TRIES = 5;

/**
 * Notes that an attempt failed: beside the publication what follows, and of the receiver that it fails or is disabled, in
 * one write.
 *
 * @param seen the item that was attempted.
 * @param target where it is kept what is known of the receiver; undefined: it is a queue.
 * @returns what was noted; undefined when it was delivered, noted or erased by others meanwhile.
 * @throws StaleWriteError when others were faster time and again: it comes up again, and is attempted once more.
 */
export const noteFailure = async (
  seen: Item,
  target: Key | undefined,
  attempt: Attempt,
  { store, now, random }: UndeliveredDeps,
): Promise<Delivery | undefined> => {
  for (let tries = 1; ; tries++) {
    const [item, held] = await store.get([seen.key, ...(target ? [target] : [])]);
    if (item?.version !== seen.version) return undefined;
    const at = now();
    const delivery = afterFailure(waitingIn(item).delivery, attempt, { now: at, random: random() });
    const due = delivery.next === undefined ? undefined : new Date(delivery.next);
    const about = target && !('ours' in attempt) ? targetChanges(target, held, delivery, at) : [];
    try {
      // A crash before this leaves it due: it is attempted again. After it the sweep brings it up when its time has come.
      await store.write([waitingChange(item, delivery, due), ...about], randomUUID());
      return delivery;
    } catch (error) {
      if (!(error instanceof StaleWriteError) || tries >= TRIES) throw error;
    }
  }
};

/**
 * Puts a publication aside, because its receiver is disabled: it is kept, and no sweep brings it up.
 *
 * @param target the record that says so.
 * @returns false when either changed meanwhile: then nothing is done, and it comes up again.
 */
export const stopDisabled = async (item: Item, target: Item, { store, now }: UndeliveredDeps): Promise<boolean> => {
  const { attempts = 0, since = now().toISOString(), last } = waitingIn(item).delivery ?? {};
  const delivery: Delivery = { attempts, since, ...(last && { last }), stopped: 'disabled' };
  const check: Change = { check: target.key, expect: target.version };
  try {
    // The check lets an operator's enabling find all that was stopped before it.
    await store.write([waitingChange(item, delivery, undefined), check], randomUUID());
    return true;
  } catch (error) {
    if (error instanceof StaleWriteError) return false;
    throw error;
  }
};
