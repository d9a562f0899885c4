import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Delay, OutgoingMessage, Queue } from '../inbox/queue.ts';

/** A queue that can be asked whether it is there, and told when to deliver again what it has delivered. */
export interface CheckedQueue extends Queue {
  readonly delay: Delay;
  /** Rejects when the queue does not answer. */
  check(): Promise<void>;
  /** About how many messages wait in it or are being worked on. */
  waiting(): Promise<number>;
}

/** The client of Amazon SQS, as far as it is used. */
export type SqsClient = Pick<SQSClient, 'send'>;

/** A client that gives up in time for its caller to answer: a platform waits five seconds. */
export const sqsClient = (): SqsClient =>
  new SQSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
  });

/** What one request may name. */
const BATCH = 10;

/** A consumer tells of its waits when its own time is nearly up. */
const DELAY_TIMEOUT_MS = 1_500;

/** The queue at an address. */
export const sqsQueue = (QueueUrl: string, client: SqsClient): CheckedQueue => ({
  send: async ({ body, group, deduplicationId }: OutgoingMessage) => {
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: body,
        ...(group !== undefined && { MessageGroupId: group }),
        ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
      }),
    );
  },
  delay: async (waits) => {
    const abortSignal = AbortSignal.timeout(DELAY_TIMEOUT_MS);
    const batches = Array.from({ length: Math.ceil(waits.length / BATCH) }, (_, index) =>
      waits.slice(index * BATCH, (index + 1) * BATCH).map(({ receipt, seconds }, place) => ({
        Id: String(place),
        ReceiptHandle: receipt,
        VisibilityTimeout: seconds,
      })),
    );
    const send = (Entries: (typeof batches)[number]) =>
      client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }), { abortSignal });
    await Promise.all(batches.map(send));
  },
  waiting: async () => {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    );
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
  },
  check: async () => {
    await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }));
  },
});
