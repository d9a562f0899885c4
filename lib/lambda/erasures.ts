import { readRemotes } from '../commerce/applications.ts';
import { NotFoundError } from '../contract/errors.ts';
import { getCustomerInventory as inventoryRow } from '../contract/operations/profiles.ts';
import { acceptedRows } from '../engine/accepted-rows.ts';
import { getCustomerInventory } from '../engine/inventory.ts';
import { workTarget } from '../inbox/work-target.ts';
import { EXPORT_SEAL, type ExportedRecord, makeExport } from '../privacy/access.ts';
import type { Environment, Person } from '../privacy/person.ts';
import { receiptKey } from '../privacy/receipt-key.ts';
import type { Target } from '../privacy/targets/target.ts';
import { snapshotReader } from '../promotions/snapshot-reader.ts';
import { everyDue } from '../store/every.ts';
import type { Json, Store } from '../store/store.ts';
import { type Calls, openCalls } from './calls.ts';
import { log, now, once, openStore } from './deps.ts';
import type { ErasureDeps } from './erasure-handler.ts';
import { erasureTargets } from './erasure-targets.ts';
import { openPrivacy, openSeal } from './privacy.ts';
import { openSecrets } from './secrets.ts';
import { openShops } from './shops.ts';
import { shopsFile } from './shops-file.ts';
import { sendCallbacks } from './status-callbacks.ts';
import { webhookPost } from './webhook-post.ts';
import { webhookTarget } from './webhook-target.ts';

/** What the stage's erasures work with. */
export const openErasures = async (deadline?: Date): Promise<ErasureDeps> => {
  const [calls, settings, seal, exportSeal, store, shops, own] = await Promise.all([
    openCalls(),
    openPrivacy(),
    openSeal(),
    openSeal(EXPORT_SEAL),
    openStore(),
    openShops(),
    openOwn(),
  ]);
  const { accountId, segment } = calls.engine;
  const { key, remotes, further, applications } = own;
  const base = { store, accountId, segment, now };
  const targetsOf = erasureTargets({
    calls,
    remotes,
    applications,
    work: workTarget({
      ...base,
      shops,
      environmentOf: calls.environmentOf,
      acceptedRows: () => acceptedRows(calls.engine),
    }),
  });
  const targets = async (environment: Environment): Promise<readonly Target[]> => [
    ...(await targetsOf(environment)),
    ...further,
  ];
  const known = [...(await targets('live')), ...(await targets('sandbox'))];
  return {
    ...base,
    seal,
    settings,
    key,
    targets,
    about: Object.fromEntries(known.map(({ name, about }) => [name, about])),
    recipients: own.recipients,
    callBack: (registered) =>
      sendCallbacks(registered, {
        ...base,
        key,
        post: own.send,
        mayBegin: () => deadline === undefined || now() < deadline,
        log: (line) => (line.outcome === 'given up' ? log.error : log.info)('privacy', line),
      }),
    purge: () => store.purge(),
    countProfiles: (environment, most) => countProfiles(`${accountId}/${environment}/profiles`, most, store),
    export: (request, person) =>
      makeExport(request, person, { ...base, seal: exportSeal, hosted: heldByHosted(calls, remotes, deadline) }),
  };
};

/** What does not change with an invocation. */
const openOwn = () =>
  once('erasures', ['STORE', 'ACCOUNT_ID', 'KEY_SECRET', 'SHOPS_FILE', 'STAGE'], async (environment) => {
    const [store, shops, settings, file] = await Promise.all([
      openStore(),
      openShops(),
      openPrivacy(),
      shopsFile(environment.SHOPS_FILE),
    ]);
    const reader = snapshotReader(store, environment.ACCOUNT_ID, now);
    const remotes = readRemotes(file);
    const send = webhookPost({ allowLoopback: environment.STAGE === 'local' });
    const secrets = { get: async (names: readonly string[]) => (await openSecrets()).get(names) };
    return {
      send,
      key: receiptKey(environment.KEY_SECRET),
      remotes,
      applications: async () => (await reader.current())?.applications ?? [],
      further: Object.entries(settings.targets).map(([name, target]) =>
        webhookTarget(name, target, { secrets, send, now }),
      ),
      recipients: [
        ...[...remotes.keys()].map((id) => `hosted account of Application ${id}`),
        ...[...shops].flatMap(([name, { effects }]) => (effects === 'none' ? [] : [`effects of shop ${name}`])),
        ...Object.keys(settings.targets),
      ],
    };
  });

const countProfiles = async (list: string, most: number, store: Store): Promise<number> => {
  let count = 0;
  for await (const keys of everyDue(store, list, now())) {
    count += keys.length;
    if (count >= most) break;
  }
  return count;
};

/** All that a hosted account tells of a profile. */
const heldByHosted = (
  calls: Calls,
  remotes: ReadonlyMap<number, { readonly environment: Environment }>,
  deadline: Date | undefined,
) =>
  async function* (person: Person, request: string): AsyncGenerator<ExportedRecord> {
    for (const [applicationId, { environment }] of remotes) {
      if (environment !== person.environment) continue;
      for (const [index, integrationId] of person.profiles.entries()) {
        const query = { profile: true, referrals: true, coupons: true, loyalty: true, giveaways: true };
        const call = { applicationId, requestId: `${request}/export/${index}`, deadline };
        try {
          const input = { params: { integrationId }, query, body: undefined };
          const data = await calls.make(inventoryRow, getCustomerInventory, input, call);
          yield { from: `hosted:${applicationId}`, kind: 'inventory', data: data as unknown as Json };
        } catch (error) {
          if (!(error instanceof NotFoundError)) throw error;
        }
      }
    }
  };
