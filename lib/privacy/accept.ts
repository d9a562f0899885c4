import type { Seal } from '../store/seal.ts';
import type { Segment } from '../store/segment.ts';
import type { Environment } from './person.ts';
import type { RegisterDeps } from './register.ts';
import type { Callbacks, Kind, PrivacyRequest, Regulation } from './request.ts';
import type { Privacy } from './settings.ts';

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
  readonly received: Date;
  readonly callbacks?: Pick<Callbacks, 'controller' | 'urls'>;
}

/** What accepting needs. */
export interface AcceptDeps extends RegisterDeps {
  readonly segment: Segment;
  /** Seals persons (`PERSON_SEAL`). */
  readonly seal: Seal;
  readonly settings: Privacy;
  now(): Date;
}

/**
 * Accepts a request: registers it and, for an erasure, suppresses every profile of the person, in one write. Asked again,
 * it is the same request, and nothing changes.
 *
 * @throws StaleWriteError when others were in the way time and again: nothing is accepted.
 */
export declare const acceptRequest: (
  asked: Asked,
  deps: AcceptDeps,
) => Promise<{ readonly request: PrivacyRequest; readonly repeated: boolean }>;
