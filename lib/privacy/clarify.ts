import type { Seal } from '../store/seal.ts';
import { advance } from './advance.ts';
import { RefusedChangeError } from './errors.ts';
import { linksOf } from './links.ts';
import { openPerson, type Person, sealPerson } from './person.ts';
import { changeRequest, type RegisterDeps } from './register.ts';
import type { PrivacyRequest } from './request.ts';
import type { Privacy } from './settings.ts';
import { type SuppressionDeps, suppressChanges } from './suppression.ts';

/** What saying whose profiles are needs. */
export interface ClarifyDeps extends RegisterDeps, SuppressionDeps {
  /** Seals persons (`PERSON_SEAL`). */
  readonly seal: Seal;
  readonly settings: Pick<Privacy, 'drainMinutes'>;
  now(): Date;
}

/** Whose the profiles are that may be the person's or another customer's. */
export interface Clarified {
  /** The person's: erased too, and suppressed from now on. */
  readonly theirs: readonly string[];
  /** Somebody else's: left alone. */
  readonly others: readonly string[];
}

const MINUTE = 60_000;

/**
 * Says whose profiles are for which a request requires input; with the last of them it goes on.
 *
 * @returns the request as it is then; undefined when there is none.
 * @throws RefusedChangeError when it requires none, or none about one of these profiles; StaleWriteError when others were
 * faster time and again. Then nothing is changed.
 */
export const clarify = (
  id: string,
  { theirs, others }: Clarified,
  deps: ClarifyDeps,
): Promise<PrivacyRequest | undefined> =>
  changeRequest(
    id,
    async (before) => {
      if (before.status !== 'requires_input' || before.sealed === undefined) {
        throw new RefusedChangeError('no_effect', 'it does not ask whose a profile is');
      }
      const person = openPerson(before.sealed, id, deps.seal);
      const answered = new Set([...theirs, ...others]);
      demandAsked(answered.size, theirs.length + others.length, [...answered], person);
      const { unclear = [], ...rest } = person;
      const left = unclear.filter((profile) => !answered.has(profile));
      // Theirs are also the ids by which only those are known who they turned out to be; nobody is asked about further ones.
      const { environment } = person;
      const found = await linksOf({ environment, profiles: [...person.profiles, ...theirs], onlyAliases: true }, deps);
      const profiles = found.profiles.filter((profile) => !others.includes(profile) && !left.includes(profile));
      const newly: Person = {
        environment,
        profiles: profiles.filter((profile) => !person.profiles.includes(profile)),
      };
      const after: Person = {
        ...rest,
        profiles,
        ...(left.length > 0 && { unclear: left }),
      };
      const request = advance(
        { ...before, notBefore: drained(before, newly.profiles, deps) },
        { kind: 'identified', sealed: sealPerson(after, id, deps.seal), unclear: left.length },
        deps.now(),
      );
      return { request, beside: before.kind === 'erasure' ? await suppressChanges(newly, id, deps.now(), deps) : [] };
    },
    deps,
  );

const demandAsked = (distinct: number, given: number, profiles: readonly string[], { unclear = [] }: Person): void => {
  const unasked = profiles.filter((profile) => !unclear.includes(profile)).length;
  if (unasked > 0) {
    // A refusal is printed and copied: it names nobody.
    throw new RefusedChangeError(
      'no_effect',
      `${unasked} of these profiles are not among the ${unclear.length} it asks about`,
    );
  }
  if (distinct < given) throw new RefusedChangeError('no_effect', 'a profile is named twice');
};

/** Calls from before a profile was suppressed may still be under way. */
const drained = ({ kind, notBefore }: PrivacyRequest, theirs: readonly string[], deps: ClarifyDeps): string => {
  if (kind === 'access' || theirs.length === 0) return notBefore;
  const ended = new Date(deps.now().getTime() + deps.settings.drainMinutes * MINUTE).toISOString();
  return notBefore > ended ? notBefore : ended;
};

/**
 * Ends a hold. What required input before still does: a hold answers nothing.
 *
 * @returns the request as it is then; undefined when there is none.
 * @throws RefusedChangeError when it is not held; StaleWriteError when others were faster time and again.
 */
export const releaseRequest = (
  id: string,
  reason: string,
  deps: Pick<ClarifyDeps, 'store' | 'accountId' | 'seal' | 'now'>,
): Promise<PrivacyRequest | undefined> =>
  changeRequest(
    id,
    (before) => {
      const request = advance(before, { kind: 'release', reason }, deps.now());
      if (request.sealed === undefined) return { request };
      const { sealed } = request;
      const unclear = openPerson(sealed, id, deps.seal).unclear?.length ?? 0;
      return {
        request: unclear === 0 ? request : advance(request, { kind: 'identified', sealed, unclear }, deps.now()),
      };
    },
    deps,
  );
