import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as a server of these tests got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request; `index` counts them from 0. */
export type Answer = (response: ServerResponse, received: Received, index: number) => void;

/** A server of 127.0.0.1 that remembers what it got; it ends with the test. */
export interface TestServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** How many connections were made to it. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Makes a server listen on 127.0.0.1, on a free port unless one is given. */
export const listen = (server: Server, port = 0): Promise<string> =>
  new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

/** Reads the whole of a request. */
export const receive = async (request: IncomingMessage): Promise<Received> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  return { method, url, headers, body: Buffer.concat(chunks).toString() };
};

/** Starts a server that answers so; the caller closes it. */
export const openServer = async (answer: Answer, port?: number): Promise<TestServer> => {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const whole = await receive(request);
    received.push(whole);
    answer(response, whole, received.length - 1);
  });
  server.on('connection', () => {
    connections += 1;
  });
  const url = await listen(server, port);
  return {
    url,
    received,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Starts a server that answers so, until the test is over. */
export const testServer = async (answer: Answer, port?: number): Promise<TestServer> => {
  const server = await openServer(answer, port);
  onTestFinished(() => server.close());
  return server;
};

/** Answers in JSON. */
export const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
