import { createHash } from 'node:crypto';
import { UnauthorizedError } from '../contract/errors.ts';
import type { Key, NewItem, Store } from '../store/store.ts';
import { cache } from './cache.ts';
import { now, once, openStore } from './deps.ts';

/** The one key of the local stage: the same on every machine, refused in any other stage. */
export const LOCAL_KEY = '10ca1'.padEnd(64, '0');

/** What is kept of a key: never the key itself. */
export interface KeyRecord {
  /** The Application that the key opens. */
  readonly application: number;
  /** For people. */
  readonly title: string;
  /** RFC 3339; from then on the key is unknown. */
  readonly expires?: string;
}

/** The item by which a key is known. `key` is hexadecimal; upper and lower case are the same. */
export const keyItem = (key: string, accountId: number, record: KeyRecord): NewItem => ({
  key: itemKey(hashOf(key), accountId),
  data: { ...record },
});

/** What authentication needs. */
export interface AuthenticateDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly stage: string;
  now(): Date;
}

/** Tells which Application a request is for. @throws UnauthorizedError whatever is wrong; it never says what. */
export type Authenticate = (headers: Readonly<Record<string, string | undefined>>) => Promise<number>;

const HIT_MS = 60_000;
const MISS_MS = 5_000;
const REMEMBERED = 1_000;

/**
 * Authenticates by `Authorization: ApiKey-v1 <hex>` (semantics.md H1). A key works for up to a minute after it was
 * removed, and a new one after five seconds at the latest.
 *
 * @param headers with names in lower case.
 */
export const authenticator = ({ store, accountId, stage, now }: AuthenticateDeps): Authenticate => {
  const known = cache<KeyRecord | undefined>({
    now,
    keepMs: (record) => (record ? HIT_MS : MISS_MS),
    size: REMEMBERED,
  });
  return async (headers) => {
    const key = /^ApiKey-v1[ \t]+([\da-f]{16,256})[ \t]*$/i.exec(headers.authorization ?? '')?.[1]?.toLowerCase();
    if (key === undefined || (key === LOCAL_KEY && stage !== 'local')) throw new UnauthorizedError();
    // Found by its hash: the time that takes tells nothing about any key.
    const hash = hashOf(key);
    const record = await known(hash, async () => {
      const [item] = await store.get([itemKey(hash, accountId)]);
      return item?.data as KeyRecord | undefined;
    });
    if (!record || (record.expires !== undefined && new Date(record.expires) <= now())) throw new UnauthorizedError();
    return record.application;
  };
};

/** Authentication against the stage's keys. */
export const openAuthenticate = (): Promise<Authenticate> =>
  once('authenticate', ['STORE', 'ACCOUNT_ID', 'STAGE'], async ({ ACCOUNT_ID, STAGE }) =>
    authenticator({ store: await openStore(), accountId: ACCOUNT_ID, stage: STAGE, now }),
  );

const hashOf = (key: string): string => createHash('sha256').update(key.toLowerCase()).digest('hex');

const itemKey = (hash: string, accountId: number): Key => ({ partition: `${accountId}/keys`, sort: hash });
