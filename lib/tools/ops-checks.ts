import { lastDelivery } from '../inbox/last-delivery.ts';
import { pauseNow } from '../inbox/pause.ts';
import { readNotes } from '../inbox/reconcile-note.ts';
import { isExpired, keyRecord, keysOfKind } from '../lambda/keys.ts';
import { snapshotReader } from '../promotions/snapshot-reader.ts';
import { everyItem } from '../store/every.ts';
import type { OpsDeps } from './ops-deps.ts';
import type { NamedShop } from './ops-shop.ts';
import { ageOf, shortText } from './table.ts';

/** One thing that must be in order. */
export interface Check {
  readonly ok: boolean;
  readonly what: string;
  /** What to do when it is not. */
  readonly todo?: string;
}

type Examine = () => Promise<Check | Check[]>;

/** What a check finds; what it throws is a finding too. */
export const notable = async (examine: Examine): Promise<Check[]> => {
  try {
    const found = await examine();
    return Array.isArray(found) ? found : [found];
  } catch (error) {
    return [{ ok: false, what: shortText(error instanceof Error ? error.message : String(error), 300) }];
  }
};

/** Everything that is examined of a shop but the platform's own side. */
export const checksOf = (named: NamedShop, deps: OpsDeps): Examine[] => [
  () => application(named, deps),
  () => key(named, deps),
  () => secrets(named, deps),
  () => queue(deps),
  () => pause(named, deps),
  () => deliveries(named, deps),
  () => schedule(named, deps),
];

const application = async ({ shop, settings }: NamedShop, deps: OpsDeps): Promise<Check> => {
  const { application: id, currency } = shop;
  if (settings.remotes.has(id)) return { ok: true, what: `Application ${id} is answered by a hosted account` };
  const snapshot = await snapshotReader(deps.store, deps.accountId, deps.now).current();
  const known = snapshot?.applications.find((each) => each.id === id);
  if (!known) {
    const ids = snapshot?.applications.map((each) => each.id).join(', ') ?? '';
    return {
      ok: false,
      what: `Application ${id} is not in the published promotions`,
      todo: snapshot ? `they have ${ids}: correct shops.yaml or publish it` : 'nothing is published: publish first',
    };
  }
  return {
    ok: known.currency === currency,
    what: `Application ${id} counts in ${known.currency}`,
    todo: `the shop's events are in ${currency} and would be parked: take an Application of that currency`,
  };
};

/** No webhook needs one; a storefront that calls the operations itself does. */
const key = async ({ shop: { application: id }, settings }: NamedShop, deps: OpsDeps): Promise<Check[]> => {
  if (settings.remotes.has(id)) return [];
  const { store, accountId, now } = deps;
  for (const kind of ['apiKey', 'bearer'] as const) {
    for await (const item of everyItem(store, keysOfKind(accountId, kind))) {
      const each = keyRecord(item);
      if (each.application === id && !isExpired(each, now()))
        return [{ ok: true, what: `Application ${id} has a key` }];
    }
  }
  const todo = `npm run keys -- create --application ${id} --title "…"`;
  return [{ ok: false, what: `Application ${id} has no key for the storefront's own calls`, todo }];
};

const secrets = async ({ shop, settings }: NamedShop, deps: OpsDeps): Promise<Check[]> => {
  const remote = settings.remotes.get(shop.application);
  const names = [
    ...shop.secrets,
    ...(shop.api ? [shop.api.secret] : []),
    ...(typeof shop.effects === 'object' ? shop.effects.webhook.secrets : []),
    ...(remote ? [remote.secret] : []),
  ];
  const held = await deps.secrets();
  const checks = names.map((name) =>
    notable(async () => {
      await held.get([name]);
      return { ok: true, what: `secret ${name} is there` };
    }),
  );
  return (await Promise.all(checks)).flat();
};

const queue = async (deps: OpsDeps): Promise<Check> => {
  const waiting = await (await deps.inbox()).waiting();
  return { ok: true, what: `the inbox answers, about ${waiting} message${waiting === 1 ? '' : 's'} in it` };
};

const pause = async ({ name }: NamedShop, deps: OpsDeps): Promise<Check> => {
  const paused = await pauseNow(name, deps);
  return {
    ok: !paused,
    what: paused ? `${name} is paused for ${ageOf(paused.since, deps.now())}` : `${name} is not paused`,
    todo: `npm run ops -- resume ${name}`,
  };
};

/** A quiet shop is no fault: whether its platform still delivers, its subscriptions say. */
const deliveries = async ({ name }: NamedShop, deps: OpsDeps): Promise<Check> => {
  const last = await lastDelivery(name, deps);
  const what = last
    ? `its last known delivery came ${ageOf(last.at, deps.now())} ago (${last.type}, ${last.outcome})`
    : 'no delivery was heard of yet';
  return { ok: true, what };
};

/** It runs every hour: two runs may have failed, or had no time. */
const LATE_MS = 3 * 60 * 60_000;

const schedule = async ({ name, shop, platform }: NamedShop, deps: OpsDeps): Promise<Check> => {
  if (!shop.api || !platform.changedSince) {
    const why = shop.api ? `${platform.name} cannot be asked what was changed` : 'shops.yaml has no `api` for it';
    return { ok: true, what: `not reconciled by schedule: ${why}` };
  }
  const [note] = await readNotes([name], deps);
  const { until, reading } = note ?? {};
  const age = until === undefined ? undefined : ageOf(until, deps.now());
  return {
    ok: until !== undefined && deps.now().getTime() - Date.parse(until) <= LATE_MS,
    what:
      (age === undefined ? 'never reconciled by schedule' : `reconciled up to ${age} ago`) +
      (reading ? `; a reading that takes many runs has got into the list ${shortText(reading.place.list, 40)}` : ''),
    todo:
      'it runs every hour after deployment: see the log of `reconcile`, or do it now: ' +
      `npm run ops -- reconcile ${name}`,
  };
};
