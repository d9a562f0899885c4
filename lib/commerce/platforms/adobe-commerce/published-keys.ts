import type { KeyObject } from 'node:crypto';
import { type UpstreamCall, UpstreamError } from '../../../contract/errors.ts';
import type { AuthenticateContext } from '../../platform.ts';
import { publicKeyOf } from './rsa.ts';

/** Where Adobe publishes the keys of I/O Events, and nowhere else. */
const KEY_HOST = 'https://static.adobeioevents.com';

/**
 * An absolute path to a PEM file. Behind the host, `@other.host/k.pem` would name another one (commerce-platforms.md
 * §5), and `//host`, `..`, escapes and queries are as little needed.
 */
const KEY_PATH = /^(\/[A-Za-z0-9][A-Za-z0-9_-]{0,63}){1,5}\.pem$/;

/** Adobe waits 10 s for all of the answer. */
const TIMEOUT_MS = 3000;

const MAX_PEM_BYTES = 10_000;

/** There are two at a time, and two new ones when they change. */
const MAX_KEYS = 8;

/** A key that Adobe takes back is not believed for longer. */
const KEPT_MS = 24 * 3_600_000;

type Moment = Pick<AuthenticateContext, 'now' | 'fetch'>;

/**
 * Reads the key that Adobe publishes at a path; undefined for another kind of path, or when there is no RSA key.
 *
 * @throws UpstreamError (rejects) when the host cannot be read now.
 */
export type PublishedKeys = (path: string, moment: Moment) => Promise<KeyObject | undefined>;

/** Reads each key once a day, and remembers a handful. */
export const publishedKeys = (): PublishedKeys => {
  const kept = new Map<string, { readonly key: KeyObject; readonly until: number }>();
  return async (path, { now, fetch }) => {
    if (!KEY_PATH.test(path)) return undefined;
    const known = kept.get(path);
    if (known && known.until > now.getTime()) return known.key;
    const pem = await read(path, fetch);
    const key = pem === undefined ? undefined : publicKeyOf(pem);
    if (!key) return undefined;
    kept.delete(path);
    kept.set(path, { key, until: now.getTime() + KEPT_MS });
    const [oldest] = kept.keys();
    // Only what Adobe published gets in: a stranger's paths push nothing out.
    if (kept.size > MAX_KEYS && oldest !== undefined) kept.delete(oldest);
    return key;
  };
};

const read = async (path: string, send: typeof fetch): Promise<string | undefined> => {
  const call: UpstreamCall = { method: 'GET', path: `${KEY_HOST}/{key}` };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await send(`${KEY_HOST}${path}`, { redirect: 'manual', signal });
    if (response.ok) return await bounded(response);
    await response.body?.cancel();
    if (response.status < 500 && response.status !== 429) return undefined;
    throw new UpstreamError('Adobe’s keys cannot be read', { ...call, status: response.status }, 'retry');
  } catch (error) {
    if (error instanceof UpstreamError) throw error;
    throw new UpstreamError('Adobe’s keys cannot be read', call, 'retry', { cause: error });
  }
};

const bounded = async (response: Response): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_PEM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
};
