import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { UnusableEventError } from '../../../lib/commerce/errors.ts';
import { reader } from '../../../lib/commerce/fields.ts';
import { readApi } from '../../../lib/commerce/platform-api.ts';
import { ConfigurationError, UpstreamError, UpstreamTimeoutError } from '../../../lib/contract/errors.ts';
import { type Answer, json, testServer } from '../../support/http-server.ts';
import { shopOf } from './platforms/shopify/samples.ts';

const SECRET = 'only-in-the-header';
const read = reader(z.object({ id: z.union([z.string(), z.number()]) }));

const ask = async (answer: Answer, send: typeof fetch = fetch, below = '') => {
  const server = await testServer(answer);
  const shop = shopOf({ api: { url: `${server.url}${below}`, secret: 'API' } });
  const request = {
    path: '/things/{id}',
    params: { id: 'a/../b?c' },
    query: { expand: 'x[*].y' },
    headers: { authorization: SECRET },
    read,
  } as const;
  return { server, answer: await readApi(request, { fetch: send, name: 'demo', shop }).catch((error) => error) };
};

test('one thing is asked for, with the secret, and its id cannot lead elsewhere', async () => {
  const { server, answer } = await ask((response) => json(response, 200, { id: 7, more: 'x' }), fetch, '/base/');
  expect(answer).toEqual({ content: { id: 7 }, digest: hash('sha256', '{"id":7,"more":"x"}') });
  expect(server.received).toMatchObject([
    { method: 'GET', url: '/base/things/a%2F..%2Fb%3Fc?expand=x%5B*%5D.y', headers: { authorization: SECRET } },
  ]);
});

test.each(['..', '.', ''])('an id that would change the path is never asked for: %j', async (id) => {
  const send = () => Promise.reject(new Error('it was asked for'));
  const shop = shopOf({ api: { url: 'https://shop.example', secret: 'API' } });
  const request = { path: '/things/{id}', params: { id }, headers: { authorization: SECRET }, read } as const;
  const asked = readApi(request, { fetch: send, name: 'demo', shop });
  await expect(asked).rejects.toThrow(new UnusableEventError('What fills {id} of /things/{id} is no id; discard it'));
});

test('ids keep the digits that JSON.parse loses', async () => {
  const { answer } = await ask((response) => void response.end('{"id":820982911946154508}'));
  expect(answer.content).toEqual({ id: '820982911946154508' });
});

test('an answer of nothing is read as nothing', async () => {
  const server = await testServer((response) => void response.writeHead(204).end());
  const shop = shopOf({ api: { url: server.url, secret: 'API' } });
  const request = { path: '/things', params: {}, headers: {}, read: (body: unknown) => body ?? 'nothing' } as const;
  expect(await readApi(request, { fetch, name: 'demo', shop })).toMatchObject({ content: 'nothing' });
});

describe('what is answered badly', () => {
  const refused = async (status: number) => (await ask((response) => json(response, status, { secret: 'x' }))).answer;

  test('waits when it may pass or an operator can mend it', async () => {
    for (const status of [401, 403, 408, 429, 500, 503]) {
      const error = await refused(status);
      expect(error).toBeInstanceOf(UpstreamError);
      expect(error).toMatchObject({ onQueue: 'retry', upstream: { status, path: '/things/{id}' } });
    }
  });

  test('is put aside when the request itself is at fault', async () => {
    for (const status of [400, 405, 422]) expect(await refused(status)).toMatchObject({ onQueue: 'park' });
  });

  test('is final when there is no such thing', async () => {
    for (const status of [404, 410]) expect(await refused(status)).toBeInstanceOf(UnusableEventError);
  });

  test('waits when it is no JSON, and is put aside when it is not as documented', async () => {
    const page = await ask((response) => void response.end('<html>'));
    expect(page.answer).toMatchObject({ name: 'UpstreamError', onQueue: 'retry' });
    const other = await ask((response) => json(response, 200, { id: { secret: SECRET } }));
    expect(other.answer).toMatchObject({ name: 'UpstreamError', onQueue: 'park' });
    expect(other.answer.message).toContain('/id');
    expect(other.answer.message).not.toContain(SECRET);
  });

  test('is never followed elsewhere, nor read without end', async () => {
    const elsewhere = await testServer((response) => json(response, 200, { id: 1 }));
    const moved = await ask((response) => void response.writeHead(302, { location: elsewhere.url }).end());
    expect(moved.answer).toMatchObject({ onQueue: 'retry', upstream: { status: 302 } });
    expect(elsewhere.received).toEqual([]);
    const endless = await ask((response) => void response.end(`{"id":"${'x'.repeat(8_000_000)}"}`));
    expect(endless.answer).toMatchObject({ name: 'UpstreamError', onQueue: 'park' });
  });

  test('is an outage when the connection breaks', async () => {
    const { answer } = await ask((response) => void response.destroy());
    expect(answer).toMatchObject({ name: 'UpstreamError', onQueue: 'retry' });
    expect(answer.upstream.status).toBeUndefined();
  });

  test('is a timeout when the time is up', async () => {
    const slow: typeof fetch = (_, init) => {
      expect(init?.signal).toBeInstanceOf(AbortSignal);
      Object.defineProperty(init?.signal, 'aborted', { value: true });
      return Promise.reject(new DOMException('', 'TimeoutError'));
    };
    const { answer } = await ask(() => {}, slow);
    expect(answer).toBeInstanceOf(UpstreamTimeoutError);
  });
});

test('a shop without an api says so', async () => {
  const request = { path: '/things', params: {}, headers: {}, read } as const;
  const reading = readApi(request, { fetch, name: 'demo', shop: shopOf() });
  await expect(reading).rejects.toThrow(ConfigurationError);
  await expect(reading).rejects.toThrow(/demo needs `api`/);
});
