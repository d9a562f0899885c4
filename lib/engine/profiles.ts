import type { Effect, EffectOf } from '../contract/effects.ts';
import type { Issue } from '../contract/errors.ts';
import type {
  updateCustomerProfile as rowV1,
  updateCustomerProfileV2 as rowV2,
} from '../contract/operations/profiles.ts';
import type { RuleFailureReason } from '../contract/schemas/state.ts';
import { pointer } from '../contract/validate.ts';
import type { Attributes } from '../contract/wire.ts';
import type { Change } from '../store/store.ts';
import { attributeIssues, mergeAttributes, refuse } from './attributes.ts';
import { Draft } from './evaluate/draft.ts';
import { type Evaluation, evaluate } from './evaluate/evaluate.ts';
import { evaluationNeeds } from './evaluate/needs.ts';
import { emptySession } from './evaluate/subject.ts';
import type { Moment } from './moment.ts';
import type { EngineOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';
import type { ProfileRecord, RecordKey } from './records.ts';
import type { Happening } from './shapes/event.ts';
import { profileStateV1, profileUpdateV1 } from './shapes/v1.ts';
import { profileStateV2, profileUpdateV2 } from './shapes/v2.ts';
import type { WorkingSet } from './working-set.ts';

/** What a profile call asks for, in either age of the API. */
export interface ProfileUpdate {
  readonly profileId: string;
  readonly attributes: Attributes | undefined;
  readonly audiencesChanges: { readonly adds: readonly number[]; readonly deletes: readonly number[] } | undefined;
  readonly runsRules: boolean;
  readonly dry: boolean;
}

/** What a profile call comes to, in no age's shape. Without the rules there are no effects, and the event's id is 0. */
export interface ProfileOutcome {
  readonly profile: ProfileRecord;
  readonly event: Happening;
  readonly effects: readonly EffectOf[];
  readonly failures: readonly RuleFailureReason[];
  readonly triggered: ReadonlySet<number>;
  readonly changes: readonly Change[];
}

const profileNeeds = ({ profileId, runsRules }: ProfileUpdate, moment: Moment): RecordKey<unknown>[] => [
  moment.records.profile(profileId),
  ...(runsRules ? evaluationNeeds(emptySession(profileId), moment) : []),
];

/**
 * Decides a profile call (semantics.md §2.9, §2.11). Without the rules nothing but the profile is written, and
 * `lastActivity` stays (P3). With them, limits are charged at once: a profile has no close.
 *
 * @throws InvalidRequestError for attributes and audiences that are not declared.
 */
const decideProfile = (update: ProfileUpdate, set: WorkingSet, moment: Moment): ProfileOutcome => {
  const { profileId, attributes, audiencesChanges, runsRules, dry } = update;
  refuse([
    ...attributeIssues(moment.promotions, 'CustomerProfile', attributes, ['attributes']),
    ...audienceIssues(audiencesChanges, moment),
  ]);
  const stored = set.get(moment.records.profile(profileId));
  const before = stored ?? newProfile(profileId, dry ? 0 : moment.newId(), moment);
  const profile: ProfileRecord = {
    ...before,
    attributes: mergeAttributes(before.attributes, attributes),
    audiences: changedAudiences(before.audiences, audiencesChanges),
    ...(runsRules && { lastActivity: moment.now.toISOString() }),
  };
  const type = stored ? 'talon_profile_updated' : 'talon_profile_created';
  const happening = { type, attributes: {} };
  const session = emptySession(profileId);
  const { draft, ...run }: Evaluation = runsRules
    ? evaluate({ session, profile, event: happening }, set, moment)
    : { effects: [], failures: [], triggered: new Set(), draft: new Draft(set) };
  return {
    ...run,
    profile,
    event: { ...happening, id: dry || !runsRules ? 0 : moment.newId() },
    changes: dry ? [] : [...profileChanges(profile, set, moment), ...draft.changes()],
  };
};

const audienceIssues = (changes: ProfileUpdate['audiencesChanges'], { promotions }: Moment): Issue[] =>
  (['adds', 'deletes'] as const).flatMap((list) =>
    (changes?.[list] ?? []).flatMap((id, index): Issue[] => {
      if (promotions.audiences.get(id)) return [];
      const source = { pointer: pointer(['audiencesChanges', list, index]) };
      return [{ title: 'Unknown', details: 'no audience of this id is declared', source }];
    }),
  );

/** Adds, then deletes (semantics.md §2.11); ids ascending. */
const changedAudiences = (
  audiences: readonly number[],
  changes: ProfileUpdate['audiencesChanges'],
): readonly number[] => {
  if (!changes) return audiences;
  const members = new Set([...audiences, ...changes.adds]);
  for (const id of changes.deletes) members.delete(id);
  return [...members].sort((a, b) => a - b);
};

/** The v2 profile call (semantics.md §2.11): creates or updates a profile; the rules run when asked. */
export const updateCustomerProfileV2: EngineOperation<typeof rowV2> = {
  subject: 'profile',
  needs: (input, _known, moment) => profileNeeds(profileUpdateV2(input), moment),
  decide: (input, set, moment) => {
    const outcome = decideProfile(profileUpdateV2(input), set, moment);
    return {
      response: profileStateV2(outcome, input, moment),
      changes: outcome.changes,
      published: outcome.effects as readonly Effect[],
    };
  },
};

/** The v1 profile call (semantics.md §2.9): creates or updates a profile; the rules always run. */
export const updateCustomerProfile: EngineOperation<typeof rowV1> = {
  subject: 'profile',
  needs: (input, _known, moment) => profileNeeds(profileUpdateV1(input), moment),
  decide: (input, set, moment) => {
    const outcome = decideProfile(profileUpdateV1(input), set, moment);
    return {
      response: profileStateV1(outcome, moment),
      changes: outcome.changes,
      published: outcome.effects as readonly Effect[],
    };
  },
};
