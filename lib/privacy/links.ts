import { randomUUID } from 'node:crypto';
import { type Change, type Key, StaleWriteError, type Store } from '../store/store.ts';
import { type Environment, type Naming, ownerOfProfile, type Person } from './person.ts';
import { suppressedOf } from './suppression.ts';

/** What links are kept with. */
export interface LinksDeps extends Naming {
  readonly store: Store;
}

/** What a shop says of one of its customers: the other ids by which the same person may be known. */
export interface Links {
  readonly environment: Environment;
  readonly profile: string;
  readonly aliases: readonly string[];
}

/** A pair of ids, as it is stored: it belongs to the profile, and goes with its data. */
interface Pair {
  readonly alias: string;
  readonly profile: string;
}

/** Aliases of one customer that are noted; nobody has more, and what a shop sends must not fill the store. */
const MOST_ALIASES = 40;

/** How often it is looked again which pairs are missing. */
const ATTEMPTS = 5;

const prefixOf = (environment: Environment, { accountId }: Naming): string => `${accountId}/${environment}/links/`;

const pairsOf = (environment: Environment, alias: string, deps: Naming): string =>
  `${prefixOf(environment, deps)}${deps.segment(alias)}`;

const pairKey = (environment: Environment, { alias, profile }: Pair, deps: Naming): Key => ({
  partition: pairsOf(environment, alias, deps),
  sort: deps.segment(profile),
});

/**
 * Notes by which other ids a customer may be known, so that who erases the one finds the others. Nothing is noted of a
 * suppressed id. Noted already, nothing is written.
 *
 * @throws StaleWriteError when others were faster time and again.
 */
export const ensureLinks = async ({ environment, profile, aliases }: Links, deps: LinksDeps): Promise<void> => {
  const named = [...new Set(aliases)].filter((alias) => alias !== '' && alias !== profile).slice(0, MOST_ALIASES);
  if (named.length === 0) return;
  const suppressed = await suppressedOf(environment, [profile, ...named], deps);
  const pairs = suppressed.has(profile) ? [] : named.filter((alias) => !suppressed.has(alias));
  for (let attempt = 1; pairs.length > 0; attempt++) {
    const keys = pairs.map((alias) => pairKey(environment, { alias, profile }, deps));
    const known = await deps.store.get(keys);
    const owner = ownerOfProfile(environment, profile, deps);
    const missing = keys.flatMap((key, index): Change[] =>
      known[index] ? [] : [{ put: { key, data: { alias: pairs[index] ?? '', profile }, owner }, expect: 'absent' }],
    );
    if (missing.length === 0) return;
    try {
      // A crash before this is harmless: the event is not applied yet either, and its next delivery puts what is missing.
      await deps.store.write(missing, randomUUID());
      return;
    } catch (error) {
      if (!(error instanceof StaleWriteError) || attempt >= ATTEMPTS) throw error;
    }
  }
};

/** Ids of one person that are followed: they are suppressed in one write. What is beyond, somebody must look at. */
const MOST_IDS = 80;

/**
 * Who somebody is: all ids that links lead to, whichever way, and theirs again. A profile that has an alias is the same
 * person, unless another profile has it too: then nobody knows whose the alias is, and it is `unclear`, never guessed.
 *
 * @param asked ids that are theirs for certain, and such that are if nobody else claims them.
 */
export const linksOf = async (
  asked: {
    readonly environment: Environment;
    readonly profiles: readonly string[];
    readonly aliases?: readonly string[];
  },
  deps: LinksDeps,
): Promise<Person> => {
  const { environment, profiles, aliases = [] } = asked;
  const theirs = new Set(profiles);
  const doubtful = new Set(aliases.filter((alias) => !theirs.has(alias)));
  const claims = new Map<string, readonly string[]>();
  const othersOf = async (id: string): Promise<readonly string[]> => {
    if (!claims.has(id)) claims.set(id, await claimantsOf(id, environment, deps));
    return (claims.get(id) ?? []).filter((profile) => !theirs.has(profile));
  };
  const expanded = new Set<string>();
  const unclear = new Set<string>();
  for (let grows = true; grows; ) {
    grows = false;
    for (const id of [...theirs].filter((each) => !expanded.has(each))) {
      expanded.add(id);
      for (const alias of await aliasesOf(id, environment, deps)) if (!theirs.has(alias)) doubtful.add(alias);
      const others = await othersOf(id);
      const [only] = others;
      // Who is known by one of their ids, and is the only one, is the customer that they turned out to be.
      if (only !== undefined && others.length === 1 && theirs.size < MOST_IDS) theirs.add(only);
      else for (const other of others) unclear.add(other);
      grows = true;
    }
    for (const alias of doubtful) {
      if (theirs.size >= MOST_IDS || (await othersOf(alias)).length > 0) continue;
      doubtful.delete(alias);
      theirs.add(alias);
      grows = true;
    }
  }
  const left = [...new Set([...doubtful, ...unclear])].filter((id) => !theirs.has(id));
  return { environment, profiles: [...theirs], ...(left.length > 0 && { unclear: left }) };
};

/** Where it is noted that an id of a person is somebody's alias, and whose: what names them and belongs to another. */
export async function* linksTo(
  { environment, profiles }: Person,
  deps: LinksDeps,
): AsyncGenerator<{ readonly key: Key; readonly profile: string }> {
  for (const alias of profiles) {
    let from: string | undefined;
    do {
      const query = { partition: pairsOf(environment, alias, deps), ...(from !== undefined && { from }) };
      const page = await deps.store.query('items', query);
      for (const { key, data } of page.items) yield { key, profile: (data as unknown as Pair).profile };
      from = page.next;
    } while (from !== undefined);
  }
}

/** The profiles that have the id as an alias. */
const claimantsOf = async (alias: string, environment: Environment, deps: LinksDeps): Promise<string[]> => {
  const found: string[] = [];
  for await (const { profile } of linksTo({ environment, profiles: [alias] }, deps)) found.push(profile);
  return found;
};

/** The aliases that a profile has. */
const aliasesOf = async (profile: string, environment: Environment, deps: LinksDeps): Promise<string[]> => {
  const owner = ownerOfProfile(environment, profile, deps);
  const prefix = prefixOf(environment, deps);
  const found: string[] = [];
  let from: string | undefined;
  do {
    const page = await deps.store.query('byOwner', { owner, ...(from !== undefined && { from }) });
    const keys = page.items.filter(({ partition }) => partition.startsWith(prefix));
    const items = keys.length === 0 ? [] : await deps.store.get(keys);
    found.push(...items.flatMap((item) => (item ? [(item.data as unknown as Pair).alias] : [])));
    from = page.next;
  } while (from !== undefined);
  return found;
};
