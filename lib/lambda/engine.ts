import { setTimeout as pause } from 'node:timers/promises';
import { ConfigurationError, UnknownApplicationError } from '../contract/errors.ts';
import type { EngineDeps } from '../engine/deps.ts';
import { idBlocks } from '../engine/ids.ts';
import { suppressionKey } from '../privacy/suppression.ts';
import { type Promotions, promotionsOf } from '../promotions/promotions.ts';
import { snapshotReader } from '../promotions/snapshot-reader.ts';
import { now, once, openSegment, openStore } from './deps.ts';

/** What the engine works with here: the stage's store and what is published in it. */
export const openEngine = (): Promise<EngineDeps> =>
  once('engine', ['STORE', 'KEY_SECRET', 'ACCOUNT_ID'], async ({ ACCOUNT_ID: accountId }) => {
    const [store, segment] = await Promise.all([openStore(), openSegment()]);
    const reader = snapshotReader(store, accountId, now);
    const promotions = async (applicationId: number): Promise<Promotions> => {
      const snapshot = await reader.current();
      if (!snapshot) throw new ConfigurationError('no promotions are published: publish promotions.yaml');
      const found = promotionsOf(snapshot, applicationId);
      if (!found) throw new UnknownApplicationError(applicationId);
      return found;
    };
    return {
      ...{ store, accountId, segment, ids: idBlocks(store, accountId), promotions, now, pause },
      suppressionKey: (environment, profileId) => suppressionKey(environment, profileId, { accountId, segment }),
    };
  });
