import { type Change, type Item, type Json, type Key, LIMITS, type Store } from '../store/store.ts';
import type { Environment, Naming, Person } from './person.ts';

/** What is known of a suppressed profile. It is kept for good, and holds nothing of the person but that they are suppressed. */
export interface Suppression {
  /** RFC 3339: when the first request that still needs it was accepted. */
  readonly since: string;
  /** The ids of the requests that need it. */
  readonly requests: readonly string[];
}

/** What suppressing needs. */
export interface SuppressionDeps extends Naming {
  readonly store: Store;
}

/** Where it is noted that a profile is suppressed: whatever is there, the profile is. */
export const suppressionKey = (environment: Environment, profile: string, { accountId, segment }: Naming): Key => ({
  partition: `${accountId}/${environment}/suppressed/${segment(profile)}`,
  sort: 'suppressed',
});

const suppressionIn = ({ data }: Item): Suppression => data as unknown as Suppression;

/**
 * Which of the profiles are suppressed, read consistently: what was suppressed before is seen. One round trip for each
 * hundred of them; none for none.
 */
export const suppressedOf = async (
  environment: Environment,
  profiles: readonly string[],
  deps: SuppressionDeps,
): Promise<ReadonlySet<string>> => {
  const asked = [...new Set(profiles)];
  const marks = await marksOf(environment, asked, deps);
  return new Set(asked.filter((_, index) => marks[index] !== undefined));
};

const marksOf = async (
  environment: Environment,
  profiles: readonly string[],
  deps: SuppressionDeps,
): Promise<(Item | undefined)[]> => {
  const keys = profiles.map((profile) => suppressionKey(environment, profile, deps));
  const marks: (Item | undefined)[] = [];
  for (let from = 0; from < keys.length; from += LIMITS.keysPerGet) {
    marks.push(...(await deps.store.get(keys.slice(from, from + LIMITS.keysPerGet))));
  }
  return marks;
};

/**
 * The changes that suppress a person for a request, at most one for each profile; none for the profiles that it
 * suppressed before. They ride in the write that makes the request what needs them: it fails with StaleWriteError when
 * another request changed a mark since, and is then to be made again from here.
 */
export const suppressChanges = async (
  { environment, profiles }: Person,
  request: string,
  now: Date,
  deps: SuppressionDeps,
): Promise<Change[]> => {
  const marks = await marksOf(environment, profiles, deps);
  return profiles.flatMap((profile, index): Change[] => {
    const mark = marks[index];
    const before = mark && suppressionIn(mark);
    if (before?.requests.includes(request)) return [];
    const { since, requests } = before ?? { since: now.toISOString(), requests: [] };
    const key = suppressionKey(environment, profile, deps);
    return [markChange(key, { since, requests: [...requests, request] }, mark?.version ?? 'absent')];
  });
};

/**
 * The changes with which a request needs a person's suppression no longer: a profile that no other request needs it for
 * is free again. None where it did not need it. Written as those of {@link suppressChanges}.
 */
export const liftChanges = async (
  { environment, profiles }: Person,
  request: string,
  deps: SuppressionDeps,
): Promise<Change[]> => {
  const marks = await marksOf(environment, profiles, deps);
  return marks.flatMap((mark): Change[] => {
    if (!mark) return [];
    const before = suppressionIn(mark);
    if (!before.requests.includes(request)) return [];
    const requests = before.requests.filter((each) => each !== request);
    return requests.length === 0
      ? [{ remove: mark.key, expect: mark.version }]
      : [markChange(mark.key, { ...before, requests }, mark.version)];
  });
};

const markChange = (key: Key, data: Suppression, expect: number | 'absent'): Change => ({
  put: { key, data: data as unknown as Json },
  expect,
});
