import type { ErrorSource } from './errors.ts';
import { pointer } from './validate.ts';

/** A profile that a request names, and where: a fault that is about the profile is told by its place, never by its id. */
export interface NamedProfile {
  readonly profile: string;
  readonly source: ErrorSource;
}

/** A profile that a path parameter names. */
export const inPath = (parameter: string, profile: string): NamedProfile => ({ profile, source: { parameter } });

/** A profile that the body names at this place; none where the reference is empty or left out. */
export const inBody = (path: readonly PropertyKey[], profile: string | undefined): NamedProfile[] =>
  profile ? [{ profile, source: { pointer: pointer(path) } }] : [];
