import type { CommerceEvent } from '../commerce/event.ts';
import type { Segment } from '../store/segment.ts';
import type { Change, Key } from '../store/store.ts';

/** Longer than any platform or queue goes on delivering: SQS keeps a message for 14 days. */
const KEPT_DAYS = 15;

/**
 * Names what an event says: the same bytes are the same event, whichever shop's path they are sent to. So a body that
 * does not say whose it is counts once, where it came first. At most 128 characters, as FIFO queues demand of a
 * deduplication id.
 */
export const eventName = (event: CommerceEvent): string => `${event.type}/${event.id}`;

/** Where it is noted that something was applied. */
export const markKey = (accountId: number, segment: Segment, ...name: readonly string[]): Key => ({
  partition: `${accountId}/applied/${segment(...name)}`,
  sort: 'mark',
});

/**
 * Notes it, once: fails the write that it rides in when it was noted before.
 *
 * @param trace where its story is (lib/inbox/trace.ts).
 */
export const markChange = (key: Key, now: Date, trace?: string): Change => ({
  put: {
    key,
    data: { at: now.toISOString(), ...(trace !== undefined && { trace }) },
    expires: new Date(now.getTime() + KEPT_DAYS * 86_400_000),
  },
  expect: 'absent',
});
