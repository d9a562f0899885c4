import type { Remote } from '../../lib/commerce/applications.ts';
import { acceptedRows } from '../../lib/engine/accepted-rows.ts';
import type { IncomingMessage } from '../../lib/inbox/queue.ts';
import { workTarget } from '../../lib/inbox/work-target.ts';
import { callsWith } from '../../lib/lambda/calls.ts';
import { erasureTargets } from '../../lib/lambda/erasure-targets.ts';
import type { Remotes } from '../../lib/lambda/remotes.ts';
import type { acceptRequest } from '../../lib/privacy/accept.ts';
import { PERSON_SEAL } from '../../lib/privacy/person.ts';
import { receiptKey } from '../../lib/privacy/receipt-key.ts';
import type { RunDeps, RunLine } from '../../lib/privacy/run.ts';
import { Privacy } from '../../lib/privacy/settings.ts';
import { sealFor } from '../../lib/store/seal.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import { application, watched } from './engine.ts';
import { testShop } from './shop.ts';

const SECRET = 'a secret of the tests of erasure';

/**
 * A whole stage in one process: shop, inbox, engine and privacy with their real targets, on one store and one clock.
 *
 * @param hosted the hosted account that answers for the Application, in place of the engine.
 */
export const erasureStage = (settings: object = {}, hosted?: Remotes) => {
  let clock = { now: new Date('2026-06-01T12:00:00Z') };
  const store = watched(openSqliteStore(':memory:', { now: () => clock.now }));
  const remotes: Remotes = hosted ?? (() => undefined);
  const shop = testShop(undefined, store, remotes);
  clock = shop.clock;
  const { accountId, segment, now } = shop.deps;
  const base = { store, accountId, segment, now };
  const targets = erasureTargets({
    calls: { engine: shop.deps, remotes, ...callsWith({ engine: shop.deps, remotes }) },
    applications: async () => [application()],
    remotes: new Map<number, Remote>(hosted ? [[1, { environment: 'live', secret: 'remote/key' }]] : []),
    work: workTarget({
      ...base,
      shops: shop.shops,
      environmentOf: async () => 'live',
      acceptedRows: () => acceptedRows(shop.deps),
    }),
  });
  const lines: RunLine[] = [];
  const deps: RunDeps & Parameters<typeof acceptRequest>[1] = {
    ...base,
    seal: sealFor(SECRET, PERSON_SEAL),
    settings: Privacy.parse(settings),
    key: receiptKey(SECRET),
    about: {},
    recipients: [],
    mayBegin: () => true,
    targets,
    purge: () => store.purge(),
    log: (line) => lines.push(line),
    countProfiles: async () => 1_000_000,
    export: async () => {},
    callBack: async () => {},
  };
  let sequence = 0;
  const queue: IncomingMessage[] = [];
  const delivered: IncomingMessage[] = [];
  const put = (message: Pick<IncomingMessage, 'body' | 'group'>): void => {
    sequence++;
    queue.push({ ...message, id: `q${sequence}`, sentAt: now(), sequence: String(sequence).padStart(20, '0') });
  };
  return { store, shop, clock, deps, lines, queue, delivered, put, base };
};
