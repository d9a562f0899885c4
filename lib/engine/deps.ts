import { randomBytes } from 'node:crypto';
import type { Call } from '../contract/api.ts';
import type { Promotions } from '../promotions/promotions.ts';
import type { Application } from '../promotions/snapshot.ts';
import type { Segment } from '../store/segment.ts';
import type { Key, Store } from '../store/store.ts';
import type { Ids } from './ids.ts';
import { codeDrawer, type Moment } from './moment.ts';
import { recordsOf } from './records.ts';

/** What the engine works with. Everything that differs between a test, a laptop and AWS comes in here. */
export interface EngineDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  readonly ids: Ids;
  /** Where it is noted that a profile of the environment is suppressed: whatever is there, the profile is. */
  suppressionKey(environment: Application['environment'], profileId: string): Key;
  /** The published promotions as one Application sees them. @throws ConfigurationError when nothing is published. */
  promotions(applicationId: number): Promise<Promotions>;
  now(): Date;
  /** Waits before trying again after a conflict; tests don't. */
  pause(milliseconds: number): Promise<void>;
}

/** Who calls, and what rides along. */
export interface EngineCall extends Call {
  readonly applicationId: number;
  /** Told of a call that was made without a person whom it names, because they are suppressed. */
  withoutPerson?(): void;
}

/** How often a call decides again when others changed what it had read; then it answers 409. */
export const ATTEMPTS = 8;

/** How many milliseconds to wait before deciding again. */
export const backoff = (attempt: number): number => 2 ** attempt * 5 * Math.random();

/** The moment of one attempt. */
export const momentOf = (
  promotions: Promotions,
  now: Date,
  { accountId, segment, ids, suppressionKey }: EngineDeps,
): Moment => ({
  now,
  accountId,
  promotions,
  records: recordsOf(promotions.application, accountId, segment),
  suppressed: (profileId) => ({ key: suppressionKey(promotions.application.environment, profileId) }),
  newId: (after) => ids.next(after),
  code: codeDrawer(() => randomBytes(32)),
});
