import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { LocalSqs, WaitingMessage } from './sqs.ts';

/** A queue and what it feeds. */
export interface Source {
  readonly queue: string;
  readonly arn: string;
  readonly batchSize: number;
  /** Runs the function. Rejects when the function failed, else gives its answer. */
  invoke(event: SQSEvent): Promise<unknown>;
  /** Told about errors of the poller itself. */
  report(error: unknown): void;
}

/** Batches in the function's hands at once; more groups than one batch holds go side by side. */
const SIDE_BY_SIDE = 2;

const RETRY_SECONDS = 1;

interface Delivered {
  readonly id: string;
  readonly record: SQSRecord;
  /** Absent: the message is behind another of its group and was not received itself. */
  readonly receipt?: string;
}

const region = (arn: string) => arn.split(':')[3] ?? '';

const common = (arn: string) => ({ eventSource: 'aws:sqs', eventSourceARN: arn, awsRegion: region(arn) });

type SentAttributes = Record<
  string,
  { DataType?: string | undefined; StringValue?: string | undefined; BinaryValue?: Uint8Array | string | undefined }
>;

const base64 = (value: Uint8Array | string) =>
  typeof value === 'string' ? value : Buffer.from(value).toString('base64');

const attributesOf = (sent: SentAttributes = {}): SQSRecord['messageAttributes'] =>
  Object.fromEntries(
    Object.entries(sent).map(([name, { DataType = 'String', StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: base64(BinaryValue) }),
      },
    ]),
  );

const received = (message: Message, arn: string): Delivered => ({
  id: message.MessageId ?? '',
  receipt: message.ReceiptHandle ?? '',
  record: {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    md5OfBody: message.MD5OfBody ?? '',
    attributes: (message.Attributes ?? {}) as unknown as SQSRecord['attributes'],
    messageAttributes: attributesOf(message.MessageAttributes),
    ...common(arn),
  },
});

const following = (message: WaitingMessage, arn: string): Delivered => ({
  id: message.messageId,
  record: {
    messageId: message.messageId,
    receiptHandle: message.messageId,
    body: message.body,
    md5OfBody: message.md5OfBody,
    attributes: {
      SenderId: 'local',
      SentTimestamp: String(message.sentTimestamp),
      ApproximateReceiveCount: String(message.approximateReceiveCount + 1),
      ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp ?? Date.now()),
      ...(message.messageGroupId && { MessageGroupId: message.messageGroupId }),
      ...(message.messageDeduplicationId && { MessageDeduplicationId: message.messageDeduplicationId }),
      ...(message.sequenceNumber && { SequenceNumber: message.sequenceNumber }),
    },
    messageAttributes: attributesOf(message.messageAttributes),
    ...common(arn),
  },
});

/** The failed ids of a batch, as AWS reads the answer: an id that was not in the batch fails all of it. */
const failures = async (batch: readonly Delivered[], source: Source): Promise<ReadonlySet<string>> => {
  const all = new Set(batch.map(({ id }) => id));
  try {
    const answer = await source.invoke({ Records: batch.map(({ record }) => record) });
    const failed = (answer as { batchItemFailures?: { itemIdentifier?: string }[] } | null)?.batchItemFailures ?? [];
    const ids = failed.map(({ itemIdentifier = '' }) => itemIdentifier);
    return ids.every((id) => all.has(id)) ? new Set(ids) : all;
  } catch {
    return all;
  }
};

/**
 * Feeds a queue to a function, as an event source mapping does: up to `batchSize` messages at a time, each deleted when
 * the function did not report it, else available again after a second, or when the function itself told the queue so.
 *
 * The local server gives one message of a FIFO group per receive, AWS gives several. So a batch is what was received
 * (the heads of their groups) and what waits right behind them. A follower cannot be deleted while its head is held:
 * its outcome is kept here until it comes to the front. A crash in between delivers it again, which AWS may do as well.
 */
export const poll = (sqs: LocalSqs, source: Source): { stop(): Promise<void> } => {
  const QueueUrl = sqs.queueUrl(source.queue);
  const stopping = new AbortController();
  const outcomes = new Map<string, 'done' | 'failed'>();

  const remove = async (messages: readonly Delivered[]) => {
    const Entries = messages.map(({ id, receipt }) => ({ Id: id, ReceiptHandle: receipt }));
    if (Entries.length > 0) await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  };
  const postpone = async (messages: readonly Delivered[]) => {
    const Entries = messages.map(({ id, receipt }) => ({
      Id: id,
      ReceiptHandle: receipt,
      VisibilityTimeout: RETRY_SECONDS,
    }));
    if (Entries.length > 0) await sqs.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  };

  const receive = async (): Promise<Delivered[]> => {
    const { Messages = [] } = await sqs.client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: source.batchSize,
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: stopping.signal },
    );
    return Messages.map((message) => received(message, source.arn));
  };

  const withFollowers = (heads: readonly Delivered[]): Delivered[] => {
    const waiting = sqs.waiting(source.queue).filter(({ messageId }) => outcomes.get(messageId) !== 'done');
    let room = source.batchSize - heads.length;
    return heads.flatMap((head) => {
      const group = head.record.attributes.MessageGroupId;
      if (group === undefined) return [head];
      const behind = waiting.filter(({ messageGroupId }) => messageGroupId === group).slice(0, room);
      room -= behind.length;
      return [head, ...behind.map((message) => following(message, source.arn))];
    });
  };

  const round = async () => {
    const heads = await receive();
    const known = (outcome: 'done' | 'failed' | undefined) => heads.filter(({ id }) => outcomes.get(id) === outcome);
    const [done, failedBefore, fresh] = [known('done'), known('failed'), known(undefined)];
    for (const { id } of [...done, ...failedBefore]) outcomes.delete(id);
    await Promise.all([remove(done), postpone(failedBefore)]);
    if (fresh.length === 0) return;

    const batch = withFollowers(fresh);
    const heldUntil = ({ receipt = '' }: Delivered) => sqs.heldUntil(source.queue, receipt);
    const until = new Map(fresh.map((message) => [message.id, heldUntil(message)]));
    const failed = await failures(batch, source);
    for (const { id, receipt } of batch) {
      if (receipt === undefined) outcomes.set(id, failed.has(id) ? 'failed' : 'done');
    }
    await remove(fresh.filter(({ id }) => !failed.has(id)));
    await postpone(fresh.filter((message) => failed.has(message.id) && heldUntil(message) === until.get(message.id)));
  };

  const work = async () => {
    while (!stopping.signal.aborted) {
      try {
        await round();
      } catch (error) {
        if (stopping.signal.aborted) return;
        source.report(error);
        await sleep(1000);
      }
    }
  };
  const workers = Array.from({ length: SIDE_BY_SIDE }, work);
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(workers);
    },
  };
};
