import type { SQSBatchResponse } from 'aws-lambda';
import { expect, test } from 'vitest';
import { outboxChange, readHint, sendHint } from '../../lib/inbox/outbox.ts';
import { healthHandler } from '../../lib/lambda/health-handler.ts';
import { inboxHandler } from '../../lib/lambda/inbox-handler.ts';
import { outboxHandler } from '../../lib/lambda/outbox-handler.ts';
import { sweepHandler } from '../../lib/lambda/sweep-handler.ts';
import { ENGINE, snapshot, testEngine } from '../support/engine.ts';
import {
  brokenQueue,
  EFFECT,
  eventMessage,
  fakeQueue,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  publishing,
} from '../unit/inbox/fakes.ts';
import { batch, context, keptLog } from './fakes.ts';

const failedIds = ({ batchItemFailures }: SQSBatchResponse) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

const waiting = async (store = memoryStore()) => {
  const { key, change } = outboxChange(
    { v: 1, id: 'p1', shop: 'demo', application: 1, event: 'ab', effects: [EFFECT] },
    { accountId: 1, now: NOW, owner: undefined },
  );
  await store.write([change], 'put');
  const hints = fakeQueue();
  await sendHint(key, hints);
  return { store, key, hint: hints.sent[0]?.body ?? '' };
};

test('apply-inbox applies its messages and gives back what failed', async () => {
  const { deps, calls } = inbox();
  const handler = inboxHandler(ENGINE, new Map(), async () => deps);
  const event = batch(eventMessage(orderEvent()).body, '{');
  expect(failedIds(await handler(event, context()))).toEqual([]);
  expect(calls).toHaveLength(1);
  expect(failedIds(await handler(event, context(100)))).toEqual(['m1', 'm2']);
});

test('publish-effects follows hints; what is no hint is left to the sweep', async () => {
  const { store, hint } = await waiting();
  const target = fakeQueue();
  const { lines, log } = keptLog();
  const handler = outboxHandler(async () => ({ ...publishing({ store, queue: target }), log }));
  expect(failedIds(await handler(batch(hint, 'nonsense', hint), context()))).toEqual([]);
  expect(new Set(target.sent.map(({ body }) => JSON.parse(body).id))).toEqual(new Set(['p1']));
  expect(lines.map(({ id, outcome }) => `${id} ${outcome}`)).toContain('m2 ignored');
});

test('effects that cannot be delivered are given back', async () => {
  const { store, hint } = await waiting();
  const handler = outboxHandler(async () => ({ ...publishing({ store, queue: brokenQueue }), log: keptLog().log }));
  expect(failedIds(await handler(batch(hint), context()))).toEqual(['m1']);
});

test('the sweep sends hints for what was left, and says how many', async () => {
  const { store, key } = await waiting();
  const hints = fakeQueue();
  const { log, lines } = keptLog();
  const engine = { ...testEngine(snapshot(), store).deps, now: () => new Date(NOW.getTime() + 60_000) };
  expect(await sweepHandler([], async () => ({ engine, hints, log }))({}, context())).toEqual({
    outcome: 'swept',
    count: 1,
  });
  expect(readHint(hints.sent[0]?.body ?? '')).toEqual(key);
  expect(lines).toMatchObject([{ message: 'sweep', outcome: 'swept', count: 1 }]);
});

test('a sweep that fails says so and does not throw', async () => {
  const { store } = await waiting();
  const { log, lines } = keptLog();
  const engine = { ...testEngine(snapshot(), store).deps, now: () => new Date(NOW.getTime() + 60_000) };
  const sweep = sweepHandler([], async () => ({ engine, hints: brokenQueue, log }));
  expect(await sweep({}, context())).toEqual({ outcome: 'failed', count: 0 });
  expect(lines).toMatchObject([{ level: 'error' }]);
});

const health = (over: Partial<ReturnType<Parameters<typeof healthHandler>[0] & object>> = {}) => {
  const { log, lines } = keptLog();
  const handler = healthHandler(() => ({
    store: async () => memoryStore(),
    inbox: async () => ({ check: async () => {} }),
    accountId: async () => 1,
    log,
    ...over,
  }));
  return { handler, lines };
};

test('health is ok when store and queue answer', async () => {
  const { handler } = health();
  expect(await handler()).toEqual({
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"status":"ok","store":"ok","inbox":"ok"}',
  });
});

test('health names what is away, and only its log says why', async () => {
  const { handler, lines } = health({ store: () => Promise.reject(new Error('the password is hunter2')) });
  const answer = await handler();
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toBe('{"status":"failed","store":"failed","inbox":"ok"}');
  expect(lines).toMatchObject([{ level: 'error', reason: 'store' }]);
});

test('health does not wait for what hangs', async () => {
  const { handler } = health({ inbox: () => new Promise(() => {}) });
  expect(await handler()).toMatchObject({ statusCode: 503, body: '{"status":"failed","store":"ok","inbox":"failed"}' });
});
