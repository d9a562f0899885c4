import { type KeySeal, keySeal } from '../lambda/key-seal.ts';
import {
  hashOfItem,
  isExpired,
  type KeyRecord,
  keyBytes,
  keyHash,
  keyId,
  keyItem,
  keyRecord,
  keysOfKind,
  type SealedKey,
  signingKeys,
  signingKeysItem,
  signingKeysPlace,
} from '../lambda/keys.ts';
import { everyItem } from '../store/every.ts';
import { type Change, type Item, StaleWriteError, type Store } from '../store/store.ts';
import { Refusal } from './refusal.ts';

/** A key as it is listed. */
export interface RegisteredKey extends KeyRecord {
  readonly id: string;
}

/** The keys of an account, for the commands that manage them. */
export interface KeyRegister {
  /**
   * Stores a key; one that is stored already stays as it is. A record with `signs` needs the stage's KEY_SECRET.
   *
   * @param key hexadecimal.
   * @returns the key's id.
   * @throws Refusal when KEY_SECRET is missing or another than that of the other signing keys, or they are too many.
   */
  add(key: string, record: KeyRecord): Promise<string>;
  /** By Application, then by age. */
  list(): Promise<RegisteredKey[]>;
  /** Removes a key, also from those that sign. Undefined: there is none of this id. */
  revoke(id: string): Promise<RegisteredKey | undefined>;
}

/** What the register works with. */
export interface KeyRegisterDeps {
  readonly store: Store;
  readonly accountId: number;
  /** Undefined where none is known: keys that sign cannot be added then. */
  readonly keySecret: string | undefined;
  now(): Date;
  /** Names each write. */
  newId(): string;
}

/** Enough to rotate the keys of several systems; each costs every signed request a digest of its body. */
export const MOST_SIGNING_KEYS = 10;

/** How often a write is tried again when others change the same items at the same time. */
const ATTEMPTS = 8;

/** Opens the register of an account. */
export const keyRegister = ({ store, accountId, keySecret, now, newId }: KeyRegisterDeps): KeyRegister => {
  const seal = keySecret === undefined ? undefined : keySeal(keySecret, accountId);

  /** Decides again on what is there now, when others have changed it meanwhile. No changes: there is nothing to do. */
  const insisting = async (decide: () => Promise<readonly Change[]>): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // One write: a crash leaves all of a key or nothing.
        return await store.write(await decide(), newId());
      } catch (error) {
        if (!(error instanceof StaleWriteError) || attempt === ATTEMPTS) throw error;
      }
    }
  };

  const stored = async (): Promise<Item[]> => {
    const items: Item[] = [];
    for (const kind of ['apiKey', 'bearer'] as const) {
      for await (const item of everyItem(store, keysOfKind(accountId, kind))) items.push(item);
    }
    return items;
  };

  const changeSigning = (application: number, item: Item | undefined, keys: readonly SealedKey[]): Change => {
    const put = signingKeysItem(accountId, application, { keys });
    if (!item) return { put, expect: 'absent' };
    return keys.length > 0 ? { put, expect: item.version } : { remove: put.key, expect: item.version };
  };

  return {
    list: async () =>
      (await stored())
        .map(registered)
        .sort((a, b) => a.application - b.application || a.created.localeCompare(b.created)),
    add: async (key, record) => {
      const put = keyItem(accountId, key, record);
      const id = keyId(keyHash(key));
      await insisting(async () => {
        const [known, signing] = await store.get([put.key, signingKeysPlace(accountId, record.application)]);
        if (known) return [];
        const changes: Change[] = [{ put, expect: 'absent' }];
        if (record.signs) {
          const others = signingKeys(signing).keys.filter((each) => !isExpired(each, now()));
          const added = { id, sealed: sealed(key, id, record, others, seal), ...expiryOf(record) };
          changes.push(changeSigning(record.application, signing, [...others, added]));
        }
        return changes;
      });
      return id;
    },
    revoke: async (id) => {
      let found: RegisteredKey | undefined;
      await insisting(async () => {
        const item = (await stored()).find((each) => registered(each).id === id);
        found = item && registered(item);
        if (!item || !found) return [];
        const [signing] = await store.get([signingKeysPlace(accountId, found.application)]);
        const { keys } = signingKeys(signing);
        const others = keys.filter((each) => each.id !== id);
        const changes: Change[] = [{ remove: item.key, expect: item.version }];
        if (others.length < keys.length) changes.push(changeSigning(found.application, signing, others));
        return changes;
      });
      return found;
    },
  };
};

const registered = (item: Item): RegisteredKey => ({ ...keyRecord(item), id: keyId(hashOfItem(item)) });

const expiryOf = ({ expires }: KeyRecord) => (expires === undefined ? {} : { expires });

/** The key, sealed. What the others were sealed with is tried first: a wrong KEY_SECRET would show in production only. */
const sealed = (
  key: string,
  id: string,
  { application }: KeyRecord,
  others: readonly SealedKey[],
  seal: KeySeal | undefined,
): string => {
  if (!seal)
    throw new Refusal('KEY_SECRET is not set: a key that signs is stored encrypted with the KEY_SECRET of its stage');
  if (others.some((other) => !seal.open(other.sealed, application, other.id))) {
    throw new Refusal(`KEY_SECRET does not open the signing keys of Application ${application}: set that of the stage`);
  }
  if (others.length >= MOST_SIGNING_KEYS) {
    throw new Refusal(
      `Application ${application} has ${others.length} keys that sign, and no more are taken: revoke one`,
    );
  }
  return seal.seal(keyBytes(key), application, id);
};
