import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeMessageVisibilityCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { poll } from '../../lib/tools/poller.ts';
import { type LocalSqs, startSqs } from '../../lib/tools/sqs.ts';

const QUEUE = 'test.fifo';
const QUEUES = [{ name: QUEUE, attributes: { FifoQueue: 'true', VisibilityTimeout: '180' } }];

let folder: string;
let sqs: LocalSqs;
let stop: () => Promise<void> = async () => {};

const start = () => startSqs(QUEUES, { port: 0, region: 'us-east-1', dataDir: join(folder, 'sqs') });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promotion-functions-poller-'));
  sqs = await start();
});

afterEach(async () => {
  await stop();
  await sqs.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Sends messages named by their group and place, such as `a1`. */
const send = async (...names: string[]): Promise<void> => {
  for (const name of names) {
    const [QueueUrl, MessageGroupId] = [sqs.queueUrl(QUEUE), name.charAt(0)];
    const message = { QueueUrl, MessageGroupId, MessageDeduplicationId: name, MessageBody: name };
    await sqs.client.send(new SendMessageCommand(message));
  }
};

/** Feeds the queue to a function that fails for the given names, each as often as said, and records its batches. */
const feed = (failing: Record<string, number> = {}): string[][] => {
  const batches: string[][] = [];
  const invoke = async ({ Records }: SQSEvent) => {
    batches.push(Records.map(({ body }) => body));
    const failed = Records.filter(({ body }) => (failing[body] ?? 0) > 0);
    for (const { body } of failed) failing[body] = (failing[body] ?? 0) - 1;
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
  const source = { queue: QUEUE, arn: `arn:aws:sqs:us-east-1:000000000000:${QUEUE}`, batchSize: 10, invoke, report };
  ({ stop } = poll(sqs, source));
  return batches;
};

const report = (error: unknown): void => {
  throw error;
};

const isEmpty = () => sqs.waiting(QUEUE).length === 0;

test('a batch holds several messages of a group in order, and several groups', async () => {
  await send('a1', 'a2', 'b1', 'a3');
  const batches = feed();
  await vi.waitFor(() => expect(isEmpty()).toBe(true));
  expect(batches).toEqual([['a1', 'a2', 'a3', 'b1']]);
});

test('a batch holds ten messages at the most, and the rest follows', async () => {
  const names = Array.from({ length: 12 }, (_, place) => `a${place}`);
  await send(...names);
  const batches = feed();
  await vi.waitFor(() => expect(batches.flat()).toHaveLength(12));
  expect(batches).toEqual([names.slice(0, 10), names.slice(10)]);
});

test('what failed comes again after a second, what did not fail does not, and other groups go on', async () => {
  await send('a1', 'a2', 'b1');
  const batches = feed({ a1: 1, a2: 1 });
  await vi.waitFor(() => expect(batches).toHaveLength(1));
  await send('b2');
  await vi.waitFor(() => expect(batches).toHaveLength(3), { timeout: 5000 });
  expect(batches).toEqual([['a1', 'a2', 'b1'], ['b2'], ['a1', 'a2']]);
});

test('what the function itself told the queue to hold is held as long', async () => {
  await send('a1');
  let receipt = '';
  const invoke = async ({ Records: [record] }: SQSEvent) => {
    receipt = record?.receiptHandle ?? '';
    const hold = { QueueUrl: sqs.queueUrl(QUEUE), ReceiptHandle: receipt, VisibilityTimeout: 900 };
    await sqs.client.send(new ChangeMessageVisibilityCommand(hold));
    return { batchItemFailures: [{ itemIdentifier: record?.messageId }] };
  };
  const source = { queue: QUEUE, arn: `arn:aws:sqs:us-east-1:000000000000:${QUEUE}`, batchSize: 10, invoke, report };
  ({ stop } = poll(sqs, source));
  await vi.waitFor(() => expect(receipt).not.toBe(''));
  await stop();
  expect(sqs.heldUntil(QUEUE, receipt)).toBeGreaterThan(Date.now() + 800_000);
});

test('a follower that failed comes again in its turn, after what was before it', async () => {
  await send('a1', 'a2', 'a3');
  const batches = feed({ a2: 1, a3: 1 });
  await vi.waitFor(() => expect(batches).toHaveLength(2), { timeout: 5000 });
  expect(batches).toEqual([
    ['a1', 'a2', 'a3'],
    ['a2', 'a3'],
  ]);
});

test('what a killed process had received is delivered to the next one', async () => {
  await send('a1', 'a2');
  await sqs.client.send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl(QUEUE) }));
  await sqs.stop();
  sqs = await start();
  const batches = feed();
  await vi.waitFor(() => expect(batches).toEqual([['a1', 'a2']]), { timeout: 5000 });
});
