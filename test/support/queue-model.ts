import type { Delay, IncomingMessage, OutgoingMessage, Queue } from '../../lib/inbox/queue.ts';

/** A queue as its two ends and the clock see it: the model below, or a real one. */
export interface TestQueue extends Queue {
  /** Up to so many messages that are free now; from then on they are in somebody's hands. @default 10 */
  receive(most?: number): Promise<IncomingMessage[]>;
  /** What was received is done with. A receipt that is no longer good does nothing. */
  remove(receipts: readonly string[]): Promise<void>;
  readonly delay: Delay;
  /** Bodies of everything that was received too often, in order. */
  deadLetters(): Promise<string[]>;
  /** Lets time go by. */
  later(seconds: number): Promise<void>;
}

/** As CloudFormation has them, in seconds. */
export interface ModelSettings {
  readonly VisibilityTimeout: number;
  readonly MessageRetentionPeriod: number;
  readonly maxReceiveCount: number;
}

/** A clock that stands until it is moved. */
export interface Clock {
  now: Date;
}

interface Held {
  readonly message: OutgoingMessage;
  readonly id: string;
  readonly sentAt: Date;
  receives: number;
  receipt: string | undefined;
  /** When it is free again, in milliseconds since 1970. */
  free: number;
}

const DEDUPLICATED_MS = 5 * 60_000;

/**
 * Amazon SQS, FIFO, as far as its documents promise anything: messages of a group in order and none of them while another
 * is in somebody's hands, redelivery when the visibility timeout is over, dead letters, five minutes of deduplication in
 * each group, and loss at the end of the retention period.
 */
export const queueModel = (settings: ModelSettings, clock: Clock) => {
  const { VisibilityTimeout, MessageRetentionPeriod, maxReceiveCount } = settings;
  const dead: string[] = [];
  const seen = new Map<string, number>();
  let held: Held[] = [];
  let serial = 0;
  const now = () => clock.now.getTime();
  const forget = () => {
    held = held.filter(({ sentAt }) => now() - sentAt.getTime() < MessageRetentionPeriod * 1000);
  };
  const isFree = (each: Held) => each.free <= now();
  const bury = (each: Held) => {
    dead.push(each.message.body);
    held = held.filter((other) => other !== each);
  };

  return {
    send: async (message: OutgoingMessage) => {
      const { group = '', deduplicationId } = message;
      const name = `${group}/${deduplicationId}`;
      if (deduplicationId !== undefined && now() - (seen.get(name) ?? Number.NEGATIVE_INFINITY) < DEDUPLICATED_MS)
        return;
      seen.set(name, now());
      held.push({ message, id: `m${++serial}`, sentAt: clock.now, receives: 0, receipt: undefined, free: now() });
    },
    receive: async (most = 10) => {
      forget();
      const locked = new Set(held.filter((each) => !isFree(each)).map(({ message }) => message.group));
      const batch: IncomingMessage[] = [];
      for (const each of [...held]) {
        const { body, group } = each.message;
        if (batch.length >= most) break;
        if (!isFree(each) || (group !== undefined && locked.has(group))) continue;
        each.receives += 1;
        if (each.receives > maxReceiveCount) {
          bury(each);
          continue;
        }
        each.receipt = `r${++serial}`;
        each.free = now() + VisibilityTimeout * 1000;
        const { id, sentAt, receives, receipt } = each;
        batch.push({ id, group, body, sentAt, receives, receipt });
      }
      return batch;
    },
    remove: async (receipts: readonly string[]) => {
      held = held.filter((each) => isFree(each) || each.receipt === undefined || !receipts.includes(each.receipt));
    },
    delay: async (waits: Parameters<Delay>[0]) => {
      for (const { receipt, seconds } of waits) {
        const each = held.find((other) => other.receipt === receipt && !isFree(other));
        if (each) each.free = now() + seconds * 1000;
      }
    },
    deadLetters: async () => [...dead],
    later: async (seconds: number) => {
      clock.now = new Date(now() + seconds * 1000);
    },
    /** How many messages there are, free or held. */
    depth: (): number => {
      forget();
      return held.length;
    },
    /** How often the message that was received most was received. */
    mostReceives: (): number => Math.max(0, ...held.map(({ receives }) => receives)),
    /** When something may next be received; undefined when it is empty. */
    nextFree: (): Date | undefined => {
      forget();
      const groups = Map.groupBy(held, ({ message, id }) => message.group ?? id);
      const times = [...groups.values()].map((group) => Math.max(now(), ...group.map(({ free }) => free)));
      return times.length === 0 ? undefined : new Date(Math.min(...times));
    },
  } satisfies TestQueue & Record<string, unknown>;
};

/** A queue model, with what only the model can tell. */
export type QueueModel = ReturnType<typeof queueModel>;
