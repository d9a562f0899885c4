import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { OutgoingMessage, Queue } from '../inbox/queue.ts';

/** A queue that can be asked whether it is there. */
export interface CheckedQueue extends Queue {
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
