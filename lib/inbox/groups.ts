import type { IncomingMessage } from './queue.ts';

/** Why a message was given back without being begun. */
export type Postponement = 'group' | 'deadline';

/** How a batch is worked through. */
export interface GroupWork {
  /** Handles one message: true when it is done with, false when it must come again. Never rejects. */
  handle(message: IncomingMessage): Promise<boolean>;
  /** Told of each message that is not begun: an earlier one of its group failed, or time is up. */
  postpone(message: IncomingMessage, why: Postponement): void;
  /** Whether there is time to begin another message. */
  mayBegin(): boolean;
}

/**
 * Works through a batch: groups side by side, each in order. After a failure the rest of that group is left alone, so
 * that its order survives the retry; other groups go on.
 *
 * @returns the ids of the messages that must come again, each once, all of them from the batch.
 */
export const inGroups = async (messages: readonly IncomingMessage[], work: GroupWork): Promise<string[]> => {
  const groups = Map.groupBy(messages, (message) => message.group ?? message);
  const failed = await Promise.all([...groups.values()].map((group) => inOrder(group, work)));
  return [...new Set(failed.flat())];
};

const inOrder = async (group: readonly IncomingMessage[], work: GroupWork): Promise<string[]> => {
  let stopped: Postponement | undefined;
  const failed: string[] = [];
  for (const message of group) {
    if (!stopped && !work.mayBegin()) stopped = 'deadline';
    if (stopped) work.postpone(message, stopped);
    else if (await work.handle(message)) continue;
    failed.push(message.id);
    stopped ??= 'group';
  }
  return failed;
};
