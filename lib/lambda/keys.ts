import { createHash } from 'node:crypto';
import type { Item, Key, NewItem } from '../store/store.ts';

/** How a key is sent in the `Authorization` header: `ApiKey-v1 <key>` or `Bearer <key>`. */
export type KeyKind = 'apiKey' | 'bearer';

/** What is kept of a key: never the key itself. */
export interface KeyRecord {
  readonly kind: KeyKind;
  /** The Application that the key opens. */
  readonly application: number;
  /** For people. */
  readonly title: string;
  /** RFC 3339. */
  readonly created: string;
  /** RFC 3339; from then on the key is unknown. Absent: never. */
  readonly expires?: string;
  /** Whether the key signs bodies too: it then stands, sealed, among the {@link SigningKeys} of its Application. */
  readonly signs?: boolean;
}

/** A key that signs bodies. To check a signature the key itself is needed. */
export interface SealedKey {
  readonly id: string;
  /** Made by `keySeal` (key-seal.ts). */
  readonly sealed: string;
  /** As in {@link KeyRecord}. */
  readonly expires?: string;
}

/** All signing keys of an Application: one item, so that a signer is known with one read. */
export interface SigningKeys {
  readonly keys: readonly SealedKey[];
}

/** The form of all keys, in upper or lower case, which are the same. */
export const KEY_FORM = /^([\da-f]{2}){8,128}$/i;

/** The bytes of a key, for signatures (semantics.md H2). */
export const keyBytes = (key: string): Buffer => Buffer.from(key, 'hex');

/** By what a key is found. Whoever reads it learns nothing of a key that cannot be guessed. */
export const keyHash = (key: string): string => createHash('sha256').update(key.toLowerCase()).digest('hex');

const ID_LENGTH = 12;

/** By what people name a key: the beginning of its hash. */
export const keyId = (hash: string): string => hash.slice(0, ID_LENGTH);

const partitionOf = (accountId: number): string => `${accountId}/keys`;

/** Where a key's record stands. A key of one kind is not found as the other. */
export const keyPlace = (accountId: number, kind: KeyKind, hash: string): Key => ({
  partition: partitionOf(accountId),
  sort: `${kind}/${hash}`,
});

/** Where the {@link SigningKeys} of an Application stand. */
export const signingKeysPlace = (accountId: number, application: number): Key => ({
  partition: partitionOf(accountId),
  sort: `signing/${application}`,
});

/** All records of a kind, as a listing asks for them. */
export const keysOfKind = (accountId: number, kind: KeyKind) => ({
  partition: partitionOf(accountId),
  prefix: `${kind}/`,
});

/** The item by which a key is known. */
export const keyItem = (accountId: number, key: string, record: KeyRecord): NewItem => ({
  key: keyPlace(accountId, record.kind, keyHash(key)),
  data: { ...record },
});

/** The item by which a signer is known. */
export const signingKeysItem = (accountId: number, application: number, { keys }: SigningKeys): NewItem => ({
  key: signingKeysPlace(accountId, application),
  data: { keys: keys.map((each) => ({ ...each })) },
});

/** What {@link keyItem} stored. */
export const keyRecord = (item: Item): KeyRecord => item.data as unknown as KeyRecord;

/** The {@link keyHash} of the key whose record {@link keyItem} stored. */
export const hashOfItem = ({ key: { sort } }: Item): string => sort.slice(sort.indexOf('/') + 1);

/** What {@link signingKeysItem} stored; no keys where there is no item. */
export const signingKeys = (item: Item | undefined): SigningKeys =>
  (item?.data as unknown as SigningKeys | undefined) ?? { keys: [] };

/** Whether a key is unknown by now. */
export const isExpired = ({ expires }: Pick<KeyRecord, 'expires'>, now: Date): boolean =>
  expires !== undefined && new Date(expires) <= now;
