import { randomUUID } from 'node:crypto';
import type { Seal } from '../store/seal.ts';
import type { Segment } from '../store/segment.ts';
import { type Change, StaleWriteError } from '../store/store.ts';
import { nextOf, unclearReason } from './advance.ts';
import { deadlines } from './calendar.ts';
import { linksOf } from './links.ts';
import { type Environment, type Person, sealPerson } from './person.ts';
import { findRequest, type RegisterDeps, requestChange } from './register.ts';
import { type Callbacks, type Kind, type PrivacyRequest, type Regulation, requestId, subjectOf } from './request.ts';
import type { Privacy } from './settings.ts';
import { suppressChanges } from './suppression.ts';

/** What somebody asks for, from whichever door it came. */
export interface Asked {
  readonly kind: Kind;
  /** `shopify:demo`, `opendsr:<controller>`, `officer`, `queue`. */
  readonly source: string;
  /** What the source calls it: asked again under the same id, it is the same request. */
  readonly sourceId: string;
  readonly environment: Environment;
  readonly regulation: Regulation;
  /** Profile ids that are the person's for certain; one at least, the person's own first. */
  readonly profiles: readonly string[];
  /** Profile ids that may be theirs, such as the guest of their e-mail address: another customer may have a claim to it too. */
  readonly aliases?: readonly string[];
  /** Profile ids that may be theirs and are another customer's own for all that is known: somebody must say whose they are. */
  readonly unclear?: readonly string[];
  /** What somebody who looks at the request should know: a fixed text or numbers. */
  readonly remark?: string;
  readonly received: Date;
  /** For second thoughts: days in which nothing is deleted. */
  readonly graceDays: number;
  readonly callbacks?: Pick<Callbacks, 'controller' | 'requestId' | 'domain' | 'urls'>;
}

/** What accepting needs. */
export interface AcceptDeps extends RegisterDeps {
  readonly segment: Segment;
  /** Seals persons (`PERSON_SEAL`). */
  readonly seal: Seal;
  readonly settings: Pick<Privacy, 'timezone' | 'holidays' | 'drainMinutes'>;
  now(): Date;
}

/** How often it is accepted again because others suppressed the same profiles at the same time. */
const ATTEMPTS = 5;

/**
 * Accepts a request: registers it and, for an erasure, suppresses every profile of the person, in one write. Asked again,
 * it is the same request, and nothing changes.
 *
 * @throws StaleWriteError when others were in the way time and again: nothing is accepted.
 */
export const acceptRequest = async (
  asked: Asked,
  deps: AcceptDeps,
): Promise<{ readonly request: PrivacyRequest; readonly repeated: boolean }> => {
  const id = requestId(deps.segment, asked.source, asked.sourceId);
  for (let attempt = 1; ; attempt++) {
    const known = await findRequest(id, deps);
    if (known) return { request: known.request, repeated: true };
    const person = withUnclear(await linksOf(asked, deps), asked.unclear);
    const request = requestOf(id, asked, person, deps);
    const suppressing: Change[] = asked.kind === 'erasure' ? await suppressChanges(person, id, deps.now(), deps) : [];
    try {
      // A crash after this loses the reply alone: asked again, it is found.
      await deps.store.write([requestChange(request, deps.accountId, 'absent'), ...suppressing], randomUUID());
      return { request, repeated: false };
    } catch (error) {
      if (!(error instanceof StaleWriteError) || attempt >= ATTEMPTS) throw error;
    }
  }
};

const withUnclear = (person: Person, more: readonly string[] = []): Person => {
  const others = [...(person.unclear ?? []), ...more].filter((profile) => !person.profiles.includes(profile));
  return others.length === 0 ? person : { ...person, unclear: [...new Set(others)] };
};

const DAY = 86_400_000;
const MINUTE = 60_000;

/** Grace leaves this much of the time that we give ourselves. */
const RESERVE = 3 * DAY;

const requestOf = (id: string, asked: Asked, person: Person, deps: AcceptDeps): PrivacyRequest => {
  const { kind, source, environment, regulation, received, callbacks } = asked;
  const { legal, safe } = deadlines(received, deps.settings);
  const unclear = person.unclear?.length ?? 0;
  const at = deps.now().toISOString();
  const status = unclear > 0 ? 'requires_input' : 'pending';
  const reason = unclear > 0 ? unclearReason(unclear) : undefined;
  const why = reason === undefined ? {} : { reason };
  const said = [reason, asked.remark].filter((each) => each !== undefined).join('; ');
  const request: PrivacyRequest = {
    v: 1,
    id,
    kind,
    source,
    environment,
    regulation,
    subject: subjectOf(deps.segment, environment, person.profiles[0] ?? ''),
    sealed: sealPerson(person, id, deps.seal),
    received: received.toISOString(),
    legal: legal.toISOString(),
    safe: safe.toISOString(),
    notBefore: notBefore(asked, safe, deps).toISOString(),
    status,
    ...why,
    targets: {},
    checks: [],
    resurrections: 0,
    alarmed: [],
    log: [{ at, status, ...(said !== '' && { reason: said }) }],
    ...(callbacks && { callbacks: { ...callbacks, failures: 0, next: at } }),
    receipts: [],
  };
  const next = nextOf(request);
  return { ...request, ...(next !== undefined && { next }) };
};

const notBefore = ({ kind, received, graceDays }: Asked, safe: Date, { settings, now }: AcceptDeps): Date => {
  if (kind === 'access') return now();
  const grace = Math.min(received.getTime() + graceDays * DAY, safe.getTime() - RESERVE);
  return new Date(Math.max(grace, now().getTime() + settings.drainMinutes * MINUTE));
};
