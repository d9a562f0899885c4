import { randomUUID } from 'node:crypto';
import type { Auth } from '../../../lib/contract/operation.ts';
import { authenticator } from '../../../lib/lambda/authenticate.ts';
import type { KeyRecord } from '../../../lib/lambda/keys.ts';
import { openSqliteStore } from '../../../lib/store/sqlite.ts';
import type { Store } from '../../../lib/store/store.ts';
import { keyRegister } from '../../../lib/tools/key-register.ts';

/** A key as hexadecimal digits. */
export const KEY = 'fefe'.repeat(16);

/** The secret that seals the keys of these tests. */
export const SECRET = 'a secret that never changes';

/** What the rows of the API allow, of every age. */
export const EVERY_WAY: readonly Auth[] = ['apiKey', 'signature', 'bearer'];

/** Authentication on a store of its own, with a clock that stands still until it is moved, and counted reads. */
export const keysSetting = ({ stage = 'prod', keySecret = SECRET } = {}) => {
  let time = new Date('2026-03-01T12:00:00Z').getTime();
  let reads = 0;
  const store = openSqliteStore(':memory:');
  const counting: Store = {
    ...store,
    get: (keys) => {
      reads += 1;
      return store.get(keys);
    },
  };
  const now = () => new Date(time);
  const register = keyRegister({ store, accountId: 1, keySecret: SECRET, now, newId: randomUUID });
  const authenticate = authenticator({ store: counting, accountId: 1, keySecret, stage, now });
  return {
    store,
    now,
    register,
    reads: () => reads,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
    /** Stores a key of Application 5 and returns its id. */
    add: (over: Partial<KeyRecord> = {}, key = KEY) =>
      register.add(key, { kind: 'apiKey', application: 5, title: 'shop', created: '2026-01-01T00:00:00Z', ...over }),
    authenticate: (headers: Record<string, string>, body: string | Uint8Array = '', auth = EVERY_WAY) =>
      authenticate({ headers, body: Buffer.from(body), auth }),
  };
};
