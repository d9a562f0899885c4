import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer as it came over the wire; header names in lower case. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** What one try may take. */
export interface Limits {
  /** Until the last byte of the answer. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

/** Sends one request, once, and follows no redirect. @throws TransportError when no whole answer came. */
export type Transport = (request: WireRequest, limits: Limits) => Promise<WireResponse>;

/**
 * How a try ended without a whole answer: `unconnected` before anything was sent, `broken` when the connection was cut,
 * `slow` when the time was up, `garbled` when what came was no HTTP, `endless` when it was larger than allowed.
 */
export type Failure = 'unconnected' | 'broken' | 'slow' | 'garbled' | 'endless';

/** No whole answer came. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure, { cause });
    this.failure = failure;
  }
}

/** Errors that can only come before a connection stands. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

const failureOf = (error: unknown): TransportError => {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return new TransportError('broken', error);
  if (NEVER_CONNECTED.has(code)) return new TransportError('unconnected', error);
  return new TransportError(code.startsWith('HPE_') ? 'garbled' : 'broken', error);
};

/** Below what load balancers keep an idle connection for, so that it is seldom they who close it. */
const IDLE_MS = 30_000;

/**
 * Sends over node:http or node:https on connections that are kept. An idle connection does not keep the process alive.
 *
 * @param origin of every URL that is sent to: scheme, host and port.
 */
export const nodeTransport = (origin: string): Transport => {
  const { protocol, hostname, port } = new URL(origin);
  const secure = protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  const options: RequestOptions = {
    agent: new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, timeout: IDLE_MS }),
    // An IPv6 address has brackets in a URL and none in a socket's address.
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port && { port }),
  };
  return ({ method, url, headers, body }, limits) =>
    new Promise((resolve, reject) => {
      const request = send({ ...options, method, path: url.slice(origin.length), headers });
      const settle = (error: TransportError) => {
        clearTimeout(timer);
        reject(error);
        request.destroy();
      };
      const timer = setTimeout(() => settle(new TransportError('slow')), limits.timeoutMs);
      // Destroying may bring further errors; one without a listener would end the process.
      request.on('error', (error) => settle(failureOf(error)));
      request.once('response', (response) => {
        read(response, limits.maxAnswerBytes, settle, (text) => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      });
      request.end(body);
    });
};

const read = (
  response: IncomingMessage,
  maxBytes: number,
  fail: (error: TransportError) => void,
  done: (text: string) => void,
): void => {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) fail(new TransportError('endless'));
    else chunks.push(chunk);
  });
  response.on('error', (error) => fail(failureOf(error)));
  response.once('end', () => done((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? ''));
};
