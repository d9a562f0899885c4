import type { Segment } from '../store/segment.ts';
import type { Key } from '../store/store.ts';
import type { Environment } from './person.ts';

/** What a person asks for: to be erased, or to see what is held of them. */
export type Kind = 'erasure' | 'access';

/** Under which law; it is stated in receipts and changes no date. */
export type Regulation = 'gdpr' | 'ccpa';

/** Where a request stands. Only `verified` and `cancelled` are ends by themselves; every other has a next moment or waits for people. */
export type Status =
  /** Accepted; the person is suppressed. Nothing is deleted before `notBefore`. */
  | 'pending'
  /** Somebody must say whose a profile is. */
  | 'requires_input'
  /** A legal hold or an open dispute: nothing is deleted while it lasts. The deadline runs on. */
  | 'held'
  /** Targets are being erased: too late to cancel. */
  | 'in_progress'
  /** A target has failed or cannot erase; the others are done. It is still tried. */
  | 'partial'
  /** Every target is done and was read back once. */
  | 'completed'
  /** Read back again after a day and a week: the sealed person is destroyed. */
  | 'verified'
  | 'cancelled';

/** How one target of a request stands. */
export interface TargetState {
  readonly state: 'pending' | 'sent' | 'confirmed' | 'not_found' | 'unsupported' | 'failed' | 'verified';
  /** Tries that failed in a row. */
  readonly failures: number;
  /** When it came to this state, RFC 3339. */
  readonly at: string;
  /** Not tried again before, RFC 3339. */
  readonly next?: string;
  /** Why it failed or is not done: a fixed text or the name of an error. */
  readonly reason?: string;
  /** What was removed, by kind; numbers only. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** A reading back: planned, and once done with what it found. */
export interface Check {
  /** When it is due, RFC 3339. */
  readonly due: string;
  readonly at?: string;
  /** By target. */
  readonly found?: Readonly<Record<string, 'absent' | 'present' | 'unknown'>>;
}

/** A line of the request's life. */
export interface LogEntry {
  readonly at: string;
  readonly status: Status;
  /** A fixed text, or what the officer said. */
  readonly reason?: string;
}

/** Who asked for callbacks, and what was told of what. */
export interface Callbacks {
  readonly controller: string;
  /** What the controller calls the request. */
  readonly requestId: string;
  /** On which domain the request came in: what its answers are signed for. */
  readonly domain: string;
  readonly urls: readonly string[];
  /** How many changes of the status were told, as the controller sees it; absent: none. */
  readonly told?: number;
  /** Tries that failed in a row. */
  readonly failures: number;
  readonly next?: string;
}

/**
 * A privacy request as it is kept: who reads it learns nothing of the person. All times are RFC 3339 in UTC.
 */
export interface PrivacyRequest {
  readonly v: 1;
  /** Made of source and the source's own id with a key: the same for a repeat, and it tells neither. */
  readonly id: string;
  readonly kind: Kind;
  /** `shopify:demo`, `opendsr:<controller>`, `officer`, `queue`. */
  readonly source: string;
  readonly environment: Environment;
  readonly regulation: Regulation;
  /** Keyed hash of the first profile id. */
  readonly subject: string;
  /** The person (person.ts); destroyed with the end. */
  readonly sealed?: string;
  readonly received: string;
  /** The law's date: the instant at which the last day ends. */
  readonly legal: string;
  /** The date that we keep: at most 28 days, never after the legal one. */
  readonly safe: string;
  /** An extension: until when, why, and when the person was told. */
  readonly extension?: { readonly months: 1 | 2; readonly reason: string; readonly told: string };
  /** The end of grace, and of the time in which calls from before the suppression may still be under way. */
  readonly notBefore: string;
  readonly status: Status;
  /** Why it has this status, where that needs a word. */
  readonly reason?: string;
  readonly hold?: { readonly reason: string; readonly review: string };
  /** By name; empty before the first destructive call. */
  readonly targets: Readonly<Record<string, TargetState>>;
  readonly checks: readonly Check[];
  /** How often something of the person was found after it had been read back absent. */
  readonly resurrections: number;
  /** Percent of the time to the legal date at which an alarm was raised. */
  readonly alarmed: readonly number[];
  /** When somebody was told once more of what waits for people, the last time. */
  readonly reminded?: string;
  readonly log: readonly LogEntry[];
  /** When it is to be looked at next; absent: it has ended. */
  readonly next?: string;
  readonly callbacks?: Callbacks;
  /** Sequence numbers of its receipts. */
  readonly receipts: readonly number[];
}

/** The work list in which every request stands that has not ended. */
export const PRIVACY_LIST = 'privacy';

/** Where all requests of an account are. */
export const requestsPartition = (accountId: number): string => `${accountId}/privacy/requests`;

/** The id of a request of a source. */
export const requestId = (segment: Segment, source: string, sourceId: string): string =>
  segment('privacy-request', source, sourceId);

/** Where a request is. */
export const requestKey = (accountId: number, id: string): Key => ({
  partition: requestsPartition(accountId),
  sort: id,
});

/** What stands for a person in requests, receipts and lines. */
export const subjectOf = (segment: Segment, environment: Environment, profile: string): string =>
  segment('privacy-subject', environment, profile);

/** The ends, after which nothing happens by itself. */
export const hasEnded = ({ status }: Pick<PrivacyRequest, 'status'>): boolean =>
  status === 'verified' || status === 'cancelled';
