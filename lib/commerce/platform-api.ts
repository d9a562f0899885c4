import { hash } from 'node:crypto';
import {
  ConfigurationError,
  InvalidRequestError,
  type UpstreamCall,
  UpstreamError,
  UpstreamTimeoutError,
} from '../contract/errors.ts';
import { UnusableEventError } from './errors.ts';
import { readJson } from './json.ts';
import { patiently } from './patience.ts';
import type { CompleteContext } from './platform.ts';

/** What one read may take, until its last byte. */
const TIMEOUT_MS = 10_000;

/** No order comes near; what is larger would not fit beside the others of a batch. */
const MAX_ANSWER_BYTES = 8_000_000;

/** A read of the platform's own API. */
export interface ApiRead<T> {
  /** With its placeholders, as errors tell it: `/orders/{id}`. It goes behind the path of the shop's `api.url`. */
  readonly path: `/${string}`;
  /** What fills the placeholders; percent-encoded here. */
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Takes what is needed from the answer. @throws InvalidRequestError when it is not as documented. */
  readonly read: (body: unknown) => T;
}

/** What an answer says. */
export interface ApiAnswer<T> {
  readonly content: T;
  /** Hex SHA-256 of its bytes. */
  readonly digest: string;
}

/**
 * Reads one thing from the platform's API of this shop: once, or patiently where the context says how to wait.
 *
 * @throws UnusableEventError when there is no such thing; UpstreamError and UpstreamTimeoutError when it cannot be read;
 * ConfigurationError when shops.yaml has no `api` for the shop. None of them quotes the answer.
 */
export const readApi = async <T>(
  { path, params, query, headers, read }: ApiRead<T>,
  { fetch, name, shop, wait }: Pick<CompleteContext, 'fetch' | 'name' | 'shop' | 'wait'>,
): Promise<ApiAnswer<T>> => {
  if (!shop.api)
    throw new ConfigurationError(`shops.yaml: ${name} needs \`api\` to read what its deliveries leave out`);
  const url = new URL(`${shop.api.url.replace(/\/+$/, '')}${filled(path, params)}`);
  for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
  try {
    return await patiently(() => requestJson({ url, path, headers, read }, fetch), wait);
  } catch (error) {
    throw finalOf(error);
  }
};

/** What stays refused by the request's own fault; anything else passes or is mended by an operator. */
const OURS = new Set([400, 405, 406, 413, 414, 415, 422]);

const finalOf = (error: unknown): unknown => {
  const { upstream: call } = error instanceof UpstreamError ? error : {};
  const status = call?.status ?? 0;
  if (call && OURS.has(status)) return new UpstreamError('the platform refused', call, 'park');
  if (!call || (status !== 404 && status !== 410)) return error;
  return new UnusableEventError(
    `${call.method} ${call.path} answered ${status}: the platform does not have what this event is about; ` +
      'see that api.url in shops.yaml is right, else discard it',
  );
};

const filled = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (place, key: string) => {
    const value = params[key] ?? '';
    // No encoding keeps a URL from going up, and nothing at all would name the list.
    if (/^\.{0,2}$/.test(value)) throw new UnusableEventError(`What fills ${place} of ${path} is no id; discard it`);
    return encodeURIComponent(value);
  });

/** A request whose answer is JSON. */
export interface JsonRequest<T> extends Pick<ApiRead<T>, 'read' | 'headers'> {
  readonly url: URL;
  /** What errors call it. */
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: string;
}

/**
 * Sends one request, follows no redirect and reads the answer as JSON, ids to the last digit.
 *
 * @throws UpstreamError (rejects) that waits, also when the request is refused, unless the answer is not as documented;
 * UpstreamTimeoutError.
 */
export const requestJson = async <T>(
  { url, path, headers, body, read }: JsonRequest<T>,
  send: typeof fetch,
): Promise<ApiAnswer<T>> => {
  const call: UpstreamCall = { method: body === undefined ? 'GET' : 'POST', path };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let answered: UpstreamCall = call;
  let bytes: Uint8Array;
  try {
    const init = {
      method: call.method,
      headers: { accept: 'application/json', ...headers },
      redirect: 'manual',
      signal,
    } as const;
    const response = await send(url, body === undefined ? init : { ...init, body });
    answered = { ...call, status: response.status };
    if (!response.ok) {
      await response.body?.cancel();
      throw new UpstreamError('it was refused', { ...answered, ...retryAfter(response) }, 'retry');
    }
    bytes = await bounded(response, answered);
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    if (signal.aborted) throw new UpstreamTimeoutError('no answer in time', call, { cause: error });
    throw new UpstreamError('the connection failed', call, 'retry', { cause: error });
  }
  return { content: contentOf(bytes, answered, read), digest: hash('sha256', bytes) };
};

/** Only as seconds: a date would need the server's clock. */
const retryAfter = ({ headers }: Response): Pick<UpstreamCall, 'retryAfterMs'> => {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,5}(\.\d+)?$/.test(text) ? { retryAfterMs: Math.ceil(Number(text) * 1000) } : {};
};

const bounded = async (response: Response, call: UpstreamCall): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new UpstreamError(`the answer is over ${MAX_ANSWER_BYTES} bytes`, call, 'park');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const contentOf = <T>(bytes: Uint8Array, call: UpstreamCall, read: (body: unknown) => T): T => {
  let body: unknown;
  try {
    // BigCommerce answers an empty list with nothing at all.
    body = call.status === 204 ? undefined : readJson(bytes);
  } catch (error) {
    // A page in place of an answer comes from something in between.
    throw new UpstreamError('the answer is not JSON', call, 'retry', { cause: error });
  }
  try {
    return read(body);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    const faults = (error.issues ?? []).map((issue) => `${Object.values(issue.source)[0]}: ${issue.title}`).slice(0, 5);
    throw new UpstreamError(`the answer is not as documented (${faults.join('; ')})`, call, 'park');
  }
};
