import type { Segment } from '../store/segment.ts';

/** A part of an account whose Applications share their profiles. */
export type Environment = 'live' | 'sandbox';

/** Somebody, by the ids of all their profiles: the customer's own, their guest pseudonyms, merged ones. */
export interface Person {
  readonly environment: Environment;
  /** As callers write them; each once. */
  readonly profiles: readonly string[];
}

/** What names of a person are made with. */
export interface Naming {
  readonly accountId: number;
  readonly segment: Segment;
}

/** The owner text of what belongs to a profile (`Records.ownerOf` of the engine). */
export const ownerOfProfile = (environment: Environment, profile: string, { accountId, segment }: Naming): string =>
  `${accountId}/${environment}/profile/${segment(profile)}`;
