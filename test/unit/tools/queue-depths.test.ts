import { describe, expect, test } from 'vitest';
import type { SqsClient } from '../../../lib/lambda/sqs-queue.ts';
import { queueDepths } from '../../../lib/tools/queue-depths.ts';
import { serverlessFile } from '../../house/serverless-file.ts';

const BASE = 'https://sqs.eu-west-1.amazonaws.com/123456789012/promotion-functions-prod-';

/** Answers as Amazon SQS does: numbers as text, of what waits and of what is being worked on. */
const asking = (asked: string[]) =>
  ({
    send: async ({ input }: { input: { QueueUrl: string } }) => {
      asked.push(input.QueueUrl);
      return { Attributes: { ApproximateNumberOfMessages: '2', ApproximateNumberOfMessagesNotVisible: '1' } };
    },
  }) as unknown as SqsClient;

describe('the depths of the queues', () => {
  test('are those of all that serverless.yml has, but the one that others read', async () => {
    const asked: string[] = [];
    const depths = await queueDepths(`${BASE}inbox.fifo`, asking(asked));
    const names = Object.values(serverlessFile().resources.Resources).flatMap(({ Type, Properties = {} }) =>
      Type === 'AWS::SQS::Queue' ? [String(Properties.QueueName).replace(/^.*-local-/, BASE)] : [],
    );
    expect(asked.toSorted()).toEqual(names.filter((name) => name !== `${BASE}effects`).toSorted());
    expect(depths).toHaveLength(7);
    expect(depths[0]).toEqual({ queue: 'inbox', count: 3, isDead: false });
    expect(depths.filter(({ isDead }) => isDead).map(({ queue }) => queue)).toEqual(['inbox', 'intake', 'outbox']);
  });

  test('are not known of a queue that is called otherwise', async () => {
    await expect(queueDepths(`${BASE}outbox`, asking([]))).rejects.toThrow('does not end with inbox.fifo');
  });
});
