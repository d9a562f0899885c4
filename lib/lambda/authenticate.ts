import { ConfigurationError, SignatureMismatchError, UnauthorizedError } from '../contract/errors.ts';
import type { Auth } from '../contract/operation.ts';
import type { Store } from '../store/store.ts';
import { cache } from './cache.ts';
import { isSignedBy, readContentSignature } from './content-signature.ts';
import { now, once, openStore } from './deps.ts';
import { keySeal } from './key-seal.ts';
import {
  isExpired,
  KEY_FORM,
  type KeyKind,
  type KeyRecord,
  keyHash,
  keyPlace,
  keyRecord,
  signingKeys,
  signingKeysPlace,
} from './keys.ts';

/** The one key of the local stage, which also signs: the same on every machine, refused in any other stage. */
export const LOCAL_KEY = '10ca1'.padEnd(64, '0');

/** The one bearer token of the local stage: the same on every machine, refused in any other stage. */
export const LOCAL_BEARER = 'b10ca1'.padEnd(64, '0');

const isLocal = (key: string): boolean => [LOCAL_KEY, LOCAL_BEARER].includes(key.toLowerCase());

/** What authentication needs. */
export interface AuthenticateDeps {
  readonly store: Store;
  readonly accountId: number;
  /** Opens the keys that sign. */
  readonly keySecret: string;
  readonly stage: string;
  now(): Date;
}

/** What a request proves itself with. */
export interface Claim {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as sent: a signature covers them and nothing else. */
  readonly body: Uint8Array;
  /** The ways that the row allows; any one is enough. */
  readonly auth: readonly Auth[];
}

/**
 * Tells which Application a request is for.
 *
 * @throws UnauthorizedError whatever is wrong; it never says what.
 * @throws SignatureMismatchError for a signature that is not right, whatever is wrong with it.
 */
export type Authenticate = (claim: Claim) => Promise<number>;

/** The signing keys of an Application, opened. */
interface Signer {
  readonly keys: readonly { readonly bytes: Buffer; readonly expires?: string }[];
  readonly isDamaged: boolean;
}

const HIT_MS = 60_000;
const MISS_MS = 5_000;
const REMEMBERED = 1_000;

/**
 * Authenticates by `Authorization: ApiKey-v1 <hex>`, `Authorization: Bearer <hex>` or `Content-Signature` (semantics.md
 * H1–H4). An `Authorization` of a known scheme decides alone, since Go sends its key in both headers; one of another
 * scheme is somebody's in between, and the signature counts.
 *
 * A key works for up to a minute after it was removed, and a new one after five seconds at the latest; the first key that
 * signs likewise, and a further one after a minute.
 */
export const authenticator = ({ store, accountId, keySecret, stage, now }: AuthenticateDeps): Authenticate => {
  const records = cache<KeyRecord | undefined>({
    now,
    keepMs: (record) => (record ? HIT_MS : MISS_MS),
    size: REMEMBERED,
  });
  const signers = cache<Signer>({ now, keepMs: ({ keys }) => (keys.length > 0 ? HIT_MS : MISS_MS), size: REMEMBERED });
  const seal = keySeal(keySecret, accountId);

  const byKey = async (kind: KeyKind, key: string): Promise<number> => {
    if (isLocal(key) && stage !== 'local') throw new UnauthorizedError();
    // Found by its hash: the time that takes tells nothing about any key.
    const place = keyPlace(accountId, kind, keyHash(key));
    const record = await records(place.sort, async () => {
      const [item] = await store.get([place]);
      return item && keyRecord(item);
    });
    if (!record || isExpired(record, now())) throw new UnauthorizedError();
    return record.application;
  };

  const readSigner = async (application: number): Promise<Signer> => {
    const [item] = await store.get([signingKeysPlace(accountId, application)]);
    const opened = signingKeys(item).keys.map(({ id, sealed, expires }) => ({
      bytes: seal.open(sealed, application, id),
      ...(expires !== undefined && { expires }),
    }));
    const keys = opened.flatMap(({ bytes, ...rest }) => (bytes ? [{ bytes, ...rest }] : []));
    return {
      keys: keys.filter(({ bytes }) => stage === 'local' || !isLocal(bytes.toString('hex'))),
      isDamaged: keys.length < opened.length,
    };
  };

  const bySignature = async (header: string, body: Uint8Array): Promise<number> => {
    const signature = readContentSignature(header);
    if (!signature) throw new SignatureMismatchError();
    const { signer, digest } = signature;
    const { keys, isDamaged } = await signers(String(signer), () => readSigner(signer));
    const valid = keys.filter((key) => !isExpired(key, now())).map(({ bytes }) => bytes);
    if (isSignedBy(valid, body, digest)) return signer;
    if (isDamaged) {
      throw new ConfigurationError(`KEY_SECRET does not open a signing key of Application ${signer}: make it again`);
    }
    throw new SignatureMismatchError();
  };

  return async ({ headers, body, auth }) => {
    const authorization = readAuthorization(headers.authorization);
    if (authorization) {
      const { kind, key } = authorization;
      if (key === undefined || !auth.includes(kind)) throw new UnauthorizedError();
      return byKey(kind, key);
    }
    const signature = headers['content-signature'];
    if (!signature || !auth.includes('signature')) throw new UnauthorizedError();
    return bySignature(signature, body);
  };
};

const KINDS: ReadonlyMap<string, KeyKind> = new Map([
  ['apikey-v1', 'apiKey'],
  ['bearer', 'bearer'],
]);

/** Undefined for a scheme that is not ours; without a key where it is ours and holds none. */
const readAuthorization = (header = ''): { readonly kind: KeyKind; readonly key: string | undefined } | undefined => {
  const [scheme = '', key = '', ...more] = header.trim().split(/[ \t]+/);
  const kind = KINDS.get(scheme.toLowerCase());
  return kind && { kind, key: more.length === 0 && KEY_FORM.test(key) ? key : undefined };
};

/** Authentication against the stage's keys. */
export const openAuthenticate = (): Promise<Authenticate> =>
  once('authenticate', ['STORE', 'ACCOUNT_ID', 'KEY_SECRET', 'STAGE'], async ({ ACCOUNT_ID, KEY_SECRET, STAGE }) =>
    authenticator({ store: await openStore(), accountId: ACCOUNT_ID, keySecret: KEY_SECRET, stage: STAGE, now }),
  );
