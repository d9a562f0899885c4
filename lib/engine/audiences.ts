import { NotFoundError } from '../contract/errors.ts';
import type { updateCustomerProfileAudiences as row } from '../contract/operations/audiences.ts';
import { pointer } from '../contract/validate.ts';
import type { Change, Json } from '../store/store.ts';
import type { BulkOperation } from './operation.ts';
import { newProfile, profileChanges } from './profile-record.ts';

/** What happens to one profile, in order. */
type Row = {
  readonly profileId: string;
  readonly actions: readonly (readonly ['add' | 'delete', number])[];
} & Json;

/**
 * Adds profiles to audiences and takes them out, all of it or nothing, without any rule being run (semantics.md §2.10).
 * Adding makes a missing profile; taking out a profile that is not there does nothing.
 *
 * @throws NotFoundError when an audience is not declared; names every action that asks for one.
 */
export const updateCustomerProfileAudiences: BulkOperation<typeof row, Row> = {
  id: 'updateCustomerProfileAudiences',
  subject: 'profile',
  rowsPerWrite: 80,
  needs: () => [],
  accept: ({ body: { data } }, _set, { promotions }) => {
    const issues = data.flatMap(({ audienceId }, index) =>
      promotions.audiences.has(audienceId)
        ? []
        : [
            {
              title: 'Unknown',
              details: 'no audience of this id is declared',
              source: { pointer: pointer(['data', index, 'audienceId']) },
            },
          ],
    );
    if (issues.length > 0) throw new NotFoundError('There is no such audience', issues);
    const byProfile = Map.groupBy(data, ({ profileIntegrationId }) => profileIntegrationId);
    return [...byProfile].map(
      ([profileId, actions]) =>
        ({ profileId, actions: actions.map(({ action, audienceId }) => [action, audienceId]) }) as unknown as Row,
    );
  },
  profileOf: ({ profileId }) => profileId,
  rowNeeds: (rows, _known, { records }) => rows.map(({ profileId }) => records.profile(profileId)),
  apply: (rows, set, moment) => {
    const changes = rows.flatMap(({ profileId, actions }): Change[] => {
      const stored = set.get(moment.records.profile(profileId));
      if (!stored && actions.every(([action]) => action === 'delete')) return [];
      const before = stored ?? newProfile(profileId, moment.newId(), moment);
      const members = new Set(before.audiences);
      for (const [action, audienceId] of actions) {
        if (action === 'add') members.add(audienceId);
        else members.delete(audienceId);
      }
      return profileChanges({ ...before, audiences: [...members].sort((a, b) => a - b) }, set, moment);
    });
    return { changes, answers: rows };
  },
  answer: () => undefined,
};
