import { randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Seal } from '../store/seal.ts';
import type { Item, Json, Key } from '../store/store.ts';
import { type OwnedDeps, ownedItems } from './owned.ts';
import { ownerOfProfile, type Person } from './person.ts';
import type { PrivacyRequest } from './request.ts';

/** One thing that is held of a person. */
export interface ExportedRecord {
  /** Where it is held: `engine`, `work`, `hosted:2`. */
  readonly from: string;
  /** `profile`, `session`, `event`, `coupon`, `referral`, `links`, … */
  readonly kind: string;
  readonly data: Json;
}

/** What making an export needs. */
export interface AccessDeps extends OwnedDeps {
  /** Seals exports (`EXPORT_SEAL`). */
  readonly seal: Seal;
  now(): Date;
  /** What hosted accounts hold of the person. */
  hosted(person: Person, request: string): AsyncIterable<ExportedRecord>;
}

/** What exports are sealed for (`sealFor`). */
export const EXPORT_SEAL = 'promotion-functions exports of access requests v1';

/** Days for which an export can be fetched. */
export const EXPORT_DAYS = 14;

/** Characters of JSON in one item: sealed and in base64 they fit even if nothing compresses. */
const PART = 100_000;

/** A part may end within a character that takes two of UTF-16: in UTF-8 both halves would be lost. */
const ENCODING = 'utf16le';

interface Head {
  readonly attempt: string;
  readonly parts: number;
  readonly records: number;
  readonly made: string;
}

const headKey = (accountId: number, id: string): Key => ({
  partition: `${accountId}/privacy/export/${id}`,
  sort: 'export',
});

const partKey = (head: Key, attempt: string, part: number): Key => ({
  partition: `${head.partition}/${attempt}`,
  sort: String(part).padStart(6, '0'),
});

/**
 * Makes what an access request asks for: everything that is held of the person (GDPR art. 15), encrypted, for two weeks.
 * It belongs to the person: an erasure removes it. Made again after a crash it takes the place of what was begun, which
 * is forgotten after the same two weeks.
 *
 * @throws what a hosted account throws: the next run tries again.
 */
export const makeExport = async ({ id }: PrivacyRequest, person: Person, deps: AccessDeps): Promise<void> => {
  const { store, accountId, seal, now } = deps;
  const key = headKey(accountId, id);
  const attempt = randomUUID();
  const expires = new Date(now().getTime() + EXPORT_DAYS * 86_400_000);
  const owner = ownerOfProfile(person.environment, person.profiles[0] ?? '', deps);
  let parts = 0;
  let records = 0;
  let text = '';
  const write = async (content: string): Promise<void> => {
    const part = partKey(key, attempt, parts++);
    const sealed = seal.seal(deflateRawSync(Buffer.from(content, ENCODING)), `${id}/${attempt}/${part.sort}`);
    // After a crash here the part is there and nothing names it.
    await store.write([{ put: { key: part, data: { sealed }, expires, owner }, expect: 'absent' }], randomUUID());
  };
  for await (const record of recordsOf(person, id, deps)) {
    text += `${JSON.stringify(record)}\n`;
    records++;
    for (; text.length > PART; text = text.slice(PART)) await write(text.slice(0, PART));
  }
  if (text !== '') await write(text);
  const [held] = await store.get([key]);
  const head: Head = { attempt, parts, records, made: now().toISOString() };
  const put = { key, data: head as unknown as Json, expires, owner };
  // After a crash here the export is there, and is made once more.
  await store.write([{ put, expect: held?.version ?? 'absent' }], randomUUID());
};

/**
 * Own records as they are stored: who asks is told all of it. What others hold comes first: they may be away, and what was
 * written by then stays for two weeks.
 */
async function* recordsOf(person: Person, request: string, deps: AccessDeps): AsyncGenerator<ExportedRecord> {
  yield* deps.hosted(person, request);
  for await (const item of ownedItems(person, deps)) {
    const kind = kindOf(item);
    // What this makes itself is no news.
    if (kind !== 'privacy') yield { from: 'store', kind, data: item.version === 0 ? { ...item.counts } : item.data };
  }
}

/** Partitions begin with the account and then name the kind, some with an Application or an environment in between. */
const kindOf = ({ key: { partition } }: Item): string => {
  const [, second = '', third = ''] = partition.split('/');
  return /^(\d+|live|sandbox)$/.test(second) ? third : second;
};

/** The export of a request; undefined when there is none, or no longer. @throws Error when it does not open. */
export const openExport = async (
  id: string,
  { store, accountId, seal }: Pick<AccessDeps, 'store' | 'accountId' | 'seal'>,
): Promise<readonly ExportedRecord[] | undefined> => {
  const key = headKey(accountId, id);
  const [item] = await store.get([key]);
  if (!item) return undefined;
  const { attempt, parts } = item.data as unknown as Head;
  const texts: string[] = [];
  for (let part = 0; part < parts; part++) {
    const place = partKey(key, attempt, part);
    const [stored] = await store.get([place]);
    const sealed = (stored?.data as { readonly sealed: string } | undefined)?.sealed ?? '';
    const content = seal.open(sealed, `${id}/${attempt}/${place.sort}`);
    if (!content) throw new Error('a part of the export is gone or does not open: make the request again');
    texts.push(inflateRawSync(content).toString(ENCODING));
  }
  const lines = texts.join('').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ExportedRecord);
};
