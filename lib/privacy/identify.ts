import type { Asked } from './accept.ts';
import type { Person } from './person.ts';

/** Who is meant: every profile that is the person's, and those that may be another's too. */
export const identify = async ({ environment, profiles, aliases = [] }: Asked): Promise<Person> => ({
  environment,
  profiles: [...new Set([...profiles, ...aliases])],
});
