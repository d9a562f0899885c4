import type { ProfileHistory } from '../commerce/history.ts';
import { withoutIds } from '../contract/effects-without.ts';
import type { AnyOperation } from '../contract/operation.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import { withoutSuppressedRows } from '../contract/suppressed-input.ts';
import { validate } from '../contract/validate.ts';
import { type Link, linksNaming } from '../privacy/links.ts';
import { ownersOf } from '../privacy/owned.ts';
import type { Naming, Person } from '../privacy/person.ts';
import type { Change, Item, Json, Key, Store } from '../store/store.ts';
import { profileHistoryKey } from './apply-event.ts';
import { listHeld } from './hold.ts';
import { type NamedDeps, namingOf } from './named-in.ts';
import { listParked, type ParkReason } from './park.ts';
import { readMessage } from './read-message.ts';
import { removeMessage, replaceMessage, storedMessage } from './stored-message.ts';
import { listOutbox } from './waiting.ts';
import { withoutPerson } from './without-person.ts';

/** What looking for a person's work needs. */
export interface WorkDeps extends Naming, NamedDeps {
  readonly store: Store;
}

/** Something that is kept of a person on the way to the engine, or of what became of it. */
export interface Work {
  /** What became of it, as receipts count it. */
  readonly count: 'rewritten' | 'removed' | 'publications' | 'traces' | 'histories' | 'links';
  /** The changes that leave nothing of the person in it. */
  readonly changes: readonly Change[];
}

/**
 * All work of a person. What is theirs is found by its owner, which is told late of changes; parked and held messages and
 * the outbox are also read one by one, for what was stored before anybody knew whose it was, or is somebody else's and
 * names them too.
 */
export async function* workOf(person: Person, deps: WorkDeps): AsyncGenerator<Work> {
  const owners = new Set(ownersOf(person, deps));
  for (const owner of owners) yield* ownedWork(owner, person, deps);
  const namesPerson = namingOf(person, deps);
  for await (const { item, message } of messagesIn(deps)) {
    if (isOwned(item, owners) || (await namesPerson(message))) {
      yield await messageWork(item, message, person, deps);
    }
  }
  for await (const item of listOutbox(deps.store, deps.accountId)) {
    const work = isOwned(item, owners) ? undefined : strangersPublication(item, person);
    if (work) yield work;
  }
  for (const profile of person.profiles) {
    const key = profileHistoryKey(profile, deps);
    const [item] = await deps.store.get([key]);
    if (item) yield removal('histories', item.key);
  }
  // Their own go with their profile as well, but not where all Applications are hosted.
  for await (const link of linksNaming(person, deps)) yield linkWork(link, person, deps);
}

const isOwned = ({ owner }: Item, owners: ReadonlySet<string>): boolean => owner !== undefined && owners.has(owner);

const removal = (count: Work['count'], key: Key): Work => ({ count, changes: [{ remove: key }] });

async function* ownedWork(owner: string, person: Person, deps: WorkDeps): AsyncGenerator<Work> {
  const { store } = deps;
  let from: string | undefined;
  do {
    const page = await store.query('byOwner', { owner, ...(from !== undefined && { from }) });
    const keys = page.items.filter((key) => placeOf(key, deps) !== undefined);
    const items = keys.length === 0 ? [] : await store.get(keys);
    for (const item of items) {
      const work = item?.owner === owner ? await ownWork(item, person, deps) : undefined;
      if (work) yield work;
    }
    from = page.next;
  } while (from !== undefined);
}

type Place = 'message' | 'part' | 'publications' | 'traces' | 'histories';

/** What of the inbox a key is; undefined for all else. A message's further parts are below its own key. */
const placeOf = ({ partition }: Key, { accountId }: Naming): Place | undefined => {
  const [account, place, , ...below] = partition.split('/');
  if (account !== String(accountId)) return undefined;
  switch (place) {
    case 'parked':
      return partition === `${accountId}/parked` ? 'message' : 'part';
    case 'held':
      return below.length === 0 ? 'message' : 'part';
    case 'outbox':
      return 'publications';
    case 'trace':
      return 'traces';
    case 'history':
      return 'histories';
    default:
      return undefined;
  }
};

const ownWork = async (item: Item, person: Person, deps: WorkDeps): Promise<Work | undefined> => {
  const place = placeOf(item.key, deps);
  // A part goes, or changes, with its message.
  if (place === undefined || place === 'part') return undefined;
  if (place === 'message') return messageWork(item, await storedMessage(item, deps.store), person, deps);
  return removal(place, item.key);
};

async function* messagesIn(deps: WorkDeps): AsyncGenerator<{ readonly item: Item; readonly message: string }> {
  yield* listParked(deps);
  for (const shop of deps.shops.keys()) yield* listHeld(shop, deps);
}

/** What can be applied without the person stays, as nobody's; all else goes: it could never be applied any more. */
const messageWork = async (item: Item, message: string, { profiles }: Person, { store }: WorkDeps): Promise<Work> => {
  const left = withoutPersonIn(message, profiles);
  if (left === undefined) return { count: 'removed', changes: removeMessage(item) };
  const { error, reason } = item.data as { readonly error?: string; readonly reason?: ParkReason };
  // Another server's words, and those of an error that nobody foresaw, may quote anything.
  const quotes = QUOTING.includes(reason) || profiles.some((profile) => error?.includes(profile));
  const told = error !== undefined && quotes ? { error: '' } : {};
  return { count: 'rewritten', changes: await replaceMessage(item, left, told, store) };
};

const QUOTING: readonly (ParkReason | undefined)[] = ['refused', 'unexpected', 'outlasted', 'outcome-unknown'];

const withoutPersonIn = (body: string, profiles: readonly string[]): string | undefined => {
  try {
    const message = readMessage(body);
    if (message.kind === 'commerce-event') {
      const { type } = message.event;
      const event = type === 'thin' || type === 'erasure' ? undefined : withoutPerson(message.event);
      return event && JSON.stringify({ ...message, event });
    }
    if (message.kind === 'privacy') return undefined;
    const { params, query, body: content } = message.request;
    const row: AnyOperation = operations[message.operation as OperationId];
    if (row.whenSuppressed === 'allow') return undefined;
    const input = validate(row, { params, query, body: content });
    const request = withoutSuppressedRows(row, input, (profile) => profiles.includes(profile));
    return JSON.stringify({ ...message, request });
  } catch {
    return undefined;
  }
};

/** A link goes together with what its other end keeps of it: it alone leads there. */
const linkWork = async ({ key, profile }: Link, person: Person, deps: WorkDeps): Promise<Work> => ({
  count: 'links',
  changes: [...(person.profiles.includes(profile) ? [] : await othersHistory(profile, person, deps)), { remove: key }],
});

/** What is known of somebody else's record, without the person who was merged into it. */
const othersHistory = async (profile: string, { profiles }: Person, deps: WorkDeps): Promise<Change[]> => {
  const [item] = await deps.store.get([profileHistoryKey(profile, deps)]);
  const { merged = [], ...rest } = (item?.data ?? {}) as unknown as ProfileHistory;
  const left = merged.filter((each) => !profiles.includes(each));
  if (!item || left.length === merged.length) return [];
  const { key, owner, version } = item;
  const data = { ...rest, ...(left.length > 0 && { merged: left }) } as unknown as Json;
  return [{ put: { key, data, ...(owner !== undefined && { owner }) }, expect: version }];
};

/** What is to be told of somebody else's call that names them too, such as an advocate who got points for it. */
const strangersPublication = (item: Item, { profiles }: Person): Work | undefined => {
  const { effects } = item.data as unknown as { readonly effects: readonly { effectType: string; props: object }[] };
  const without = effects.map((effect) => withoutIds(effect, profiles));
  if (JSON.stringify(without) === JSON.stringify(effects)) return undefined;
  const { key, owner, due, expires, version } = item;
  const data = { ...(item.data as object), effects: without } as unknown as Json;
  const put = { key, data, ...(owner !== undefined && { owner }), ...(due && { due }), ...(expires && { expires }) };
  return { count: 'rewritten', changes: [{ put, expect: version }] };
};
