import { backOffSeconds } from './back-off.ts';
import type { IncomingMessage, Wait } from './queue.ts';

/** Decides when the messages of one batch come again. */
export interface GiveBack {
  /** The message was tried in vain. */
  failed(message: IncomingMessage, error: unknown): void;
  /** The message was not begun. */
  postponed(message: IncomingMessage): void;
  /** What the queue is to be told. */
  waits(): readonly Wait[];
}

/**
 * Collects what is given back: the head of a group waits as its error asks, and what stands behind it a second longer.
 * So nothing is ever delivered before its head, and nothing holds its head up for the queue's own visibility timeout.
 */
export const givingBack = ({ now, random }: { now(): Date; random(): number }): GiveBack => {
  const waits: Wait[] = [];
  const behind = new Map<string, number>();
  const wait = ({ receipt, group }: IncomingMessage, seconds: number): void => {
    if (receipt !== undefined) waits.push({ receipt, seconds });
    if (group !== undefined && !behind.has(group)) behind.set(group, seconds + 1);
  };
  return {
    failed: (message, error) => {
      const { receives = 1, sentAt } = message;
      wait(message, backOffSeconds({ error, receives, sentAt, now: now(), random: random() }));
    },
    postponed: (message) => wait(message, behind.get(message.group ?? '') ?? 1),
    waits: () => waits,
  };
};
