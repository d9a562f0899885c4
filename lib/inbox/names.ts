import type { AnyOperation } from '../contract/operation.ts';

/** No valid id is longer; what is longer must not fill the log. */
const LONGEST_ID = 1000;

/** The profiles that a request names, as far as it can be told before it is checked. */
export const profilesIn = (row: AnyOperation, request: unknown): readonly string[] => {
  try {
    const { profiles } = row.names(request as Parameters<AnyOperation['names']>[0]);
    return profiles.map(({ profile }): unknown => profile).filter((profile) => typeof profile === 'string');
  } catch {
    return [];
  }
};

/**
 * The profile and the session that a request names, as far as it can be told before it is checked: also a request that
 * is refused may hold somebody's data.
 */
export const namesIn = (
  row: AnyOperation,
  request: unknown,
): { readonly profile?: string; readonly session?: string } => {
  try {
    const { profiles, session } = row.names(request as Parameters<AnyOperation['names']>[0]);
    const profile: unknown = profiles[0]?.profile;
    return {
      ...(typeof profile === 'string' && profile !== '' && { profile }),
      ...(typeof session === 'string' && session !== '' && { session: session.slice(0, LONGEST_ID) }),
    };
  } catch {
    return {};
  }
};
