import type { Asked } from './accept.ts';
import type { Person } from './person.ts';

/** Who is meant: every profile that is the person's, and those that may be another's too. */
export const identify = async ({ environment, profiles, aliases = [], unclear = [] }: Asked): Promise<Person> => {
  const theirs = new Set([...profiles, ...aliases]);
  const others = unclear.filter((profile) => !theirs.has(profile));
  return { environment, profiles: [...theirs], ...(others.length > 0 && { unclear: others }) };
};
