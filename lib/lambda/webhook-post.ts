import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { retryAfterMs } from '../contract/retry-after.ts';
import { type Attempt, TOO_LARGE } from '../inbox/delivery.ts';
import { isLoopback, isPublic } from './public-address.ts';

/** A request to a receiver whose address somebody else chose. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How requests are sent. */
export interface PostOptions {
  /** Whether this machine may be the receiver, also without TLS: in the local stage. */
  readonly allowLoopback: boolean;
  /** Finds a host's addresses. @default the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  /** Until the last byte of the answer. @default 15 000 */
  readonly timeoutMs?: number;
  /** @default the system's clock */
  readonly now?: () => Date;
}

/** What of an answer is read: nothing in it matters, but a sender that hangs up at once looks broken. */
const MAX_ANSWER_BYTES = 16 * 1024;

/** More than any publication should be; it is what the effects queue would take. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * Posts to a receiver, once: its host is resolved once, all its addresses are checked, and the connection goes to one of
 * those, whatever its name resolves to a moment later. Redirects are not followed. Never rejects.
 */
export const webhookPost = ({
  allowLoopback,
  resolve = (host) => lookup(host, { all: true }),
  timeoutMs = 15_000,
  now = () => new Date(),
}: PostOptions) => {
  const isAllowed = ({ address }: LookupAddress) => isPublic(address) || (allowLoopback && isLoopback(address));
  return async (request: WebhookRequest): Promise<Attempt> => {
    const url = new URL(request.url);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (Buffer.byteLength(request.body) > MAX_BODY_BYTES) return TOO_LARGE;
    if (url.protocol !== 'https:' && !allowLoopback) return { failure: 'not-https' };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const family = isIP(host);
      const addresses = family > 0 ? [{ address: host, family }] : await inTime(resolve(host), signal);
      if (addresses.length === 0 || !addresses.every(isAllowed)) return { failure: 'address-refused' };
      return await exchange(url, request, { addresses, signal, now });
    } catch (error) {
      return { failure: signal.aborted ? 'slow' : codeOf(error) };
    }
  };
};

const inTime = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);

interface Exchange {
  readonly addresses: readonly LookupAddress[];
  readonly signal: AbortSignal;
  now(): Date;
}

/** Rejects when there is no answer; once its status is there, that is the answer, whatever happens to the rest. */
const exchange = (
  url: URL,
  { headers, body }: WebhookRequest,
  { addresses, signal, now }: Exchange,
): Promise<Attempt> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    // A kept connection would be one to an address that was checked long ago.
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, ...length },
      agent: false,
      lookup: only(addresses),
      signal,
    });
    let answer: Attempt | undefined;
    // Destroying may bring further errors; one without a listener would end the process.
    request.on('error', (error) => (answer ? resolve(answer) : reject(error)));
    request.once('response', (response) => {
      const waitMs = retryAfterMs(response.headers['retry-after'], now());
      const told: Attempt = {
        status: response.statusCode ?? 0,
        ...(waitMs !== undefined && { retryAfterMs: waitMs }),
      };
      answer = told;
      const finish = () => {
        resolve(told);
        request.destroy();
      };
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) finish();
      });
      response.on('error', finish);
      response.once('close', finish);
    });
    request.end(body);
  });

/** In place of the resolver: it was asked already. */
const only =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_host, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };

const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'broken';
};
