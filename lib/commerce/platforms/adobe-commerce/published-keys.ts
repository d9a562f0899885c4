import type { KeyObject } from 'node:crypto';
import { type UpstreamCall, UpstreamError } from '../../../contract/errors.ts';
import type { AuthenticateContext } from '../../platform.ts';
import { publicKeyOf } from './rsa.ts';

/** Where Adobe publishes the keys of I/O Events, and nowhere else. */
const KEY_HOST = 'https://static.adobeioevents.com';

/**
 * The paths that Adobe sends: `/prod/keys/pub-key-3fVj0Lv0QB.pem`, of a random name or UUID. Behind the host,
 * `@other.host/k.pem` would name another one (commerce-platforms.md §5), and whatever else is there is no key.
 */
const KEY_PATH = /^\/prod\/keys\/pub-key-[A-Za-z0-9_-]{8,40}\.pem$/;

/** Adobe waits 10 s for all of the answer. */
const TIMEOUT_MS = 3000;

const MAX_PEM_BYTES = 10_000;

/** There are two at a time, and two new ones when they change. */
const MAX_KEYS = 8;

/** A key that Adobe takes back is not believed for longer. */
const KEPT_MS = 24 * 3_600_000;

/** So long nobody asks again for a key that there is not; Adobe itself tries again a minute later. */
const MISSING_MS = 60_000;

/** Anybody who knows the name of a shop can make up paths. */
const MAX_MISSING = 100;

type Moment = Pick<AuthenticateContext, 'now' | 'fetch'>;

/**
 * Reads the key that Adobe publishes at a path; undefined for another kind of path, or when there is no RSA key.
 *
 * @throws UpstreamError (rejects) when the host cannot be read now.
 */
export type PublishedKeys = (path: string, moment: Moment) => Promise<KeyObject | undefined>;

/** Reads each key once a day, and remembers a handful; and for a minute, where there is none. */
export const publishedKeys = (): PublishedKeys => {
  // Apart: only what Adobe published gets among the keys, so a stranger's paths push none out.
  const keys = remembered<KeyObject>(MAX_KEYS, KEPT_MS);
  const missing = remembered<true>(MAX_MISSING, MISSING_MS);
  return async (path, { now, fetch }) => {
    if (!KEY_PATH.test(path)) return undefined;
    const known = keys.get(path, now);
    if (known || missing.get(path, now)) return known;
    const pem = await read(path, fetch);
    const key = pem === undefined ? undefined : publicKeyOf(pem);
    if (key) keys.set(path, key, now);
    else missing.set(path, true, now);
    return key;
  };
};

/** Remembers so many things, the newest, for so long. */
const remembered = <T>(most: number, forMs: number) => {
  const kept = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get: (name: string, now: Date): T | undefined => {
      const known = kept.get(name);
      return known && known.until > now.getTime() ? known.value : undefined;
    },
    set: (name: string, value: T, now: Date): void => {
      kept.delete(name);
      kept.set(name, { value, until: now.getTime() + forMs });
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
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
