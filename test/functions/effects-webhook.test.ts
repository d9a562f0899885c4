import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { ConfigurationError } from '../../lib/contract/errors.ts';
import { enableTarget } from '../../lib/inbox/enable-target.ts';
import { outboxChange, readHint, sendHint, sweepOutbox } from '../../lib/inbox/outbox.ts';
import { effectsWebhook } from '../../lib/lambda/effects-webhook.ts';
import { outboxHandler } from '../../lib/lambda/outbox-handler.ts';
import { webhookPost } from '../../lib/lambda/webhook-post.ts';
import { type Received, testServer } from '../support/http-server.ts';
import { fakeQueue, memoryStore, publication, publishing, shops } from '../unit/inbox/fakes.ts';
import { batch, context, keptLog } from './fakes.ts';

const secret = (letter: string) => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`;
const SECRETS: Readonly<Record<string, string>> = { 'effects-new': secret('n'), 'effects-old': secret('o') };

type Answer = (response: ServerResponse, index: number) => void;

/** The publishing function with a receiver on this machine, and a real clock that can be moved. */
const setUp = async (answer: Answer, { names = ['effects-new', 'effects-old'], timeoutMs = 2_000 } = {}) => {
  const store = memoryStore();
  const receiver = await testServer((response, _, index) => answer(response, index));
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  const { lines, log } = keptLog();
  const secrets = {
    get: async (wanted: readonly string[]) =>
      wanted.map((name) => {
        const value = SECRETS[name];
        if (value === undefined) throw new ConfigurationError(`the secret ${name} is not there`);
        return value;
      }),
  };
  const effects = { webhook: { url: `${receiver.url}/effects`, secrets: names } };
  const send = webhookPost({ allowLoopback: true, timeoutMs });
  const deps = publishing({ store, shops: shops({ effects }), now, post: effectsWebhook({ secrets, send, now, log }) });
  const handler = outboxHandler(async () => ({ ...deps, log }));
  const hints = fakeQueue();
  const { key, change } = outboxChange(publication('order/ab/1'), { accountId: 1, now: now(), owner: undefined });
  await store.write([change], 'put');
  await sendHint(key, hints);
  return {
    ...receiver,
    lines,
    store,
    deps,
    item: async () => (await store.get([key]))[0]?.data,
    /** Follows the hints that there are. */
    run: async () => handler(batch(...hints.sent.splice(0).map(({ body }) => body)), context()),
    later: async (ms: number) => {
      ahead += ms;
      await sweepOutbox({ store, hints, now, mayBegin: () => true });
    },
  };
};

/** Verifies as the standard describes it, with nothing of ours. */
const verify = ({ headers, body }: Received, withSecret: string): boolean => {
  const key = Buffer.from(withSecret.replace('whsec_', ''), 'base64');
  const content = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const expected = createHmac('sha256', key).update(content).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const [version, digest = ''] = signature.split(',');
      const given = Buffer.from(digest, 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
};

test('effects arrive signed, as JSON, named by their id; 2xx and they are gone', async () => {
  const { run, received, item, lines } = await setUp((response) => response.writeHead(202).end('thanks'));
  expect(await run()).toEqual({ batchItemFailures: [] });
  const [first] = received as [Received];
  expect(first).toMatchObject({ method: 'POST', url: '/effects', headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(first.body)).toEqual(publication('order/ab/1'));
  expect(first.headers['webhook-id']).toBe('order/ab/1');
  for (const signer of ['n', 'o']) {
    expect(verify(first, secret(signer))).toBe(true);
    const verified = new Webhook(secret(signer)).verify(first.body, first.headers as Record<string, string>);
    expect(verified).toEqual(publication('order/ab/1'));
  }
  expect(verify(first, secret('x'))).toBe(false);
  expect(await item()).toBeUndefined();
  expect(lines).toEqual([
    expect.objectContaining({ level: 'info', outcome: 'published', status: 202, shop: 'demo', delivery: 'order/ab/1' }),
  ]);
});

test('each attempt has its own time and the same id', async () => {
  const { run, later, received, item } = await setUp((response, index) => response.writeHead(index ? 200 : 500).end());
  await run();
  await later(60_000);
  await run();
  expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(['order/ab/1', 'order/ab/1']);
  const [first = 0, second = 0] = received.map(({ headers }) => Number(headers['webhook-timestamp']));
  expect(second - first).toBeGreaterThanOrEqual(60);
  expect(received.every((each) => verify(each, secret('n')))).toBe(true);
  expect(await item()).toBeUndefined();
});

test.each<[string, Answer, Record<string, unknown>]>([
  ['fails', (response) => response.writeHead(500).end('{'), { status: 500 }],
  ['redirects', (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(), { status: 302 }],
  ['hangs up', (response) => response.destroy(), { failure: 'ECONNRESET' }],
  ['never answers', () => {}, { failure: 'slow' }],
])('a receiver that %s does not use up the hint: the item says when to come again', async (_name, answer, last) => {
  const { run, item, lines } = await setUp(answer, { timeoutMs: 100 });
  expect(await run()).toEqual({ batchItemFailures: [] });
  expect(await item()).toMatchObject({ ...publication('order/ab/1'), delivery: { attempts: 1, last } });
  expect(lines).toMatchObject([{ level: 'info', outcome: 'postponed' }]);
});

test('a receiver that asks for time gets it', async () => {
  const answer: Answer = (response, index) =>
    index === 0 ? response.writeHead(429, { 'retry-after': '3600' }).end() : response.writeHead(200).end();
  const { run, later, received, item } = await setUp(answer);
  await run();
  await later(3_590_000);
  await run();
  expect(received).toHaveLength(1);
  await later(20_000);
  await run();
  expect(received).toHaveLength(2);
  expect(await item()).toBeUndefined();
});

test('a receiver that is gone stops it, loudly; enabled again, it gets what was kept', async () => {
  const { run, later, lines, item, received, store, deps } = await setUp((response, index) =>
    response.writeHead(index === 0 ? 410 : 200).end(),
  );
  expect(await run()).toEqual({ batchItemFailures: [] });
  expect(lines).toMatchObject([{ level: 'error', outcome: 'stopped', reason: 'gone', status: 410, shop: 'demo' }]);
  await later(10 * 86_400_000);
  await run();
  expect(received).toHaveLength(1);
  expect(await item()).toMatchObject({ delivery: { stopped: 'gone' } });
  expect(await enableTarget('demo', { store, accountId: 1, now: deps.now })).toBe(1);
  await later(0);
  await run();
  expect(received).toHaveLength(2);
  expect(await item()).toBeUndefined();
});

test('without its secret nothing is sent; the log names it, and no secret', async () => {
  const { run, connections, item, lines } = await setUp((response) => response.writeHead(200).end(), {
    names: ['effects-new', 'effects-missing'],
  });
  expect(await run()).toEqual({ batchItemFailures: [] });
  expect(connections()).toBe(0);
  expect(await item()).toMatchObject({ delivery: { last: { failure: 'not-signed' } } });
  const [why] = lines;
  expect(why).toMatchObject({ level: 'error', reason: 'not signed', shop: 'demo', delivery: 'order/ab/1' });
  expect(String((why as { error?: Error }).error)).toContain('effects-missing');
  expect(JSON.stringify(lines) + lines.map(({ error }) => String(error)).join()).not.toContain(secret('n'));
});

test('one receiver that hangs does not keep the effects of others from the queue', async () => {
  const { deps, store } = await setUp(() => {}, { timeoutMs: 100 });
  const queue = fakeQueue();
  const { log } = keptLog();
  const hints = fakeQueue();
  for (const what of [publication('a'), { ...publication('b'), shop: undefined } as never]) {
    const { key, change } = outboxChange(what, { accountId: 1, now: deps.now(), owner: undefined });
    await store.write([change], key.sort);
    await sendHint(key, hints);
  }
  const handler = outboxHandler(async () => ({ ...deps, queue, log }));
  expect(await handler(batch(...hints.sent.map(({ body }) => body)), context())).toEqual({ batchItemFailures: [] });
  expect(queue.sent.map(({ body }) => JSON.parse(body).id)).toEqual(['b']);
  expect(readHint(hints.sent[0]?.body ?? '')?.sort).toBe('a');
});
