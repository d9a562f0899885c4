import type { EffectOf } from '../contract/effects.ts';
import { effectsWithout } from '../contract/effects-without.ts';
import type { Moment } from './moment.ts';
import type { EventRecord, RecordKey, ReferralRecord, SessionRecord } from './records.ts';
import { isSuppressed } from './suppressed.ts';
import type { WorkingSet } from './working-set.ts';

/** A session without its person (semantics.md §11): what was sold, with which codes, at which discounts. */
export const anonymousSession = (session: SessionRecord): SessionRecord => ({
  ...session,
  profileId: '',
  identifiers: [],
  attributes: {},
  cartItems: session.cartItems.map(({ attributes: _, ...item }) => item),
  effects: effectsWithout(session.effects, [session.profileId]),
  // Their shares of limits go: a cancellation must not give them back to somebody new.
  charges: session.charges.filter(({ owner }) => owner === undefined),
});

/** An event without its person: that it happened, and what came of it. */
export const anonymousEvent = (event: EventRecord, person: string): EventRecord => ({
  ...event,
  profileId: '',
  attributes: {},
  effects: effectsWithout(event.effects, [person]),
});

/** What is to be told of effects, without the person whose they are. */
export const anonymousPublication = <P extends { readonly effects?: readonly EffectOf[] }>(
  publication: P,
  person: string,
): P => ({
  ...publication,
  ...(publication.effects && { effects: effectsWithout(publication.effects, [person]) }),
});

/** A referral without its advocate: the code serves nobody any more. */
export const anonymousReferral = (referral: ReferralRecord): ReferralRecord => ({
  ...referral,
  advocateProfileIntegrationId: '',
  friendProfileIntegrationId: '',
  attributes: {},
});

/** The records to have at hand to read a session: its own, and, once that is known, whether its person is suppressed. */
export const storedSessionNeeds = (id: string, known: WorkingSet, moment: Moment): RecordKey<object>[] => {
  const record = moment.records.session(id);
  const person = known.knows(record) ? known.get(record)?.profileId : undefined;
  return [record, ...(person ? [moment.suppressed(person)] : [])];
};

/**
 * A stored session as calls may go on with it, as far as it is known: that of a suppressed person is nobody's, whoever
 * the call names, so that no call brings anything of them back, also where deletion did not come to the session yet or
 * missed it. Its owner stays until deletion does ({@link sessionOwner}).
 */
export const storedSession = (id: string, known: WorkingSet, moment: Moment): SessionRecord | undefined => {
  const record = moment.records.session(id);
  const stored = known.knows(record) ? known.get(record) : undefined;
  return stored?.profileId && isSuppressed(stored.profileId, known, moment) ? anonymousSession(stored) : stored;
};

/**
 * Whose a session is after a call. One that became nobody's stays where deletion finds it: events from before it had a
 * person hang on it alone.
 */
export const sessionOwner = (session: SessionRecord, set: WorkingSet, { records }: Moment): string | undefined =>
  records.ownerOf(session.profileId) ?? set.ownerOf(records.session(session.integrationId));
