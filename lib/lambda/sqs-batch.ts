import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { IncomingMessage } from '../inbox/queue.ts';

/** Whether an event is a batch of queue messages. */
export const isQueueEvent = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && Array.isArray((event as { Records?: unknown }).Records);

/** The messages of a batch. What is no record at all reads as an unreadable message without an id. */
export const incoming = (event: unknown): IncomingMessage[] =>
  isQueueEvent(event) ? (event as { Records: unknown[] }).Records.map(message) : [];

const message = (record: unknown): IncomingMessage => {
  const { messageId, body, attributes } = fieldsOf(record);
  const { MessageGroupId, SentTimestamp, SequenceNumber } = fieldsOf(attributes);
  const sent = new Date(Number(SentTimestamp ?? Number.NaN));
  return {
    id: typeof messageId === 'string' ? messageId : '',
    group: typeof MessageGroupId === 'string' ? MessageGroupId : undefined,
    body: typeof body === 'string' ? body : '',
    sentAt: Number.isNaN(sent.getTime()) ? undefined : sent,
    ...(typeof SequenceNumber === 'string' && { sequence: SequenceNumber }),
  };
};

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** The answer that has the given messages delivered again. An empty id would fail the whole batch, so none is named. */
export const batchAnswer = (failed: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: [...new Set(failed)].filter((id) => id.trim() !== '').map((id) => ({ itemIdentifier: id })),
});

/** Work begins only with this much left before AWS would cut it off: longer than one message should take. */
const RESERVE_MS = 5_000;

/** Whether there is time to begin more work. */
export const timeLeft =
  (context: Pick<Context, 'getRemainingTimeInMillis'> | undefined): (() => boolean) =>
  () =>
    (context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY) > RESERVE_MS;
