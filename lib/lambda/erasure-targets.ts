import type { Remote } from '../commerce/applications.ts';
import { connectWith } from '../engine/connect.ts';
import { deleteCustomerData } from '../engine/deletion.ts';
import { getCustomerInventory } from '../engine/inventory.ts';
import { isAnythingOwned } from '../privacy/owned.ts';
import type { Environment } from '../privacy/person.ts';
import { apiTarget } from '../privacy/targets/api-target.ts';
import { storeTarget } from '../privacy/targets/store-target.ts';
import type { Target, TargetCall } from '../privacy/targets/target.ts';
import type { Application } from '../promotions/snapshot.ts';
import type { Calls, CallsDeps } from './calls.ts';

/** What the targets of a stage are made of. */
export interface ErasureTargetsDeps {
  readonly calls: Calls & CallsDeps;
  /** The Applications of the published promotions. */
  applications(): Promise<readonly Pick<Application, 'id' | 'environment'>[]>;
  /** The Applications that a hosted account answers for. */
  readonly remotes: ReadonlyMap<number, Remote>;
  /** Messages that wait, and what is told of them. */
  readonly work: Target;
}

/** The places that hold people's data of an environment: first what waits, so that nothing of it comes back. */
export const erasureTargets =
  ({ calls, applications, remotes, work }: ErasureTargetsDeps) =>
  async (environment: Environment): Promise<readonly Target[]> => {
    const first = (await applications()).find((each) => each.environment === environment && !remotes.has(each.id));
    const hosted = [...remotes].filter(([, remote]) => remote.environment === environment);
    const { store, accountId, segment } = calls.engine;
    const own = { store, accountId, segment };
    const api =
      (applicationId: number) =>
      ({ deadline }: TargetCall) =>
        connectWith({ deleteCustomerData, getCustomerInventory }, (row, operation, input, call) =>
          calls.make(row, operation, input, { ...call, deadline }),
        )(applicationId);
    return [
      work,
      // One Application deletes for all of its environment.
      first
        ? apiTarget({
            name: 'engine',
            about: {
              checked: 'the profile was asked for again, and no item of the store names it as its owner',
              unchecked: 'backups of the table, which point-in-time recovery keeps for up to 35 days',
            },
            api: api(first.id),
            isLeft: (person) => isAnythingOwned(person, own),
          })
        : storeTarget(own),
      ...hosted.map(([id]) =>
        apiTarget({
          name: `hosted:${id}`,
          about: {
            checked: 'the profile was asked for again through the Integration API',
            unchecked: "the account's own backups, logs and exports, and what other software writes to it",
          },
          api: api(id),
        }),
      ),
    ];
  };
