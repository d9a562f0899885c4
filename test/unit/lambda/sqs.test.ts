import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchAnswer, incoming, timeLeft } from '../../../lib/lambda/sqs-batch.ts';
import { type SqsClient, sqsQueue } from '../../../lib/lambda/sqs-queue.ts';

const recorder = () => {
  const sent: { name: string; input: unknown }[] = [];
  const send = async (command: { constructor: { name: string }; input: unknown }) => {
    sent.push({ name: command.constructor.name, input: command.input });
    return {};
  };
  return { sent, client: { send } as unknown as SqsClient };
};

const QueueUrl = 'http://127.0.0.1:3003/000000000000/inbox.fifo';

test('a message is sent with its group and deduplication id, where it has them', async () => {
  const { sent, client } = recorder();
  const queue = sqsQueue(QueueUrl, client);
  await queue.send({ body: 'x', group: 'g', deduplicationId: 'd' });
  await queue.send({ body: 'y' });
  expect(sent).toEqual([
    {
      name: 'SendMessageCommand',
      input: { QueueUrl, MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: 'd' },
    },
    { name: 'SendMessageCommand', input: { QueueUrl, MessageBody: 'y' } },
  ]);
});

test('a check asks the queue itself', async () => {
  const { sent, client } = recorder();
  await sqsQueue(QueueUrl, client).check();
  expect(sent).toMatchObject([{ name: 'GetQueueAttributesCommand', input: { QueueUrl } }]);
});

test('a record reads as a message with its group and the time that it was sent', () => {
  const attributes = { MessageGroupId: 'g', SentTimestamp: '1772366400000' };
  expect(incoming({ Records: [{ messageId: 'm', body: 'x', attributes }] })).toEqual([
    { id: 'm', group: 'g', body: 'x', sentAt: new Date('2026-03-01T12:00:00Z') },
  ]);
});

test('a record of a FIFO queue brings its place in the group', () => {
  const attributes = { MessageGroupId: 'g', SequenceNumber: '18849496460467696128' };
  expect(incoming({ Records: [{ messageId: 'm', body: 'x', attributes }] })).toMatchObject([
    { sequence: '18849496460467696128' },
  ]);
});

test('whatever the event, messages can be read from it and the answer names only ids that it holds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ Records: fc.array(fc.jsonValue()) })), (event) => {
      const messages = incoming(event);
      for (const message of messages) expect(typeof message.body).toBe('string');
      const { batchItemFailures } = batchAnswer(messages.map(({ id }) => id));
      for (const { itemIdentifier } of batchItemFailures) expect(itemIdentifier.trim()).not.toBe('');
    }),
  );
});

test('an answer names each id once and never an empty one, which would fail the whole batch', () => {
  expect(batchAnswer(['a', '', 'a', ' ', 'b'])).toEqual({
    batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'b' }],
  });
});

test('work is begun as long as there is time, and always where nobody counts it', () => {
  expect(timeLeft({ getRemainingTimeInMillis: () => 5_001 })()).toBe(true);
  expect(timeLeft({ getRemainingTimeInMillis: () => 5_000 })()).toBe(false);
  expect(timeLeft({ getRemainingTimeInMillis: () => 0 })()).toBe(false);
  expect(timeLeft(undefined)()).toBe(true);
});
