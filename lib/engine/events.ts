import type { Effect, EffectOf } from '../contract/effects.ts';
import type { Issue } from '../contract/errors.ts';
import type { Input } from '../contract/operation.ts';
import type { trackEvent as row } from '../contract/operations/events.ts';
import type { Change, Json } from '../store/store.ts';
import { sessionOwner, storedSession, storedSessionNeeds } from './anonymous.ts';
import { attributeIssues, mergeAttributes, refuse } from './attributes.ts';
import { evaluate } from './evaluate/evaluate.ts';
import { evaluationNeeds } from './evaluate/needs.ts';
import { emptySession } from './evaluate/subject.ts';
import type { Moment } from './moment.ts';
import type { EngineOperation } from './operation.ts';
import { activeProfile, newProfile, profileChanges } from './profile-record.ts';
import type { EventRecord, SessionRecord } from './records.ts';
import type { Counting } from './shapes/codes.ts';
import { sessionStateV1, withoutNulls } from './shapes/v1.ts';

/**
 * Records a custom event and evaluates the rules with it (semantics.md §2.8). A missing session or profile is made; the
 * event's attributes are seen by this evaluation only.
 *
 * A closed session takes events too, unlike the guess in semantics.md §2.8: what a shop reports of a paid order (a
 * return, a delivery) belongs to its session, and there is no other call for it in any seed. Content, effects and
 * counters of a closed session stay as they are; its codes are settled, so none is rejected. A cancelled session refuses
 * events.
 *
 * @throws InvalidRequestError for attributes that are not declared, another profile than the session's, or a cancelled
 * session.
 */
export const trackEvent: EngineOperation<typeof row> = {
  subject: 'session',
  needs: (input, known, moment) => {
    const { sessionId } = input.body;
    const session = sessionOf(input, storedSession(sessionId, known, moment), moment);
    return [
      ...storedSessionNeeds(sessionId, known, moment),
      ...(session.profileId === '' ? [] : [moment.records.profile(session.profileId)]),
      ...evaluationNeeds(session, moment),
    ];
  },
  decide: (input, set, moment) => {
    const { body, query } = input;
    const { records } = moment;
    const stored = storedSession(body.sessionId, set, moment);
    const sent = withoutNulls(body.attributes);
    refuse([
      ...attributeIssues(moment.promotions, 'Event', sent, ['attributes']),
      ...ownerIssues(input, stored),
      ...stateIssues(stored),
    ]);

    const attributes = mergeAttributes({}, sent);
    const before = sessionOf(input, stored, moment);
    const known = before.profileId === '' ? undefined : set.get(records.profile(before.profileId));
    const person =
      before.profileId === ''
        ? undefined
        : (known ?? newProfile(before.profileId, query.dry ? 0 : moment.newId(), moment));
    const profile = person && activeProfile(person, moment);
    const session: SessionRecord = {
      ...before,
      firstSession: stored?.firstSession ?? !known?.applications.includes(moment.promotions.application.id),
      lastEventId: query.dry ? 0 : moment.newId(stored?.lastEventId),
      ...(before.profileId === '' && { ownsEvents: true }),
    };
    const subject = { session, profile: person, event: { type: body.type, attributes } };
    const run = evaluate(subject, set, moment, session.charges);
    const effects = session.state === 'closed' ? run.effects.filter(isNoRejection) : run.effects;
    const count: Counting['count'] = (record, name) => set.count(record, name);
    const happening = { id: session.lastEventId, type: body.type, attributes };
    const place = { created: moment.now.toISOString(), sessionId: session.integrationId, profileId: session.profileId };
    return {
      response: sessionStateV1({ session, profile, event: happening, effects, count }, set, moment),
      changes: query.dry
        ? []
        : [
            set.put(records.session(session.integrationId), session, sessionOwner(session, set, moment)),
            ...(profile ? profileChanges(profile, set, moment) : []),
            eventChange({ ...happening, ...place, effects }, moment),
          ],
      published: effects as readonly Effect[],
    };
  },
};

/** The codes of a closed session are settled: that one could not be redeemed again is no news. */
const isNoRejection = ({ effectType }: EffectOf): boolean =>
  effectType !== 'rejectCoupon' && effectType !== 'rejectReferral';

const sessionOf = (
  { body }: Input<typeof row>,
  stored: SessionRecord | undefined,
  { now, promotions }: Moment,
): SessionRecord =>
  stored
    ? { ...stored, profileId: stored.profileId || body.profileId || '' }
    : {
        ...emptySession(body.profileId ?? ''),
        integrationId: body.sessionId,
        created: now.toISOString(),
        updated: now.toISOString(),
        lastEventId: 0,
        snapshot: promotions.snapshotId,
        effects: [],
        charges: [],
      };

/**
 * An event must come from the session's own profile; one without a profile speaks for the session's (§2.8). An open
 * session without a profile gets the event's; a closed one stays as it is (S9).
 */
const ownerIssues = ({ body }: Input<typeof row>, stored: SessionRecord | undefined): Issue[] => {
  const isFree = stored?.profileId === '' && stored.state === 'open';
  if (!stored || isFree || !body.profileId || stored.profileId === body.profileId) return [];
  return [mismatch('/profileId', 'the session belongs to another profile')];
};

const stateIssues = (stored: SessionRecord | undefined): Issue[] =>
  stored?.state === 'cancelled' ? [mismatch('/sessionId', 'the session is cancelled: it takes no events')] : [];

const mismatch = (pointer: string, details: string): Issue => ({ title: 'Mismatch', details, source: { pointer } });

/** Without a person the session is the owner: who claims the session later claims its events with it. */
const eventChange = (event: EventRecord, { records }: Moment): Change => {
  const owner = records.ownerOf(event.profileId) ?? records.session(event.sessionId).key.partition;
  // Nobody else has this id: there is nothing to read before.
  return { put: { key: records.event(event.id).key, data: event as unknown as Json, owner }, expect: 'absent' };
};
