import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { LocalSqs } from '../../lib/tools/sqs.ts';
import { localQueue, startLocalServer } from '../support/local-queue.ts';
import { queueModel } from '../support/queue-model.ts';
import { queueSuite, SUITE_SETTINGS } from './queue.suite.ts';

let sqs: LocalSqs;

beforeAll(async () => {
  sqs = await startLocalServer();
});
afterAll(() => sqs.stop());

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

queueSuite('the model', async () => queueModel(SUITE_SETTINGS, { now: new Date() }));
queueSuite('the local server', () => localQueue(sqs, SUITE_SETTINGS));

test('the model loses a message at the end of its retention, as AWS does and the local server does not', async () => {
  const clock = { now: new Date() };
  const queue = queueModel(SUITE_SETTINGS, clock);
  await queue.send({ body: 'a1', group: 'a' });
  await queue.later(SUITE_SETTINGS.MessageRetentionPeriod - 1);
  expect(queue.depth()).toBe(1);
  await queue.later(1);
  expect(await queue.receive()).toEqual([]);
  expect(await queue.deadLetters()).toEqual([]);
});
