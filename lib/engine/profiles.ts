import type { Effect } from '../contract/effects.ts';
import type { Issue } from '../contract/errors.ts';
import type { Input } from '../contract/operation.ts';
import type { updateCustomerProfileV2 as row } from '../contract/operations/profiles.ts';
import { pointer } from '../contract/validate.ts';
import { attributeIssues, mergeAttributes, refuse } from './attributes.ts';
import { evaluate } from './evaluate/evaluate.ts';
import { evaluationNeeds } from './evaluate/needs.ts';
import { emptySession } from './evaluate/subject.ts';
import type { Moment } from './moment.ts';
import type { EngineOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';
import type { ProfileRecord } from './records.ts';
import { customerProfile } from './shapes/profile.ts';
import { eventV1 } from './shapes/v1.ts';
import { triggeredCampaigns } from './shapes/v2.ts';

/**
 * Creates or updates a profile (semantics.md §2.11). Without the engine nothing but the profile is written, `dry` is
 * ignored, and `lastActivity` stays (P3). With it, limits are charged at once: a profile has no close.
 */
export const updateCustomerProfileV2: EngineOperation<typeof row> = {
  subject: 'profile',
  needs: ({ params, query }, _known, moment) => [
    moment.records.profile(params.integrationId),
    ...(query.runRuleEngine ? evaluationNeeds(emptySession(params.integrationId), moment) : []),
  ],
  decide: (input, set, moment) => {
    const { params, query, body } = input;
    refuse([
      ...attributeIssues(moment.promotions, 'CustomerProfile', body.attributes, ['attributes']),
      ...audienceIssues(input, moment),
    ]);
    const stored = set.get(moment.records.profile(params.integrationId));
    const dry = query.dry && query.runRuleEngine;
    const before = stored ?? newProfile(params.integrationId, dry ? 0 : moment.newId(), moment);
    const profile: ProfileRecord = {
      ...before,
      attributes: mergeAttributes(before.attributes, body.attributes),
      audiences: changedAudiences(before.audiences, body.audiencesChanges),
      ...(query.runRuleEngine && { lastActivity: moment.now.toISOString() }),
    };
    const asked = new Set(body.responseContent);
    const known = {
      createdCoupons: [],
      createdReferrals: [],
      ...(asked.has('customerProfile') && { customerProfile: customerProfile(profile, moment) }),
      ...(asked.has('loyalty') && { loyalty: { programs: {} } }),
    };
    const changes = dry ? [] : profileChanges(profile, set, moment);
    if (!query.runRuleEngine) return { response: { ...known, effects: [] }, changes, published: [] };

    const session = emptySession(params.integrationId);
    const type = stored ? 'talon_profile_updated' : 'talon_profile_created';
    const run = evaluate({ session, profile, event: { type, attributes: {} } }, set, moment);
    const happening = { id: dry ? 0 : moment.newId(), type, attributes: {} };
    return {
      response: {
        ...known,
        effects: [...run.effects] as Effect[],
        ...(asked.has('event') && { event: eventV1(happening, session, run.effects, moment) }),
        ...(asked.has('triggeredCampaigns') && { triggeredCampaigns: triggeredCampaigns(run.triggered, moment) }),
        ...(asked.has('awardedGiveaways') && { awardedGiveaways: [] }),
        ...(asked.has('ruleFailureReasons') && { ruleFailureReasons: [...run.failures] }),
      },
      changes: dry ? [] : [...changes, ...run.draft.changes()],
      published: run.effects as readonly Effect[],
    };
  },
};

const audienceIssues = ({ body }: Input<typeof row>, { promotions }: Moment): Issue[] =>
  (['adds', 'deletes'] as const).flatMap((list) =>
    (body.audiencesChanges?.[list] ?? []).flatMap((id, index): Issue[] => {
      if (promotions.audiences.get(id)) return [];
      const source = { pointer: pointer(['audiencesChanges', list, index]) };
      return [{ title: 'Unknown', details: 'no audience of this id is declared', source }];
    }),
  );

/** Adds, then deletes (semantics.md §2.11); ids ascending. */
const changedAudiences = (
  audiences: readonly number[],
  changes: Input<typeof row>['body']['audiencesChanges'],
): readonly number[] => {
  if (!changes) return audiences;
  const members = new Set([...audiences, ...changes.adds]);
  for (const id of changes.deletes) members.delete(id);
  return [...members].sort((a, b) => a - b);
};
