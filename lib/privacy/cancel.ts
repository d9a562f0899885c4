import type { Seal } from '../store/seal.ts';
import { advance } from './advance.ts';
import { openPerson } from './person.ts';
import { changeRequest, type RegisterDeps } from './register.ts';
import type { PrivacyRequest } from './request.ts';
import { liftChanges, type SuppressionDeps } from './suppression.ts';

/** What cancelling needs. */
export interface CancelDeps extends RegisterDeps, SuppressionDeps {
  /** Opens persons (`PERSON_SEAL`). */
  readonly seal: Seal;
  now(): Date;
}

/**
 * Cancels a request before anything is deleted, and in the same write lifts the suppression where no other request needs
 * it.
 *
 * @returns the request as it is then; undefined when there is none.
 * @throws RefusedChangeError `too_late` once deleting has begun; StaleWriteError when others were faster time and again.
 */
export const cancelRequest = (id: string, reason: string, deps: CancelDeps): Promise<PrivacyRequest | undefined> =>
  changeRequest(
    id,
    async (before) => {
      const request = advance(before, { kind: 'cancel', reason }, deps.now());
      if (before.kind === 'access' || before.sealed === undefined) return { request };
      const person = openPerson(before.sealed, id, deps.seal);
      return { request, beside: await liftChanges(person, id, deps) };
    },
    deps,
  );
