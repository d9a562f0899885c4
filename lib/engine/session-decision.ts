import type { EffectOf } from '../contract/effects.ts';
import type { RuleFailureReason } from '../contract/schemas/state.ts';
import type { Change } from '../store/store.ts';
import { sessionOwner, storedSession, storedSessionNeeds } from './anonymous.ts';
import { refuse } from './attributes.ts';
import { Draft } from './evaluate/draft.ts';
import { type Evaluation, evaluate } from './evaluate/evaluate.ts';
import { evaluationNeeds } from './evaluate/needs.ts';
import { rollbackEffects } from './evaluate/rollback.ts';
import { totalsOf } from './evaluate/subject.ts';
import type { Moment } from './moment.ts';
import { activeProfile, countedProfile, newProfile, profileChanges } from './profile-record.ts';
import type { ProfileRecord, RecordKey, SessionRecord } from './records.ts';
import { holderChanges, holderNeeds } from './redemptions.ts';
import { contentIssues, isRepeat, mergeContent, type SessionUpdate } from './session-content.ts';
import type { Counting } from './shapes/codes.ts';
import type { Happening } from './shapes/event.ts';
import { type SessionEvent, sessionEvent } from './state-machine.ts';
import type { WorkingSet } from './working-set.ts';

/** What a session call comes to, in no age's shape. */
export interface SessionOutcome extends Counting {
  readonly session: SessionRecord;
  readonly profile: ProfileRecord | undefined;
  readonly event: Happening;
  /** Of this call; of a repeat, those of the call that it repeats. */
  readonly effects: readonly EffectOf[];
  readonly failures: readonly RuleFailureReason[];
  readonly triggered: ReadonlySet<number>;
  readonly changes: readonly Change[];
}

/** The records that a session call looks at: one round trip, a second where it leaves its profile or codes out. */
export const sessionNeeds = (update: SessionUpdate, known: WorkingSet, moment: Moment): RecordKey<unknown>[] => {
  const { records } = moment;
  const stored = storedSession(update.sessionId, known, moment);
  const content =
    stored && stored.state !== 'open' ? stored : mergeContent(update, update.dry ? undefined : stored, moment);
  return [
    ...storedSessionNeeds(update.sessionId, known, moment),
    ...(content.profileId === '' ? [] : [records.profile(content.profileId)]),
    ...evaluationNeeds(content, moment),
    ...(update.state === 'open' ? [] : holderNeeds(content, moment)),
  ];
};

/**
 * Decides a session call: moves the state machine, merges the content, evaluates the rules or takes their effects back,
 * and moves the counters when the session closes or is cancelled (semantics.md §1.6, §1.7, §3.9).
 *
 * @throws IllegalTransitionError for a move that the state machine does not know.
 * @throws InvalidRequestError for attributes and costs that are not declared, or a closed session given to another profile.
 */
export const decideSession = (update: SessionUpdate, set: WorkingSet, moment: Moment): SessionOutcome => {
  const { records, promotions, now } = moment;
  const stored = storedSession(update.sessionId, set, moment);
  const ended = stored && stored.state !== 'open' ? stored : undefined;
  if (ended && isRepeat(update, ended, moment)) {
    return repeated(ended, ended.state === 'closed' ? 'talon_session_closed' : 'talon_session_cancelled', set, moment);
  }
  const type = sessionEvent(stored?.state, update.state);
  refuse(contentIssues(update, ended, moment));

  const before = update.dry ? undefined : stored;
  const content = ended ?? mergeContent(update, before, moment);
  const known = content.profileId === '' ? undefined : set.get(records.profile(content.profileId));
  const person =
    known ??
    (content.profileId === '' ? undefined : newProfile(content.profileId, update.dry ? 0 : moment.newId(), moment));
  const started: SessionRecord = {
    ...content,
    created: stored?.created ?? now.toISOString(),
    updated: now.toISOString(),
    state: update.state,
    firstSession: stored?.firstSession ?? !known?.applications.includes(promotions.application.id),
    lastEventId: update.dry ? 0 : moment.newId(stored?.lastEventId),
    ...(stored?.ownsEvents && { ownsEvents: true }),
    snapshot: ended?.snapshot ?? promotions.snapshotId,
    effects: [],
    charges: [],
  };
  const { draft, ...run } = ended ? revocation(ended, set) : evaluation(type, started, person, set, moment);
  // Counters move when a session closes, and back when it is cancelled afterwards (semantics.md L7).
  const counts = update.state === 'closed' ? 1 : ended ? -1 : 0;
  const session = { ...started, effects: run.effects, charges: counts === 1 ? draft.charges() : [] };
  const active = person && activeProfile(person, moment);
  const profile = active && counts !== 0 ? countedProfile(active, counts, totalsOf(session).total) : active;
  const changes: Change[] = [
    set.put(records.session(session.integrationId), session, sessionOwner(session, set, moment)),
    ...(profile ? profileChanges(profile, set, moment) : []),
    ...(counts === 0 ? [] : draft.changes()),
    ...(counts === 0 ? [] : holderChanges(session, (ended ?? session).effects, counts, set, moment)),
  ];
  return {
    ...run,
    session,
    profile,
    event: eventOf(session, type),
    // Updates of an open session plan charges too, and make none.
    count: (record, name) => (counts === 0 ? set.count(record, name) : draft.used(record, name)),
    changes: update.dry ? [] : changes,
  };
};

const eventOf = ({ lastEventId }: SessionRecord, type: SessionEvent): Happening => ({
  id: lastEventId,
  type,
  attributes: {},
});

const NONE: Pick<SessionOutcome, 'failures' | 'triggered'> = { failures: [], triggered: new Set() };

/** Cancelling an open session runs no rules: nothing was redeemed (semantics.md R14). */
const evaluation = (
  type: SessionEvent,
  session: SessionRecord,
  profile: ProfileRecord | undefined,
  set: WorkingSet,
  moment: Moment,
): Evaluation =>
  type === 'talon_session_cancelled'
    ? { ...NONE, effects: [], draft: new Draft(set) }
    : evaluate({ session, profile, event: { type, attributes: {} } }, set, moment);

const revocation = (closed: SessionRecord, set: WorkingSet): Evaluation => {
  const draft = new Draft(set);
  for (const { key, count, by, owner } of closed.charges) {
    draft.charge({ key }, count, -by, owner === undefined ? {} : { owner });
  }
  return { ...NONE, effects: rollbackEffects(closed.effects), draft };
};

/** The end of a session asked for again: the stored answer, and nothing changes (semantics.md S12). */
const repeated = (
  session: SessionRecord,
  type: SessionEvent,
  set: WorkingSet,
  { records }: Moment,
): SessionOutcome => ({
  ...NONE,
  session,
  profile: session.profileId === '' ? undefined : set.get(records.profile(session.profileId)),
  event: eventOf(session, type),
  effects: session.effects,
  count: (record, name) => set.count(record, name),
  changes: [],
});
