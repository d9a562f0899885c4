import { randomUUID } from 'node:crypto';
import { type Change, type Item, type Key, StaleWriteError, type Store } from '../store/store.ts';
import { type Environment, type Naming, ownerOfProfile, type Person } from './person.ts';
import { suppressionKey } from './suppression.ts';

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

/** A pair, and where it is stored. */
export interface Link extends Pair {
  readonly key: Key;
}

/**
 * Aliases of one customer that are noted; nobody has more, and what a shop sends must not fill the store. With the marks of
 * all of them they are read at once.
 */
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
  const pairs = named.map((alias) => ({ alias, profile }));
  const keys = pairs.map((pair) => pairKey(environment, pair, deps));
  const marks = [profile, ...named].map((id) => suppressionKey(environment, id, deps));
  const owner = ownerOfProfile(environment, profile, deps);
  for (let attempt = 1; ; attempt++) {
    const known = await deps.store.get([...keys, ...marks]);
    const [isTheirs, ...isAliases] = known.slice(keys.length).map((mark) => mark !== undefined);
    if (isTheirs) return;
    const missing = pairs.flatMap(({ alias }, index): Change[] => {
      const key = keys[index];
      return !key || known[index] || isAliases[index]
        ? []
        : [{ put: { key, data: { alias, profile }, owner }, expect: 'absent' }];
    });
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
    /** Takes nobody for them who has one of their ids: somebody was asked about those. */
    readonly onlyAliases?: boolean;
  },
  deps: LinksDeps,
): Promise<Person> => {
  const { environment, profiles, aliases = [], onlyAliases = false } = asked;
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
      // Who is known by one of their ids, and is the only one, is the customer that they turned out to be. Who shares it
      // with them is somebody else, and so may be whose it is besides the one who was named first.
      const isSomebodyElses = onlyAliases || (claims.get(id) ?? []).length > 1 || profiles.indexOf(id) > 0;
      if (only !== undefined && !isSomebodyElses && theirs.size < MOST_IDS) theirs.add(only);
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

/** Everything that is noted with an id of a person in it: their own links, and those of others that name them. */
export async function* linksNaming({ environment, profiles }: Person, deps: LinksDeps): AsyncGenerator<Link> {
  for (const id of profiles) {
    yield* linksTo(id, environment, deps);
    yield* linksBy(id, environment, deps);
  }
}

/** The profiles that have the id as an alias. */
const claimantsOf = async (alias: string, environment: Environment, deps: LinksDeps): Promise<string[]> =>
  (await Array.fromAsync(linksTo(alias, environment, deps))).map(({ profile }) => profile);

/** The aliases that a profile has. */
const aliasesOf = async (profile: string, environment: Environment, deps: LinksDeps): Promise<string[]> =>
  (await Array.fromAsync(linksBy(profile, environment, deps))).map(({ alias }) => alias);

const linkIn = ({ key, data }: Item): Link => ({ key, ...(data as unknown as Pair) });

async function* linksTo(alias: string, environment: Environment, deps: LinksDeps): AsyncGenerator<Link> {
  let from: string | undefined;
  do {
    const query = { partition: pairsOf(environment, alias, deps), ...(from !== undefined && { from }) };
    const page = await deps.store.query('items', query);
    yield* page.items.map(linkIn);
    from = page.next;
  } while (from !== undefined);
}

async function* linksBy(profile: string, environment: Environment, deps: LinksDeps): AsyncGenerator<Link> {
  const owner = ownerOfProfile(environment, profile, deps);
  const prefix = prefixOf(environment, deps);
  let from: string | undefined;
  do {
    const page = await deps.store.query('byOwner', { owner, ...(from !== undefined && { from }) });
    const keys = page.items.filter(({ partition }) => partition.startsWith(prefix));
    const items = keys.length === 0 ? [] : await deps.store.get(keys);
    yield* items.filter((item) => item !== undefined).map(linkIn);
    from = page.next;
  } while (from !== undefined);
}
