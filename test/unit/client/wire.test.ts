import { createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Client, type ClientCall, createClient } from '../../../lib/client/client.ts';
import type { ClientOptions } from '../../../lib/client/options.ts';
import { TransportError } from '../../../lib/client/transport.ts';
import {
  ApiError,
  ConfigurationError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  NotImplementedError,
  SuppressedError,
  UnauthorizedError,
  UpstreamError,
  UpstreamTimeoutError,
} from '../../../lib/contract/errors.ts';
import { type Answer, json, listen, testServer } from '../../support/http-server.ts';

const KEY = 'fefecafedeadbeef';
const STATE = { effects: [], createdCoupons: [], createdReferrals: [] };
const NOW = new Date('2026-06-01T12:00:00Z');

/** A client whose clock moves by its own pauses only. */
const clientOf = (url: string, over: Partial<ClientOptions> = {}) => {
  const pauses: number[] = [];
  let now = NOW.getTime();
  const api = createClient({
    url,
    credentials: { apiKey: KEY },
    random: () => 1,
    now: () => new Date(now),
    pause: async (ms) => {
      pauses.push(ms);
      now += ms;
    },
    ...over,
  });
  return { api, pauses };
};

/** Sent twice it leaves what one leaves. */
const safe = (api: Client, call?: ClientCall) =>
  api.updateCustomerSessionV2({ params: { customerSessionId: 'cart-of-ann' }, query: {}, body: BODY }, call);
const BODY = { customerSession: { profileId: 'ann@example.org' } };

/** Sent twice it records two events. */
const unsafe = (api: Client) =>
  api.trackEvent({ params: {}, query: {}, body: { type: 'seen', sessionId: 'cart-of-ann', attributes: {} } });

const failure = async (call: Promise<unknown>): Promise<ApiError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('the call did not fail');
};

/** A server that answers so at first, and rightly from then on. */
const failingOnce = (first: Answer) =>
  testServer((response, received, index) =>
    index === 0 ? first(response, received, index) : json(response, 200, STATE),
  );

/** A server that writes these bytes to every connection once it is spoken to, and closes it. */
const rawServer = async (bytes: string) => {
  let spoken = 0;
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      spoken += 1;
      socket.end(bytes);
    });
  });
  onTestFinished(() => void server.close());
  return { url: await listen(server), spoken: () => spoken };
};

/** An address where nobody listens. */
const nowhere = async (): Promise<string> => {
  const server = createTcpServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
};

test('fifty calls, one after the other, use one connection', async () => {
  const server = await testServer((response) => json(response, 200, STATE));
  const { api } = clientOf(server.url);
  for (let call = 0; call < 50; call += 1) expect(await safe(api)).toEqual(STATE);
  expect(server.connections()).toBe(1);
  expect(server.received).toHaveLength(50);
});

test('refusals are read to their end, so that their connection is used again', async () => {
  const server = await testServer((response) => json(response, 404, { message: 'no' }));
  const { api } = clientOf(server.url);
  for (let call = 0; call < 5; call += 1) expect(await failure(safe(api))).toBeInstanceOf(NotFoundError);
  expect(server.connections()).toBe(1);
});

test('the request arrives as it was built', async () => {
  const server = await testServer((response) => json(response, 200, STATE));
  const { api } = clientOf(`${server.url}/below`);
  await api.updateCustomerProfileV2({
    params: { integrationId: 'Zoë / 100 % + é' },
    query: { runRuleEngine: true },
    body: { attributes: { Name: 'Zoë' } },
  });
  expect(server.received[0]).toMatchObject({
    method: 'PUT',
    url: '/below/v2/customer_profiles/Zo%C3%AB%20%2F%20100%20%25%20%2B%20%C3%A9?runRuleEngine=true',
    headers: { authorization: `ApiKey-v1 ${KEY}`, 'content-type': 'application/json', accept: 'application/json' },
    body: '{"attributes":{"Name":"Zoë"}}',
  });
});

test('what a row does not demand may be left out', async () => {
  const server = await testServer((response) => json(response, 200, {}));
  const { api } = clientOf(server.url);
  await api.getCustomerInventory({ params: { integrationId: 'ann' } });
  expect(server.received[0]).toMatchObject({ url: '/v1/customer_profiles/ann/inventory', body: '' });
  const search = { attributes: { Tier: 'gold' } };
  await failure(api.getCustomerProfilesByAttributes({ body: search }));
  expect(server.received[1]).toMatchObject({ url: '/v1/customer_profiles_search', body: JSON.stringify(search) });
});

test('what a row demands is asked for by the compiler, and by the client where nobody compiles', async () => {
  const { api } = clientOf('http://127.0.0.1:9');
  // @ts-expect-error there is no inventory of nobody
  expect(await failure(api.getCustomerInventory({}))).toBeInstanceOf(InvalidRequestError);
  // @ts-expect-error the same
  expect(await failure(api.getCustomerInventory())).toBeInstanceOf(InvalidRequestError);
});

test('a DELETE without content is answered with nothing', async () => {
  const server = await testServer((response) => void response.writeHead(204).end());
  const { api } = clientOf(server.url);
  const request = { params: { integrationId: 'ann' }, query: {}, body: undefined };
  expect(await api.deleteCustomerData(request)).toBeUndefined();
  expect(server.received[0]).toMatchObject({ method: 'DELETE', url: '/v1/customer_data/ann', body: '' });
});

describe('what passes is tried again', () => {
  test.each([
    ['409', 409],
    ['429', 429],
    ['502', 502],
    ['503', 503],
    ['504', 504],
  ])('%s', async (_name, status) => {
    const server = await failingOnce((response) => json(response, status, { message: 'busy' }));
    const { api, pauses } = clientOf(server.url);
    expect(await safe(api)).toEqual(STATE);
    expect(pauses).toEqual([100]);
    expect(server.received[0]).toEqual(server.received[1]);
  });

  test('a connection that is cut', async () => {
    const server = await failingOnce((response) => response.destroy());
    const { api, pauses } = clientOf(server.url);
    expect(await safe(api)).toEqual(STATE);
    expect(pauses).toEqual([100]);
  });

  test('an answer that is cut', async () => {
    const server = await failingOnce((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"effects":[');
      setImmediate(() => response.destroy());
    });
    const { api } = clientOf(server.url);
    expect(await safe(api)).toEqual(STATE);
    expect(server.received).toHaveLength(2);
  });

  test.each([
    ['its first line', 'HTTP/1.1 200 O'],
    ['its headers', 'HTTP/1.1 200 OK\r\ncontent-type: applic'],
    ['a chunk', 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"eff'],
  ])('an answer that ends within %s', async (_place, bytes) => {
    const server = await rawServer(bytes);
    const error = await failure(safe(clientOf(server.url).api));
    expect(error.message).toMatch(/: the connection broke before the answer was whole$/);
    expect(server.spoken()).toBe(3);
  });

  test('an answer that does not come in time', async () => {
    const server = await failingOnce(() => {});
    const { api } = clientOf(server.url, { timeoutMs: 50 });
    expect(await safe(api)).toEqual(STATE);
    expect(server.received).toHaveLength(2);
  });

  test.each([
    ['seconds', '3'],
    ['a date', 'Mon, 01 Jun 2026 12:00:03 GMT'],
  ])('after as long as Retry-After says in %s', async (_form, value) => {
    const server = await failingOnce((response) => json(response, 429, { message: 'slow' }, { 'retry-after': value }));
    const { api, pauses } = clientOf(server.url);
    expect(await safe(api)).toEqual(STATE);
    expect(pauses).toEqual([3_000]);
  });

  test('three times in all, and as often as asked', async () => {
    const server = await testServer((response) => json(response, 503, { message: 'busy' }));
    const { api, pauses } = clientOf(server.url);
    await failure(safe(api));
    expect(server.received).toHaveLength(3);
    expect(pauses).toEqual([100, 200]);
    await failure(safe(clientOf(server.url, { retry: { retries: 0 } }).api));
    expect(server.received).toHaveLength(4);
  });

  test('not beyond the deadline', async () => {
    const server = await testServer((response) => json(response, 503, { message: 'busy' }, { 'retry-after': '20' }));
    const { api, pauses } = clientOf(server.url);
    expect(await failure(safe(api))).toMatchObject({ name: 'UpstreamError', upstream: { status: 503 } });
    expect(pauses).toEqual([20_000]);
    expect(await failure(safe(api, { deadline: new Date(NOW.getTime() + 25_000) }))).toBeInstanceOf(UpstreamError);
    expect(pauses).toEqual([20_000]);
    expect(server.received).toHaveLength(3);
  });

  test('where nothing was sent, whatever the row', async () => {
    const { api, pauses } = clientOf(await nowhere());
    for (const call of [safe, unsafe]) {
      const error = await failure(call(api));
      expect(error).toMatchObject({ name: 'UpstreamError', onQueue: 'retry' });
      expect(error.message).toMatch(/: no connection could be made$/);
    }
    expect(pauses).toEqual([100, 200, 100, 200]);
  });
});

test('a server that ends between two calls is missed, and found again when another takes its place', async () => {
  const first = await testServer((response) => json(response, 200, STATE));
  const { api } = clientOf(first.url);
  expect(await safe(api)).toEqual(STATE);
  await first.close();
  expect(await failure(safe(api))).toMatchObject({ name: 'UpstreamError', onQueue: 'retry' });
  await testServer((response) => json(response, 200, STATE), Number(new URL(first.url).port));
  expect(await safe(api)).toEqual(STATE);
});

test('over TLS, a server that does not speak it is no answer', async () => {
  const server = await testServer((response) => json(response, 200, STATE));
  const { api } = clientOf(server.url.replace('http:', 'https:'), { retry: { retries: 0 } });
  expect(await failure(safe(api))).toMatchObject({ name: 'UpstreamError', onQueue: 'retry' });
  expect(server.received).toEqual([]);
});

describe('an answer to a repeat says so where an earlier try may have been applied', () => {
  const thenRefused = (first: Answer) =>
    testServer((response, received, index) =>
      index === 0 ? first(response, received, index) : json(response, 400, { message: 'closed before' }),
    );

  test.each([
    ['a cut connection', (response) => response.destroy(), true],
    ['503', (response) => json(response, 503, {}), true],
    ['409', (response) => json(response, 409, { message: 'busy' }), undefined],
    ['429', (response) => json(response, 429, {}), undefined],
  ] satisfies [string, Answer, true | undefined][])('after %s', async (_name, first, repeated) => {
    const server = await thenRefused(first);
    const error = await failure(safe(clientOf(server.url).api));
    expect([error.message, error.upstream?.status]).toEqual(['closed before', 400]);
    expect(error.upstream?.repeated).toBe(repeated);
  });

  test('also when the last try reached nobody', async () => {
    let sent = 0;
    const transport = async () => {
      sent += 1;
      throw new TransportError(sent === 1 ? 'broken' : 'unconnected');
    };
    const { upstream } = await failure(safe(clientOf('http://127.0.0.1:9', { transport }).api));
    expect([sent, upstream?.repeated, upstream?.unsent]).toEqual([3, true, undefined]);
  });

  test('and not when none did', async () => {
    const { upstream } = await failure(safe(clientOf(await nowhere()).api));
    expect([upstream?.repeated, upstream?.unsent]).toEqual([undefined, true]);
  });
});

describe('what does not pass is told at once', () => {
  test.each([
    [400, InvalidRequestError],
    [401, UnauthorizedError],
    [404, NotFoundError],
    [500, UpstreamError],
    [501, NotImplementedError],
  ])('%i', async (status, type) => {
    const server = await testServer((response) => json(response, status, { message: 'no' }));
    const { api, pauses } = clientOf(server.url);
    expect(await failure(safe(api))).toBeInstanceOf(type);
    expect([server.received.length, pauses]).toEqual([1, []]);
  });

  test('a 409 that says Suppressed', async () => {
    const errors = [{ title: 'Suppressed', source: { pointer: '' } }];
    const server = await testServer((response) => json(response, 409, { message: 'erased', errors }));
    expect(await failure(safe(clientOf(server.url).api))).toBeInstanceOf(SuppressedError);
    expect(server.received).toHaveLength(1);
  });

  test.each([
    ['409', (response) => json(response, 409, { message: 'busy' }), ConflictError],
    ['503', (response) => json(response, 503, {}), UpstreamError],
    ['a cut connection', (response) => response.destroy(), UpstreamError],
    ['silence', () => {}, UpstreamTimeoutError],
  ] satisfies [string, Answer, unknown][])('%s, where a repeat is not safe', async (_name, answer, type) => {
    const server = await testServer(answer);
    expect(await failure(unsafe(clientOf(server.url, { timeoutMs: 50 }).api))).toBeInstanceOf(type);
    expect(server.received).toHaveLength(1);
  });

  test('a redirect, which is not followed', async () => {
    const elsewhere = await testServer((response) => json(response, 200, STATE));
    const server = await testServer(
      (response) => void response.writeHead(307, { location: `${elsewhere.url}/v2` }).end(),
    );
    expect(await failure(safe(clientOf(server.url).api))).toMatchObject({ upstream: { status: 307 } });
    expect([server.received.length, elsewhere.received.length]).toEqual([1, 0]);
  });

  test('garbage in place of HTTP', async () => {
    const server = await rawServer('garbage\r\n\r\n');
    expect((await failure(safe(clientOf(server.url).api))).message).toMatch(/: what came is not HTTP$/);
    expect(server.spoken()).toBe(1);
  });

  test.each([
    ['announced', (response) => json(response, 200, { ...STATE, padding: 'x'.repeat(5_000) })],
    [
      'without an end',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const write = (): void =>
          void (response.destroyed || response.write('x'.repeat(500), () => setImmediate(write)));
        write();
      },
    ],
  ] satisfies [string, Answer][])('an answer larger than allowed, %s', async (_name, answer) => {
    const server = await testServer(answer);
    const error = await failure(safe(clientOf(server.url, { maxAnswerBytes: 1_000 }).api));
    expect(error).toMatchObject({ name: 'UpstreamError', onQueue: 'park' });
    expect(server.received).toHaveLength(1);
  });

  test('a deadline that has passed: nothing is sent', async () => {
    const server = await testServer((response) => json(response, 200, STATE));
    const error = await failure(safe(clientOf(server.url).api, { deadline: NOW }));
    expect(error).toBeInstanceOf(UpstreamTimeoutError);
    expect(server.received).toEqual([]);
  });

  test('an id that no path can carry: nothing is sent', async () => {
    const server = await testServer((response) => json(response, 200, STATE));
    const request = { params: { integrationId: '' }, query: {}, body: {} };
    expect(await failure(clientOf(server.url).api.updateCustomerProfileV2(request))).toMatchObject({ status: 400 });
    expect(server.received).toEqual([]);
  });

  test('a guard, which another server cannot write', async () => {
    const server = await testServer((response) => json(response, 200, STATE));
    await expect(safe(clientOf(server.url).api, { guard: () => [] })).rejects.toThrow(ConfigurationError);
    expect(server.received).toEqual([]);
  });
});

describe('an error', () => {
  test.each([
    ['500', (response) => json(response, 500, { message: `hush ${KEY}` })],
    ['silence', () => {}],
    ['a cut connection', (response) => response.destroy()],
    ['another schema', (response) => json(response, 200, { effects: 'hush' })],
  ] satisfies [string, Answer][])(
    'of %s names verb and path, and nothing that was sent or answered',
    async (_name, answer) => {
      const server = await testServer(answer);
      const { api } = clientOf(server.url, { timeoutMs: 50, retry: { retries: 0 } });
      const { message, upstream } = await failure(safe(api));
      expect(message).toMatch(/^PUT \/v2\/customer_sessions\/\{customerSessionId\}( answered \d+)?: /);
      expect(upstream).toMatchObject({ method: 'PUT', path: '/v2/customer_sessions/{customerSessionId}' });
      expect(message).not.toMatch(/ann|hush|fefe|127\.0\.0\.1/);
    },
  );
});

test('a transport of the caller takes the place of node:http', async () => {
  const sent: string[] = [];
  const { api } = clientOf('https://api.example', {
    transport: async ({ method, url }, { timeoutMs, maxAnswerBytes }) => {
      sent.push(`${method} ${url} ${timeoutMs} ${maxAnswerBytes}`);
      if (sent.length === 1) throw new Error('of its own');
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(STATE) };
    },
  });
  expect(await safe(api)).toEqual(STATE);
  expect(sent).toEqual(Array(2).fill('PUT https://api.example/v2/customer_sessions/cart-of-ann 10000 10000000'));
});
