import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { outboxChange } from '../../lib/inbox/outbox.ts';
import { park } from '../../lib/inbox/park.ts';
import { entryChange } from '../../lib/inbox/trace.ts';
import { workTarget } from '../../lib/inbox/work-target.ts';
import { callsWith } from '../../lib/lambda/calls.ts';
import { erasureTargets } from '../../lib/lambda/erasure-targets.ts';
import { acceptRequest } from '../../lib/privacy/accept.ts';
import { PERSON_SEAL } from '../../lib/privacy/person.ts';
import { receiptKey } from '../../lib/privacy/receipt-key.ts';
import { findRequest } from '../../lib/privacy/register.ts';
import { runErasures } from '../../lib/privacy/run.ts';
import { Privacy } from '../../lib/privacy/settings.ts';
import { sealFor } from '../../lib/store/seal.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { application, testEngine, watched } from '../support/engine.ts';
import { publication, shops } from '../unit/inbox/fakes.ts';
import type { Figure, Part } from './bench.ts';

const SECRET = 'a secret of the bench';

/** What one erasure asked of the store. */
interface Cost {
  gets: number;
  queries: number;
  writes: number;
  changes: number;
}

const costing = (store: Store, cost: Cost): Store => ({
  ...store,
  get: (keys) => {
    cost.gets += 1;
    return store.get(keys);
  },
  query: ((index: 'items', query: never) => {
    cost.queries += 1;
    return store.query(index, query);
  }) as Store['query'],
  write: (changes, attempt) => {
    cost.writes += 1;
    cost.changes += changes.length;
    return store.write(changes, attempt);
  },
});

/** A stage of its own, with an engine, an inbox and privacy on one store. */
const stage = () => {
  const cost: Cost = { gets: 0, queries: 0, writes: 0, changes: 0 };
  const store = watched(costing(openSqliteStore(':memory:', { now: () => engine.clock.now }), cost));
  const engine = testEngine(undefined, store);
  const { accountId, segment, now } = engine.deps;
  const base = { store, accountId, segment, now };
  const calls = { engine: engine.deps, remotes: () => undefined };
  const work = workTarget({
    ...base,
    shops: shops(),
    environmentOf: async () => 'live',
    acceptedRows: async function* () {},
  });
  const deps = {
    ...base,
    seal: sealFor(SECRET, PERSON_SEAL),
    settings: Privacy.parse({ drainMinutes: 0, brake: { requests: 1_000, percent: 100 }, perRun: 1_000 }),
    key: receiptKey(SECRET),
    about: {},
    recipients: [],
    mayBegin: () => true,
    targets: erasureTargets({
      calls: { ...calls, ...callsWith(calls) },
      applications: async () => [application()],
      remotes: new Map(),
      work,
    }),
    purge: () => store.purge(),
    log: () => {},
    countProfiles: async () => 1_000_000,
    export: async () => {},
    callBack: async () => {},
  };
  return { engine, store, base, cost, deps };
};
type Stage = ReturnType<typeof stage>;

/** What a person comes to have, in turn; each is one item that is theirs. */
const LINKED: readonly ((at: Stage, profile: string, index: number) => Promise<unknown>)[] = [
  ({ engine }, profile, index) => engine.session(`${profile}-${index}`, { profileId: profile }),
  ({ engine }, profile) => engine.event(`${profile} visits`, { profileId: profile }),
  ({ engine }, profile, index) => engine.session(`${profile}-${index}`, { profileId: profile }),
  ({ engine }, profile) => engine.referral(profile),
  ({ engine, base }, profile, index) => {
    const body = { type: 'visit', sessionId: `s${index}`, profileId: profile, attributes: {} };
    const message = JSON.stringify({
      ...{ v: 1, kind: 'operation', application: 1, operation: 'trackEvent', requestId: String(index) },
      ...{ request: { params: {}, query: {}, body }, receivedAt: base.now().toISOString() },
    });
    const about = { id: randomUUID(), reason: 'unusable', error: '', at: base.now(), sentAt: base.now() } as const;
    return park({ ...about, message, owner: engine.records.ownerOf(profile) }, base);
  },
  ({ engine, base }, profile) => {
    const owner = engine.records.ownerOf(profile);
    return base.store.write(
      [outboxChange(publication(randomUUID()), { ...base, now: base.now(), owner }).change],
      randomUUID(),
    );
  },
  ({ engine, base }, profile, index) => {
    const owner = engine.records.ownerOf(profile);
    const entry = { session: `s${index}`, delivery: 'd', at: base.now().toISOString(), outcome: 'applied' } as const;
    return base.store.write([entryChange(randomUUID(), entry, owner, base)], randomUUID());
  },
];

const people = (count: number): string[] => Array.from({ length: count }, (_, index) => `person number ${index}`);

const live = async (at: Stage, profile: string, items: number): Promise<void> => {
  for (let index = 0; index < items; index++) await LINKED[index % LINKED.length]?.(at, profile, index);
};

/** Erases people with so many items each: what all of it asked of the store, and how long it took. */
const erased = async (
  at: Stage,
  profiles: readonly string[],
): Promise<{ readonly ms: number; readonly cost: Cost }> => {
  const { deps, cost, engine } = at;
  const ids: string[] = [];
  for (const profile of profiles) {
    const asked = {
      kind: 'erasure',
      source: 'officer',
      sourceId: profile,
      environment: 'live',
      regulation: 'gdpr',
    } as const;
    const { request } = await acceptRequest(
      { ...asked, profiles: [profile], received: deps.now(), graceDays: 0 },
      deps,
    );
    ids.push(request.id);
  }
  Object.assign(cost, { gets: 0, queries: 0, writes: 0, changes: 0 });
  const began = performance.now();
  for (let run = 0; run < 3; run++) {
    await runErasures(deps);
    engine.clock.now = new Date(engine.clock.now.getTime() + 60_000);
  }
  const ms = performance.now() - began;
  const spent = { ...cost };
  for (const id of ids) assert.equal((await findRequest(id, deps))?.request.status, 'completed');
  return { ms, cost: spent };
};

const trips = ({ gets, queries, writes }: Cost): number => gets + queries + writes;

const measured = async (items: number, count: number) => {
  const at = stage();
  const profiles = people(count);
  for (const profile of profiles) await live(at, profile, items);
  return { ...(await erased(at, profiles)), items, count };
};

/** What erasing a person costs, by how much is linked to them. */
export const erasures: Part = {
  title: 'Erasure: a person, everywhere and read back once, by linked items (gets + queries + writes · changes)',
  gate: async () => {
    for (const items of [1, 100, 350]) {
      const at = stage();
      const [theirs = '', others = ''] = people(2);
      await live(at, theirs, items);
      await live(at, others, items);
      const naming = async (profile: string): Promise<number> => {
        const owner = at.engine.records.ownerOf(profile) ?? '';
        const all = await at.store.items();
        return all.filter((item) => item.owner?.startsWith(owner) || JSON.stringify(item.data).includes(`"${profile}"`))
          .length;
      };
      const before = await naming(others);
      assert.ok((await naming(theirs)) >= items);
      await erased(at, [theirs]);
      assert.equal(await naming(theirs), 0, 'something is left');
      assert.equal(await naming(others), before, 'something of somebody else is gone');
      await at.store.close();
    }
  },
  measure: async () => {
    const [one, hundred, many] = [await measured(1, 200), await measured(100, 20), await measured(10_000, 1)];
    const figures = [one, hundred, many].map(({ ms, cost, items, count }): Figure => {
      const each = (sum: number): string => Math.round(sum / count).toLocaleString('en');
      return {
        what: `${items.toLocaleString('en')} linked: ${((count * 1_000) / ms).toPrecision(3)} erasures a second`,
        value: `${each(cost.gets)} + ${each(cost.queries)} + ${each(cost.writes)} · ${each(cost.changes)}`,
      };
    });
    const growth = (from: typeof one, to: typeof one): number =>
      (trips(to.cost) / to.count - trips(from.cost) / from.count) / (to.items - from.items);
    const [early, late] = [growth(one, hundred), growth(hundred, many)];
    return [
      ...figures,
      {
        what: 'round trips for each further item, up to 100',
        value: early.toFixed(3),
      },
      {
        what: 'round trips for each further item, up to 10,000',
        value: late.toFixed(3),
        budget: '≤ 0.15, and no more than up to 100',
        kept: late <= 0.15 && late <= early,
      },
    ];
  },
};
