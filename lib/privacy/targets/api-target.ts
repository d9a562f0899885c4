import type { IntegrationApi } from '../../contract/api.ts';
import { NotFoundError } from '../../contract/errors.ts';
import type { Person } from '../person.ts';
import type { Target, TargetCall } from './target.ts';

/** What a target of the Integration API is made of. */
export interface ApiTarget extends Pick<Target, 'name' | 'about'> {
  /** The API of one Application of the environment: a deletion reaches all others of it too (semantics.md §2.5). */
  api(call: TargetCall): Pick<IntegrationApi, 'deleteCustomerData' | 'getCustomerInventory'>;
  /** What else of the person can be looked for, where there is more than the profile. */
  isLeft?(person: Person): Promise<boolean>;
}

/** An Integration API, embedded or hosted: every profile of the person is deleted, and then asked for again. */
export const apiTarget = ({ name, about, api, isLeft }: ApiTarget): Target => ({
  name,
  about,
  erase: async ({ profiles }, call) => {
    let deleted = 0;
    for (const [index, integrationId] of profiles.entries()) {
      try {
        // After a crash here the profile is deleted once more, and found to be gone.
        await api(call).deleteCustomerData(
          { params: { integrationId }, query: {}, body: undefined },
          { requestId: `${call.request}/${index}` },
        );
        deleted++;
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }
    return deleted === 0 ? { outcome: 'not_found' } : { outcome: 'confirmed', counts: { profiles: deleted } };
  },
  check: async (person, call) => {
    for (const [index, integrationId] of person.profiles.entries()) {
      try {
        await api(call).getCustomerInventory(
          { params: { integrationId }, query: { profile: true }, body: undefined },
          { requestId: `${call.request}/check/${index}` },
        );
        return 'present';
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }
    return (await isLeft?.(person)) ? 'present' : 'absent';
  },
});
