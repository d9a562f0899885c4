import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { CommerceEvent } from '../../../lib/commerce/event.ts';
import type { Connect } from '../../../lib/contract/api.ts';
import { UnknownApplicationError } from '../../../lib/contract/errors.ts';
import { acceptedRows } from '../../../lib/engine/accepted-rows.ts';
import { connectWith } from '../../../lib/engine/connect.ts';
import { sweepBulk } from '../../../lib/engine/sweep.ts';
import { profileHistoryKey } from '../../../lib/inbox/apply-event.ts';
import { type EraseWorkDeps, eraseWork, isWorkLeft } from '../../../lib/inbox/erase-work.ts';
import { outboxChange } from '../../../lib/inbox/outbox.ts';
import { park } from '../../../lib/inbox/park.ts';
import { pauseReader, setPause } from '../../../lib/inbox/pause.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { workTarget } from '../../../lib/inbox/work-target.ts';
import { callsWith } from '../../../lib/lambda/calls.ts';
import { linksOf } from '../../../lib/privacy/links.ts';
import { ownerOfProfile, type Person } from '../../../lib/privacy/person.ts';
import { suppressChanges } from '../../../lib/privacy/suppression.ts';
import { application, campaign, ENGINE, snapshot, testEngine } from '../../support/engine.ts';
import {
  activityEvent,
  cartEvent,
  customerEvent,
  erasureEvent,
  eventMessage,
  everythingParked,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  publication,
  received,
  thinEvent,
} from './fakes.ts';

// Some of these make hundreds of writes.
vi.setConfig({ testTimeout: 60_000 });

const ANN: Person = { environment: 'live', profiles: ['shopify:4711', 'guest:abcdef'] };
const BUYER = { customer: '4711' };

const PROMOTIONS = snapshot({
  applications: [application(), application({ id: 2, name: 'Sandbox', environment: 'sandbox' })],
  audiences: [{ id: 1, name: 'News' }],
  campaigns: [campaign({ coupons: [{ id: 11, value: 'SUMMER-1', usageLimit: 0 }] })],
});

/** An inbox before an engine, on one store. */
const world = () => {
  const engine = testEngine(PROMOTIONS, memoryStore());
  engine.clock.now = NOW;
  const calls = callsWith({ engine: engine.deps, remotes: () => undefined });
  const connect = connectWith(ENGINE, calls.make) as Connect;
  const { store, segment } = engine.deps;
  const environmentOf = async (id: number) => {
    const known = PROMOTIONS.applications.find((each) => each.id === id);
    if (!known) throw new UnknownApplicationError(id);
    return known.environment;
  };
  const { deps, lines } = inbox({
    ...{ store, segment, connect, ownerOf: calls.ownerOf, environmentOf },
  });
  const work: EraseWorkDeps = { ...deps, acceptedRows: () => acceptedRows(engine.deps) };
  return {
    ...{ engine, store: engine.store, deps, lines, work },
    owner: (profile: string) => ownerOfProfile('live', profile, deps),
    apply: (...events: CommerceEvent[]) =>
      processInbox(
        events.map((event) => eventMessage(event)),
        deps,
      ),
    park: (message: object, owner?: string, error = 'why') =>
      park(
        {
          ...{ id: randomUUID(), message: JSON.stringify(message), reason: 'refused', error, at: NOW, sentAt: NOW },
          owner,
        },
        deps,
      ),
    suppress: async () => store.write(await suppressChanges(ANN, 'r', NOW, deps), randomUUID()),
    publish: async (id: string, owner?: string, over = {}) =>
      store.write([outboxChange(publication(id, over), { accountId: 1, now: NOW, owner }).change], randomUUID()),
    messages: async () => (await everythingParked(store)).map(({ message }) => JSON.parse(message)),
  };
};

const parkedEvent = (event: CommerceEvent) => ({ v: 1, kind: 'commerce-event', event, receivedAt: NOW.toISOString() });

const parkedCall = (operation: string, body: unknown, over: object = {}) => ({
  ...{ v: 1, kind: 'operation', application: 1, operation, requestId: randomUUID(), receivedAt: NOW.toISOString() },
  request: { params: {}, query: {}, body },
  ...over,
});

describe('parked messages', () => {
  test('that ask for the same person themselves go, whichever of their ids they name', async () => {
    const { park, work, store, owner } = world();
    const wish = { v: 1, kind: 'privacy', request: 'erasure', sourceId: 't', receivedAt: NOW.toISOString() };
    await park(parkedEvent(erasureEvent({ customer: '4711' })), owner('shopify:4711'));
    await park({ ...wish, profile: 'guest:abcdef', environment: 'live' });
    await park({ ...wish, profile: 'shopify:4711', application: 99 });
    await park({ ...wish, profile: 'shopify:4711', environment: 'sandbox' });
    await park(parkedEvent(erasureEvent({ customer: '1', guests: ['abcdef'] }, { shop: 'gone' })));
    await park(parkedEvent(erasureEvent({ customer: '1', guests: ['1'] })));
    expect(await isWorkLeft(ANN, work)).toBe(true);
    await eraseWork(ANN, work);
    expect(await isWorkLeft(ANN, work)).toBe(false);
    expect((await everythingParked(store)).map(({ message }) => message).join()).not.toMatch(
      /4711(?!.*sandbox)|abcdef/,
    );
    expect(await everythingParked(store)).toHaveLength(2);
  });

  test('a paid order stays, as nobody’s, and closes its session when it is tried again', async () => {
    const { work, store, owner, park, messages, deps, engine } = world();
    await park(parkedEvent(orderEvent({ buyer: BUYER, facts: { note: 'Ann' } })), owner('shopify:4711'));
    expect(await eraseWork(ANN, work)).toEqual({ counts: { rewritten: 1 } });
    const [parked] = await everythingParked(store);
    expect(parked).toMatchObject({ reason: 'refused', error: '', at: NOW.toISOString() });
    expect(parked?.item).not.toHaveProperty('owner');
    expect((await store.query('byOwner', { owner: owner('shopify:4711') })).items).toEqual([]);
    await processInbox([received((await messages())[0])], deps);
    expect(await engine.stored(engine.records.session('shopify:checkout:1'))).toMatchObject({
      ...{ state: 'closed', profileId: '', attributes: {} },
    });
  });

  test('one of many parts is rewritten with all of them', async () => {
    const { work, owner, park, messages, store } = world();
    const facts = { note: 'x'.repeat(250_000), who: 'shopify:4711' };
    await park(parkedEvent(orderEvent({ buyer: BUYER, facts })), owner('shopify:4711'));
    expect((await store.query('byOwner', { owner: owner('shopify:4711') })).items.length).toBeGreaterThan(2);
    await eraseWork(ANN, work);
    expect(await messages()).toMatchObject([{ event: { order: { id: '100', facts: {} } } }]);
    expect((await store.items()).filter(({ key }) => key.partition.startsWith('1/parked/'))).toEqual([]);
  });

  test('what is nothing without the person goes', async () => {
    const { work, owner, park, messages } = world();
    const mine = owner('shopify:4711');
    await park(parkedEvent(customerEvent({ id: '4711', facts: { country: 'DE' } })), mine);
    await park(parkedCall('updateCustomerProfileV2', {}, { request: profileCall('shopify:4711') }), mine);
    await park(parkedCall('deleteCustomerData', undefined, { request: profileCall('shopify:4711') }), mine);
    expect(await eraseWork(ANN, work)).toEqual({ counts: { removed: 3 } });
    expect(await messages()).toEqual([]);
  });

  test('a call that can be made without them stays', async () => {
    const { work, owner, park, messages } = world();
    const body = { type: 'x', sessionId: 's', profileId: 'guest:abcdef', attributes: { a: 1 } };
    await park(parkedCall('trackEvent', body), owner('guest:abcdef'));
    await eraseWork(ANN, work);
    expect((await messages()).map(({ request }) => request.body)).toEqual([{ ...body, profileId: '', attributes: {} }]);
  });

  test('what was parked before anybody knew whose it is, is found by whom it names', async () => {
    const { work, park, messages, store } = world();
    const unknown = { shop: 'renamed' };
    await park(parkedEvent(orderEvent({ buyer: BUYER }, unknown)));
    await park(parkedEvent(cartEvent({ buyer: { guest: 'abcdef' } }, unknown)));
    await park(parkedEvent(customerEvent({ id: '4711' }, unknown)));
    await park(parkedEvent(thinEvent({ resource: 'customer/4711' }, unknown)));
    await park(parkedEvent(thinEvent({ resource: 'customer/4711' })));
    await park(parkedCall('updateCustomerProfilesV2', { customerProfiles: two('ben', 'shopify:4711') }));
    await park(parkedCall('trackEvent', { type: 'x', sessionId: 's', profileId: 'shopify:4711' }, { application: 99 }));
    await park({ v: 99, about: 'shopify:4711' });
    expect(await eraseWork(ANN, work)).toEqual({ counts: { rewritten: 4, removed: 4 } });
    expect(JSON.stringify(await messages())).not.toMatch(/4711|abcdef/);
    // Of the call on many profiles the others' rows are left.
    expect(JSON.stringify(await messages())).toContain('ben');
    expect(await store.dump()).not.toMatch(/4711|abcdef/);
  });

  test('of others are not touched', async () => {
    const { work, owner, park, store } = world();
    await park(parkedEvent(orderEvent({ buyer: { customer: '8' } })), owner('shopify:8'));
    await park(parkedEvent(orderEvent({ buyer: { customer: '14711' } }, { shop: 'renamed' })));
    await park(parkedEvent(thinEvent({ resource: 'order/4711' })));
    await park(parkedCall('trackEvent', { type: 'x', sessionId: 's', profileId: 'shopify:4711' }, { application: 2 }));
    await park({ v: 99, about: 'shopify:47110' });
    const before = await store.dump();
    expect(await isWorkLeft(ANN, work)).toBe(false);
    expect(await eraseWork(ANN, work)).toEqual({ counts: {} });
    expect(await store.dump()).toBe(before);
  });

  test('another server’s words that name the person go with them', async () => {
    const { work, owner, park, store } = world();
    await park(parkedEvent(orderEvent({ buyer: BUYER })), owner('shopify:4711'), 'profile shopify:4711 is locked');
    await eraseWork(ANN, work);
    expect(await store.dump()).not.toContain('4711');
  });
});

const profileCall = (integrationId: string) => ({ params: { integrationId }, query: {}, body: {} });

const two = (...ids: string[]) => ids.map((integrationId) => ({ integrationId }));

test('what is held of a paused shop is rewritten, too, also where it names them by the shop’s own id alone', async () => {
  const { work, deps, apply, store } = world();
  await setPause('demo', 'paused', undefined, { ...deps, now: () => new Date(NOW.getTime() - 60_000) });
  await apply(orderEvent({ buyer: BUYER }), customerEvent({ id: '4711' }), thinEvent({ resource: 'customer/4711' }));
  expect(await eraseWork(ANN, work)).toEqual({ counts: { rewritten: 1, removed: 2, traces: 1 } });
  expect(await store.dump()).not.toContain('4711');
});

describe('effects that wait to be published', () => {
  test('are removed where they are theirs', async () => {
    const { work, owner, publish, store } = world();
    await publish('p1', owner('shopify:4711'));
    await publish('p2', owner('shopify:8'));
    expect(await eraseWork(ANN, work)).toEqual({ counts: { publications: 1 } });
    expect((await store.query('items', { partition: '1/outbox' })).items.map(({ key }) => key.sort)).toEqual(['p2']);
  });

  test('are still told where they are somebody else’s, without the person', async () => {
    const { work, owner, publish, store } = world();
    const ledger = { name: 'Referral', programId: 1, subLedgerId: '', value: 5, transactionUUID: 'x' };
    const points = (recipientIntegrationId: string) => ({
      ...{ campaignId: 1, rulesetId: 1, ruleIndex: 0, ruleName: 'r', effectType: 'addLoyaltyPoints' },
      props: { ...ledger, recipientIntegrationId },
    });
    const effects = [points('shopify:4711'), points('shopify:8')];
    await publish('p2', owner('shopify:8'), { effects });
    expect(await eraseWork(ANN, work)).toEqual({ counts: { rewritten: 1 } });
    const [item] = (await store.query('items', { partition: '1/outbox' })).items;
    expect(item).toMatchObject({ owner: owner('shopify:8'), due: { list: 'outbox' } });
    expect(item?.data).toMatchObject({ effects: [points(''), points('shopify:8')] });
  });
});

test('traces and what is known of their record go; what is known of a session stays', async () => {
  const { work, apply, store } = world();
  await apply(orderEvent({ buyer: BUYER }), customerEvent({ id: '4711' }));
  const { counts } = await eraseWork(ANN, work);
  expect(counts).toMatchObject({ traces: 1, histories: 1 });
  const places = (await store.items()).map(({ key }) => key.partition.split('/')[1]);
  expect(places.filter((place) => place === 'trace')).toEqual([]);
  expect(places.filter((place) => place === 'history')).toHaveLength(1);
});

test('what is known of their record goes also where it belongs to nobody', async () => {
  const { work, deps, store } = world();
  const key = profileHistoryKey('shopify:4711', deps);
  await store.write([{ put: { key, data: { kind: 'profile' } }, expect: 'absent' }], randomUUID());
  expect(await isWorkLeft(ANN, work)).toBe(true);
  expect(await eraseWork(ANN, work)).toEqual({ counts: { histories: 1 } });
  expect(await isWorkLeft(ANN, work)).toBe(false);
});

test('accepted rows that name them are waited for', async () => {
  const { work, engine } = world();
  await engine.session('warm', {});
  let writes = 0;
  engine.store.beforeWrite = () => {
    if (++writes > 1) throw new Error('power cut');
  };
  const rows = Array.from({ length: 200 }, (_, index) => ({
    integrationId: index === 150 ? 'shopify:4711' : `p${index}`,
  }));
  await expect(engine.profiles(rows)).rejects.toThrow('power cut');
  engine.store.beforeWrite = () => {};
  const target = workTarget({ ...work, now: () => NOW });
  expect(await target.erase(ANN, { request: 'r' })).toEqual({
    ...{ outcome: 'unfinished', reason: 'accepted rows name the person' },
  });
  expect(await target.check(ANN, { request: 'r' })).toBe('present');
  engine.clock.now = new Date(NOW.getTime() + 10 * 60_000);
  await sweepBulk([ENGINE.updateCustomerProfilesV2 as never], engine.deps, { mayBegin: () => true, warn: () => {} });
  expect(await target.erase(ANN, { request: 'r' })).toEqual({ outcome: 'not_found' });
  expect(await target.check(ANN, { request: 'r' })).toBe('absent');
});

test('what links them to others goes, whoever said it: no engine knows of it where all Applications are hosted', async () => {
  const { apply, work, store } = world();
  await apply(customerEvent({ id: '4711', links: ['guest:abcdef', 'guest:family'] }));
  await apply(customerEvent({ id: '9', links: ['guest:abcdef', 'guest:other'] }));
  expect((await eraseWork(ANN, work)).counts).toMatchObject({ links: 3 });
  const kept = (await store.items()).filter(({ key }) => key.partition.includes('/links/'));
  expect(kept.map(({ data }) => data)).toEqual([{ alias: 'guest:other', profile: 'shopify:9' }]);
  expect(await isWorkLeft(ANN, work)).toBe(false);
});

test('that somebody else is known by one of their ids is forgotten; by others they still are', async () => {
  const { work, apply, store, deps } = world();
  await apply(customerEvent({ id: '8', links: ['guest:abcdef', 'guest:other'] }));
  expect(await eraseWork(ANN, work)).toEqual({ counts: { links: 1 } });
  expect(await store.dump()).not.toContain('abcdef');
  const eight = { environment: 'live', profiles: ['shopify:8'] } as const;
  expect((await linksOf(eight, deps)).profiles).toEqual(['shopify:8', 'guest:other']);
});

test('of who was merged into somebody else nothing is left, also when that record changes meanwhile', async () => {
  const { work, apply, store } = world();
  const merged = { name: 'customer_merged', customer: '8' } as const;
  await apply(activityEvent({ ...merged, links: ['shopify:4711', 'shopify:3'] }));
  const { write } = store;
  let isFirst = true;
  store.write = async (changes, attempt) => {
    if (isFirst) {
      isFirst = false;
      await apply(activityEvent({ ...merged, links: ['shopify:5'] }));
    }
    return write(changes, attempt);
  };
  expect(await eraseWork(ANN, work)).toMatchObject({ unfinished: 'changed meanwhile' });
  expect(await eraseWork(ANN, work)).toEqual({ counts: { links: 1 } });
  const history = (await store.items()).find(({ key }) => key.partition.startsWith('1/history/'));
  expect(history?.data).toMatchObject({ merged: ['shopify:3', 'shopify:5'] });
});

/** Everything that there can be of a person, as it comes to be. */
const lived = async () => {
  const at = world();
  const { engine, apply, deps, park, owner, publish } = at;
  const mine = owner('shopify:4711');
  const own = { buyer: BUYER, codes: ['SUMMER-1'], facts: { channel: 'shopify:4711' } };
  const guest = { buyer: { guest: 'abcdef' }, session: 'guest-checkout', id: '101' };
  await apply(customerEvent({ id: '4711', facts: { country: 'shopify:4711' }, links: ['guest:abcdef'] }));
  await apply(cartEvent(own), orderEvent(own), orderEvent(guest));
  await engine.referral('shopify:4711', { attributes: {} });
  await engine.referral('ben', { friendProfileIntegrationId: 'shopify:4711' });
  await engine.reserve('SUMMER-1', ['shopify:4711', 'ben']);
  await engine.audiences(['+shopify:4711 1']);
  await engine.event('shopify:checkout:2', { profileId: 'shopify:4711', attributes: {} });
  await park(parkedEvent(orderEvent({ ...own, session: 's3', id: '103' })), mine);
  await park(parkedEvent(customerEvent({ id: '4711' })), mine);
  await park(parkedEvent(orderEvent(own, { shop: 'renamed' })));
  for (let index = 0; index < 120; index++) await publish(`p${index}`, mine);
  await setPause('demo', 'paused', undefined, { ...deps, now: () => new Date(NOW.getTime() - 60_000) });
  await processInbox([eventMessage(orderEvent({ ...own, session: 's4', id: '104' }))], {
    ...deps,
    pauses: pauseReader({ ...deps, now: () => NOW }),
  });
  await at.suppress();
  return at;
};

/** Work first, then every profile, as erasing does. */
const erase = async ({ work, engine }: Awaited<ReturnType<typeof lived>>) => {
  const result = await eraseWork(ANN, work);
  for (const profile of ANN.profiles) await engine.erase(profile).catch(() => undefined);
  return result;
};

const traceOfAnn = async ({ store, owner }: Awaited<ReturnType<typeof lived>>) =>
  (await store.items()).filter(
    (item) =>
      /4711|abcdef/.test(JSON.stringify(item.data)) ||
      ANN.profiles.some((profile) => item.owner?.startsWith(owner(profile))),
  );

test('work first, then every profile: nothing in the store names the person any more or is theirs', async () => {
  const at = await lived();
  expect((await traceOfAnn(at)).length).toBeGreaterThan(130);
  const { counts, unfinished } = await erase(at);
  expect([counts.publications, unfinished]).toEqual([123, undefined]);
  expect(await traceOfAnn(at)).toEqual([]);
  expect(await isWorkLeft(ANN, at.work)).toBe(false);
  // Three paid orders wait: none was lost.
  const waiting = (await at.store.items()).filter(({ key }) => /^1\/(parked|held\/demo)$/.test(key.partition));
  expect(waiting).toHaveLength(3);
});

test('twice is once', async () => {
  const at = await lived();
  await erase(at);
  const before = await at.store.dump();
  expect(await erase(at)).toEqual({ counts: {} });
  expect(await at.store.dump()).toBe(before);
});

test('a crash at any write is finished by the next call', async () => {
  for (let crash = 1; ; crash++) {
    const at = await lived();
    let writes = 0;
    at.store.beforeWrite = () => {
      if (++writes === crash) throw new Error('power cut');
    };
    const crashed = await eraseWork(ANN, at.work).then(
      () => false,
      () => true,
    );
    at.store.beforeWrite = () => {};
    if (!crashed) break;
    await erase(at);
    expect(await traceOfAnn(at)).toEqual([]);
  }
});

test('when time is up, the next call goes on', async () => {
  const at = await lived();
  let left = 50;
  const answer = await eraseWork(ANN, at.work, () => left-- > 0);
  expect(answer.unfinished).toBe('time was up');
  expect(await eraseWork(ANN, at.work)).not.toHaveProperty('unfinished');
  expect(await isWorkLeft(ANN, at.work)).toBe(false);
});

test('a message that is dealt with at the same time is looked at again', async () => {
  const { work, owner, park, store } = world();
  await park(parkedEvent(orderEvent({ buyer: BUYER })), owner('shopify:4711'));
  const [parked] = await everythingParked(store);
  const { write } = store;
  let first = true;
  store.write = async (changes, attempt) => {
    if (first) {
      first = false;
      await write([{ remove: parked?.key ?? { partition: '', sort: '' } }], randomUUID());
    }
    return write(changes, attempt);
  };
  expect(await eraseWork(ANN, work)).toEqual({ counts: {}, unfinished: 'changed meanwhile' });
  expect(await eraseWork(ANN, work)).toEqual({ counts: {} });
});

test('many messages are rewritten in as few writes as they fit in, and one that changed holds up none of them', async () => {
  const { work, owner, park, store } = world();
  for (let index = 0; index < 150; index++) {
    await park(parkedEvent(orderEvent({ buyer: BUYER, id: String(index) })), owner('shopify:4711'));
  }
  const [first] = await everythingParked(store);
  const { write } = store;
  let writes = 0;
  store.write = async (changes, attempt) => {
    if (writes++ === 0) await write([{ remove: first?.key ?? { partition: '', sort: '' } }], randomUUID());
    return write(changes, attempt);
  };
  expect(await eraseWork(ANN, work)).toEqual({ counts: { rewritten: 149 }, unfinished: 'changed meanwhile' });
  // All of the first hundred together, then each, then the rest together.
  expect(writes).toBe(1 + 100 + 1);
  expect(await eraseWork(ANN, work)).toEqual({ counts: {} });
});

test('what was parked with words that may quote anybody loses them, and keeps words that are ours', async () => {
  const { work, deps, store } = world();
  const message = JSON.stringify(parkedEvent(orderEvent({ buyer: BUYER })));
  for (const reason of ['refused', 'unexpected', 'outlasted', 'outcome-unknown', 'unusable'] as const) {
    const about = { id: reason, reason, error: 'Ann Miller', at: NOW, sentAt: NOW, owner: undefined };
    await park({ ...about, message }, deps);
  }
  await eraseWork(ANN, work);
  const words = (await everythingParked(store)).flatMap(({ reason, error }) => (error === '' ? [] : [reason]));
  expect(words).toEqual(['unusable']);
});

test('a call of an operation that nobody knows goes, where it names them', async () => {
  const { work, park, messages } = world();
  await park(parkedCall('awardPoints', { profileId: 'shopify:4711' }));
  await park(parkedCall('awardPoints', { profileId: 'shopify:8' }));
  expect(await eraseWork(ANN, work)).toEqual({ counts: { removed: 1 } });
  expect(await messages()).toHaveLength(1);
});
