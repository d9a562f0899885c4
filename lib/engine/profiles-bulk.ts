import type { updateCustomerProfilesV2 as row } from '../contract/operations/profiles.ts';
import type { CustomerProfile } from '../contract/schemas/profile.ts';
import type { Attributes } from '../contract/wire.ts';
import type { Json } from '../store/store.ts';
import { attributeIssues, mergeAttributes, refuse } from './attributes.ts';
import type { Moment } from './moment.ts';
import type { BulkOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';
import type { ProfileRecord } from './records.ts';
import { customerProfile } from './shapes/profile.ts';
import type { WorkingSet } from './working-set.ts';

type Row = { readonly integrationId: string; readonly attributes: Attributes } & Json;

/** The profiles after each of the rows, and after all of them: a profile may be named more than once, the last wins. */
const updated = (rows: readonly Row[], set: WorkingSet, moment: Moment) => {
  const last = new Map<string, ProfileRecord>();
  const each = rows.map(({ integrationId, attributes }) => {
    const before =
      last.get(integrationId) ??
      set.get(moment.records.profile(integrationId)) ??
      newProfile(integrationId, moment.newId(), moment);
    const profile = { ...before, attributes: mergeAttributes(before.attributes, attributes) };
    last.set(integrationId, profile);
    return profile;
  });
  return { each, last: [...last.values()] };
};

/**
 * Creates or updates many profiles, all or none; rules never run (semantics.md §2.12). Entries are taken in their order.
 *
 * @throws InvalidRequestError for attributes that are not declared; names every entry and attribute.
 */
export const updateCustomerProfilesV2: BulkOperation<typeof row, Row> = {
  id: 'updateCustomerProfilesV2',
  subject: 'profile',
  rowsPerWrite: 80,
  needs: () => [],
  accept: ({ body }, _set, moment) => {
    refuse(
      body.customerProfiles.flatMap(({ attributes }, index) =>
        attributeIssues(moment.promotions, 'CustomerProfile', attributes, ['customerProfiles', index, 'attributes']),
      ),
    );
    return body.customerProfiles.map(
      ({ integrationId, attributes = {} }) => ({ integrationId, attributes }) as unknown as Row,
    );
  },
  profileOf: ({ integrationId }) => integrationId,
  rowNeeds: (rows, _known, { records }) => rows.map((entry) => records.profile(entry.integrationId)),
  apply: (rows, set, moment) => {
    const { each, last } = updated(rows, set, moment);
    return {
      changes: last.flatMap((profile) => profileChanges(profile, set, moment)),
      answers: each.map((profile) => customerProfile(profile, moment)),
    };
  },
  answer: ({ query }, answers) =>
    query.silent === 'yes'
      ? undefined
      : {
          integrationStates: (answers as CustomerProfile[]).map((profile) => ({
            customerProfile: profile,
            effects: [],
            createdCoupons: [],
            createdReferrals: [],
          })),
        },
};
