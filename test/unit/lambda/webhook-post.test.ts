import { createServer as createTlsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { type PostOptions, webhookPost } from '../../../lib/lambda/webhook-post.ts';
import { testCertificate } from '../../support/certificate.ts';
import { listen, testServer } from '../../support/http-server.ts';

const HEADERS = { 'content-type': 'application/json', 'webhook-id': 'p1' };

const post = (url: string, over: Partial<PostOptions> = {}, body = '{"é":1}') =>
  webhookPost({ allowLoopback: true, timeoutMs: 2_000, ...over })({ url, headers: HEADERS, body });

/** A server that is free in what it sends. */
const rawServer = async (serve: (socket: Socket) => void): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => serve(socket));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listen(server);
};

test('the body arrives as it was signed, with its headers', async () => {
  const { url, received } = await testServer((response) => response.writeHead(204).end());
  expect(await post(`${url}/effects?tenant=1`)).toEqual({ status: 204 });
  expect(received).toMatchObject([{ method: 'POST', url: '/effects?tenant=1', headers: HEADERS, body: '{"é":1}' }]);
  expect(received[0]?.headers['content-length']).toBe('8');
});

test.each([200, 400, 401, 404, 410, 500, 503])('an answer of %i is told as it is', async (status) => {
  const { url } = await testServer((response) => response.writeHead(status).end('{"some":"text"}'));
  expect(await post(url)).toEqual({ status });
});

test.each([
  ['30', 30_000],
  ['Sun, 01 Mar 2026 12:10:00 GMT', 600_000],
])('how long a receiver wants us to wait is told: Retry-After: %s', async (header, retryAfterMs) => {
  const { url } = await testServer((response) => response.writeHead(429, { 'retry-after': header }).end());
  const now = () => new Date('2026-03-01T12:00:00Z');
  expect(await post(url, { now })).toEqual({ status: 429, retryAfterMs });
});

test.each([301, 302, 303, 307, 308])('a redirect by %i is not followed', async (status) => {
  const away = await testServer((response) => response.writeHead(200).end());
  const { url } = await testServer((response) => response.writeHead(status, { location: away.url }).end());
  expect(await post(url)).toEqual({ status });
  expect(away.connections()).toBe(0);
});

test('a host is resolved once, and the connection goes where that said', async () => {
  const { url, received } = await testServer((response) => response.writeHead(204).end());
  const asked: string[] = [];
  const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254'];
  const resolve = async (host: string) => {
    asked.push(host);
    return [{ address: answers[asked.length - 1] ?? '', family: 4 }];
  };
  const port = new URL(url).port;
  expect(await post(`http://receiver.example:${port}/`, { resolve })).toEqual({ status: 204 });
  expect(asked).toEqual(['receiver.example']);
  expect(received[0]?.headers.host).toBe(`receiver.example:${port}`);
  // The next attempt asks again, and no kept connection saves it.
  expect(await post(`http://receiver.example:${port}/`, { resolve })).toEqual({ failure: 'address-refused' });
  expect(received).toHaveLength(1);
});

test('a host with one private address among its public ones is refused', async () => {
  const resolve = async () => [
    { address: '1.1.1.1', family: 4 },
    { address: '::ffff:10.0.0.1', family: 6 },
  ];
  expect(await post('https://receiver.example/', { resolve, allowLoopback: false })).toEqual({
    failure: 'address-refused',
  });
  expect(await post('https://receiver.example/', { resolve: async () => [] })).toEqual({ failure: 'address-refused' });
});

test.each([
  'https://127.0.0.1',
  'https://127.1',
  'https://2130706433',
  'https://0x7f.0.0.1',
  'https://0177.0.0.1',
  'https://0.0.0.0',
  'https://10.0.0.1',
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]',
  'https://[::]',
  'https://[::ffff:127.0.0.1]',
  'https://[::ffff:7f00:1]',
  'https://[fd00:ec2::254]',
  'https://[fe80::1]',
  'https://localhost',
])('outside the local stage %s is refused before anything is sent', async (url) => {
  expect(await post(url, { allowLoopback: false })).toEqual({ failure: 'address-refused' });
});

test('the local stage takes this machine, and no other private address', async () => {
  for (const url of ['http://10.0.0.1', 'http://169.254.169.254', 'http://[::ffff:127.0.0.1]', 'http://0.0.0.0']) {
    expect(await post(url), url).toEqual({ failure: 'address-refused' });
  }
});

test('outside the local stage nothing goes without TLS', async () => {
  const { url, connections } = await testServer((response) => response.writeHead(204).end());
  expect(await post(url, { allowLoopback: false })).toEqual({ failure: 'not-https' });
  expect(await post(url.replace('http:', 'https:'))).toMatchObject({ failure: expect.stringMatching(/^[A-Z_0-9]+$/) });
  expect(connections()).toBe(1);
});

test('with TLS the receiver must prove the name that it is called by', async () => {
  const certificate = testCertificate('receiver.example');
  const server = createTlsServer(certificate, (request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  const { port } = new URL(await listen(server));
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const trusted = getCACertificates('default');
  onTestFinished(() => {
    setDefaultCACertificates(trusted);
    server.close();
  });
  const send = (host: string) => post(`https://${host}:${port}/`, { resolve });
  expect(await send('receiver.example')).toEqual({ failure: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  setDefaultCACertificates([certificate.cert]);
  expect(await send('receiver.example')).toEqual({ status: 204 });
  expect(await send('other.example')).toEqual({ failure: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test('a host that is not found, and one that never answers the resolver', async () => {
  const unknown = () => Promise.reject(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }));
  expect(await post('https://receiver.example/', { resolve: unknown })).toEqual({ failure: 'ENOTFOUND' });
  const hanging = () => new Promise<never>(() => {});
  expect(await post('https://receiver.example/', { resolve: hanging, timeoutMs: 20 })).toEqual({ failure: 'slow' });
});

test('a receiver that is away', async () => {
  const server = await testServer(() => {});
  await server.close();
  expect(await post(server.url)).toEqual({ failure: 'ECONNREFUSED' });
});

test('a receiver that hangs up', async () => {
  expect(await post(await rawServer((socket) => socket.destroy()))).toEqual({ failure: 'ECONNRESET' });
});

test('a receiver that takes the request and never answers', async () => {
  expect(await post((await testServer(() => {})).url, { timeoutMs: 50 })).toEqual({ failure: 'slow' });
});

test('a receiver whose headers never end', async () => {
  const url = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\nx: '));
  expect(await post(url, { timeoutMs: 50 })).toEqual({ failure: 'slow' });
});

test('a receiver that speaks something else', async () => {
  const url = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  expect(await post(url)).toEqual({ failure: expect.stringMatching(/^HPE_/) });
});

test('an answer’s status counts, whatever becomes of its body', async () => {
  const hanging = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'));
  expect(await post(hanging, { timeoutMs: 50 })).toEqual({ status: 200 });
  const cut = await rawServer((socket) => socket.end('HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\nhalf'));
  expect(await post(cut)).toEqual({ status: 500 });
  const garbled = await rawServer((socket) =>
    socket.end('HTTP/1.1 202 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
  );
  expect(await post(garbled)).toEqual({ status: 202 });
});

test('no more of a huge answer is read than a little', async () => {
  let written = 0;
  const url = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const more = () => {
      if (socket.destroyed) return;
      written += 65_536;
      socket.write(Buffer.alloc(65_536), more);
    };
    more();
  });
  expect(await post(url)).toEqual({ status: 200 });
  expect(written).toBeLessThan(50_000_000);
});

test('a body that no receiver should have to take is not sent', async () => {
  const { url, connections } = await testServer((response) => response.writeHead(204).end());
  expect(await post(url, {}, 'x'.repeat(1_000_001))).toEqual({ failure: 'too-large', ours: true });
  expect(connections()).toBe(0);
});
