import type { Seal } from '../store/seal.ts';
import type { Segment } from '../store/segment.ts';

/** Live profiles and those of sandboxes never meet (semantics.md A3). */
export type Environment = 'live' | 'sandbox';

/** Whom a request is about, in clear: it stands nowhere but sealed, and only until the request is done. */
export interface Person {
  readonly environment: Environment;
  /** Integration ids of profiles: the customer's own, those of the guest that they were, merged ones. The first names the person. */
  readonly profiles: readonly string[];
  /** Profiles that may be theirs and that another customer has a claim to as well: somebody must say whose they are. */
  readonly unclear?: readonly string[];
}

/** The text that stands for a person in a request, for the one request in which it stands. */
export const sealPerson = (person: Person, request: string, { seal }: Seal): string =>
  seal(Buffer.from(JSON.stringify(person)), request);

/** The person behind it. @throws Error when it was sealed with another secret or for another request. */
export const openPerson = (sealed: string, request: string, { open }: Seal): Person => {
  const content = open(sealed, request);
  if (!content)
    throw new Error('a sealed person does not open: KEY_SECRET is another one, or the request was tampered with');
  return JSON.parse(content.toString()) as Person;
};

/** What persons are sealed for (`sealFor`). */
export const PERSON_SEAL = 'promotion-functions persons of privacy requests v1';

/** What names of a person are made with. */
export interface Naming {
  readonly accountId: number;
  readonly segment: Segment;
}

/** The owner text of what belongs to a profile (`Records.ownerOf` of the engine). */
export const ownerOfProfile = (environment: Environment, profile: string, { accountId, segment }: Naming): string =>
  `${accountId}/${environment}/profile/${segment(profile)}`;
