import type { AnyOperation } from '../contract/operation.ts';

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
    const profile: unknown = profiles[0];
    return {
      ...(typeof profile === 'string' && profile !== '' && { profile }),
      ...(typeof session === 'string' && session !== '' && { session }),
    };
  } catch {
    return {};
  }
};
