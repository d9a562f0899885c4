import { randomUUID } from 'node:crypto';
import { StaleWriteError } from '../store/store.ts';
import { listHeld } from './hold.ts';
import { heldMessage } from './message.ts';
import { type Pause, type PauseDeps, pauseKey, pauseNow, setPause } from './pause.ts';
import type { Queue } from './queue.ts';

/** What resuming needs. */
export interface ResumeDeps extends PauseDeps {
  readonly inbox: Queue;
  /** Waits before it is looked again whether everything was applied. */
  wait(): Promise<void>;
  /** Waits before the next message is sent, so that the inbox is not flooded. */
  pace(): Promise<void>;
  progress(progress: { readonly sent: number; readonly waiting: number }): void;
}

/** How a resumption ended. */
export interface Resumed {
  /** `resumed`: the pause is over; `none`: there was none; `paused`: somebody paused the shop again. */
  readonly outcome: 'resumed' | 'none' | 'paused';
  /** Messages that were sent back to the inbox. */
  readonly sent: number;
}

/**
 * Ends a pause: sends what was put aside back to the inbox, in order, and goes on until all of it was applied; what comes
 * in meanwhile lines up behind it. Interrupted anywhere, it can be called again.
 */
export const resumeShop = async (shop: string, deps: ResumeDeps): Promise<Resumed> => {
  const before = await pauseNow(shop, deps);
  if (!before) return { outcome: 'none', sent: 0 };
  let pause: Pause | undefined = await setPause(shop, 'resuming', before, deps);
  const sent = new Set<string>();
  while (pause?.state === 'resuming') {
    const waiting = await sendHeld(pause, sent, deps);
    deps.progress({ sent: sent.size, waiting });
    if (waiting === 0 && (await endPause(pause, deps))) return { outcome: 'resumed', sent: sent.size };
    if (waiting > 0) await deps.wait();
    pause = await pauseNow(shop, deps);
  }
  return { outcome: pause ? 'paused' : 'resumed', sent: sent.size };
};

/** @returns how many messages are still held; a message is until it was applied. */
const sendHeld = async (pause: Pause, sent: Set<string>, deps: ResumeDeps): Promise<number> => {
  const { shop, version } = pause;
  let waiting = 0;
  for await (const { item, group, message } of listHeld(shop, deps)) {
    waiting++;
    const { sort } = item.key;
    if (sent.has(sort)) continue;
    await deps.pace();
    // After a crash here the next resumption sends it again; who comes second finds that it came back before.
    await deps.inbox.send({
      body: heldMessage(message, sort),
      group: group ?? sort,
      // Another one for each resumption: a shop that is paused again leaves in the store what was on its way.
      deduplicationId: `held/${version}/${sort}`,
    });
    sent.add(sort);
  }
  return waiting;
};

/** Ends the pause if nothing is held, and nothing can be any more. */
const endPause = async (pause: Pause, deps: ResumeDeps): Promise<boolean> => {
  const { shop } = pause;
  try {
    const closing = await setPause(shop, 'closing', pause, deps);
    // From here on nothing is put aside: what demands the pause before fails. After a crash messages wait; see `ops`.
    for await (const _ of listHeld(shop, deps)) {
      await setPause(shop, 'resuming', closing, deps);
      return false;
    }
    const { accountId, store } = deps;
    await store.write([{ remove: pauseKey(accountId, shop), expect: closing.version }], randomUUID());
    return true;
  } catch (error) {
    if (!(error instanceof StaleWriteError)) throw error;
    return false;
  }
};
