import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import { incoming } from '../../lib/lambda/sqs-batch.ts';
import { sqsQueue } from '../../lib/lambda/sqs-queue.ts';
import { LOCAL_ACCOUNT } from '../../lib/tools/cloudformation.ts';
import { type LocalSqs, startSqs } from '../../lib/tools/sqs.ts';
import type { ModelSettings, TestQueue } from './queue-model.ts';

const REGION = 'us-east-1';

/** The local server, without queues. It tells time by `Date`, which a test may move. */
export const startLocalServer = (): Promise<LocalSqs> => startSqs([], { port: 0, region: REGION });

let opened = 0;

/** A new FIFO queue and its dead letters. Only `Date` may be faked, or no request would ever end. */
export const localQueue = async (sqs: LocalSqs, settings: ModelSettings): Promise<TestQueue> => {
  opened += 1;
  const [name, dead] = [`inbox-${opened}.fifo`, `dead-${opened}.fifo`];
  const { VisibilityTimeout, MessageRetentionPeriod, maxReceiveCount } = settings;
  const deadLetterTargetArn = `arn:aws:sqs:${REGION}:${LOCAL_ACCOUNT}:${dead}`;
  const attributes = {
    VisibilityTimeout: String(VisibilityTimeout),
    MessageRetentionPeriod: String(MessageRetentionPeriod),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
  };
  for (const [QueueName, Attributes] of [
    [dead, {}],
    [name, attributes],
  ] as const) {
    await sqs.client.send(new CreateQueueCommand({ QueueName, Attributes: { FifoQueue: 'true', ...Attributes } }));
  }
  const [QueueUrl, deadUrl] = [sqs.queueUrl(name), sqs.queueUrl(dead)];
  const { send, delay } = sqsQueue(QueueUrl, sqs.client);
  const receiveFrom = async (input: ReceiveMessageCommandInput) => {
    const { Messages = [] } = await sqs.client.send(
      new ReceiveMessageCommand({ ...input, MessageSystemAttributeNames: ['All'] }),
    );
    return Messages;
  };
  return {
    send,
    delay,
    receive: async (most = 10) => {
      const messages = await receiveFrom({ QueueUrl, MaxNumberOfMessages: most });
      const Records = messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        attributes: Attributes,
      }));
      return incoming({ Records });
    },
    remove: async (receipts) => {
      const Entries = receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      if (Entries.length > 0) await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    },
    deadLetters: async () => {
      const bodies: string[] = [];
      for (;;) {
        const messages = await receiveFrom({ QueueUrl: deadUrl, MaxNumberOfMessages: 10 });
        if (messages.length === 0) return bodies;
        bodies.push(...messages.map(({ Body = '' }) => Body));
        const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl: deadUrl, Entries }));
      }
    },
    later: async (seconds) => {
      vi.setSystemTime(Date.now() + seconds * 1000);
    },
  };
};
