import { expect, test } from 'vitest';
import { listFailures } from '../../../lib/inbox/failures.ts';
import { privacyMessage } from '../../../lib/inbox/message.ts';
import { pauseShop } from '../../../lib/inbox/pause.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { cancelRequest } from '../../../lib/privacy/cancel.ts';
import { openPerson } from '../../../lib/privacy/person.ts';
import { listRequests } from '../../../lib/privacy/register.ts';
import type { PrivacyRequest } from '../../../lib/privacy/request.ts';
import { suppressedOf } from '../../../lib/privacy/suppression.ts';
import { keyOf, type Store } from '../../../lib/store/store.ts';
import {
  erasureEvent,
  eventMessage,
  everythingParked,
  inbox,
  memoryStore,
  NOW,
  opening,
  orderEvent,
  received,
  SEAL,
  segment,
  shops,
  thinEvent,
} from './fakes.ts';

const requestsIn = async (store: Store): Promise<PrivacyRequest[]> => {
  const all: PrivacyRequest[] = [];
  for await (const { request } of listRequests({ store, accountId: 1 })) all.push(request);
  return all;
};

const personIn = ({ id, sealed = '' }: PrivacyRequest) => openPerson(sealed, id, SEAL);

/** An inbox whose engine knows these sessions, by the profiles that they have. */
const setUp = (sessions: Readonly<Record<string, string>> = {}) => {
  const store = memoryStore();
  return { store, ...inbox({ store, privacy: opening(store, () => NOW, sessions) }) };
};

test('the wish of a customer becomes a request, and no call is made', async () => {
  const { store, deps, calls, lines } = setUp();
  await expect(processInbox([eventMessage(erasureEvent())], deps)).resolves.toEqual([]);
  const [request, ...others] = await requestsIn(store);
  expect(others).toEqual([]);
  expect(request).toMatchObject({
    kind: 'erasure',
    source: 'shopify:demo',
    environment: 'live',
    status: 'pending',
    received: NOW.toISOString(),
  });
  expect(request && personIn(request)).toEqual({ environment: 'live', profiles: ['shopify:7', 'guest:ab12'] });
  expect(calls).toEqual([]);
  expect(lines).toMatchObject([{ shop: 'demo', outcome: 'applied', reason: 'privacy request opened' }]);
});

test('customer and guest are suppressed from then on', async () => {
  const { store, deps } = setUp();
  await processInbox([eventMessage(erasureEvent())], deps);
  const asked = ['shopify:7', 'guest:ab12', 'shopify:8'];
  expect(await suppressedOf('live', asked, { store, accountId: 1, segment })).toEqual(
    new Set(['shopify:7', 'guest:ab12']),
  );
});

test('told again, in the same delivery or another, it is the same request', async () => {
  const { store, deps, lines } = setUp();
  const event = erasureEvent();
  await processInbox([eventMessage(event), eventMessage(event), eventMessage(erasureEvent())], deps);
  expect(await requestsIn(store)).toHaveLength(1);
  expect(lines.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['applied', 'privacy request opened'],
    ['duplicate', 'asked before'],
    ['duplicate', 'asked before'],
  ]);
});

test('asked again after it was cancelled, somebody must look at it: the same words may be a new wish', async () => {
  const { store, deps, lines } = setUp();
  await processInbox([eventMessage(erasureEvent())], deps);
  const [{ id } = { id: '' }] = await requestsIn(store);
  await cancelRequest(id, 'they stay', { store, accountId: 1, segment, seal: SEAL, now: () => NOW });
  await processInbox([eventMessage(erasureEvent())], deps);
  expect(lines.at(-1)).toMatchObject({ outcome: 'parked', reason: 'unusable' });
  expect((await everythingParked(store))[0]?.error).toContain('was cancelled');
});

test('a request for access suppresses nobody', async () => {
  const { store, deps } = setUp();
  await processInbox([eventMessage(erasureEvent({ kind: 'access' }))], deps);
  expect(await requestsIn(store)).toMatchObject([{ kind: 'access' }]);
  expect(await suppressedOf('live', ['shopify:7'], { store, accountId: 1, segment })).toEqual(new Set());
});

test('nothing of it waits while its shop is paused: its date goes on', async () => {
  const { store, deps } = setUp();
  const hourAgo = new Date(NOW.getTime() - 3_600_000);
  await pauseShop('demo', { store, accountId: 1, now: () => hourAgo });
  await processInbox([eventMessage(erasureEvent())], deps);
  expect(await requestsIn(store)).toHaveLength(1);
});

test('the guest who bought an order of theirs may be them', async () => {
  const { store, deps } = setUp({ 'shopify:checkout:1': 'guest:ff00' });
  await processInbox([eventMessage(orderEvent({ buyer: { guest: 'ff00' } }))], deps);
  await processInbox([eventMessage(erasureEvent({ orders: ['100'] }))], deps);
  const [request] = await requestsIn(store);
  expect(request?.status).toBe('pending');
  expect(request && personIn(request).profiles).toEqual(['shopify:7', 'guest:ab12', 'guest:ff00']);
});

test('where another customer bought an order of theirs, somebody must say whose it is', async () => {
  const { store, deps } = setUp({ 'shopify:checkout:1': 'shopify:8' });
  await processInbox([eventMessage(orderEvent({ buyer: { customer: '8' } }))], deps);
  await processInbox([eventMessage(erasureEvent({ orders: ['100'] }))], deps);
  const [request] = await requestsIn(store);
  expect(request?.status).toBe('requires_input');
  expect(request && personIn(request)).toMatchObject({
    profiles: ['shopify:7', 'guest:ab12'],
    unclear: ['shopify:8'],
  });
  expect(await suppressedOf('live', ['shopify:8'], { store, accountId: 1, segment })).toEqual(new Set());
});

test('orders of the customer, of nobody and without a cart add nothing and are known', async () => {
  const { store, deps, lines } = setUp({ 'shopify:checkout:1': 'shopify:7', 'shopify:demo:order:101': '' });
  await processInbox([eventMessage(orderEvent())], deps);
  await processInbox([eventMessage(erasureEvent({ orders: ['100', '101', '101'] }))], deps);
  const [request] = await requestsIn(store);
  expect(request && personIn(request).profiles).toEqual(['shopify:7', 'guest:ab12']);
  expect(lines.at(-1)?.reason).toBe('privacy request opened');
});

test('orders that are not known here are told of, in the line and in the request', async () => {
  const { store, deps, lines } = setUp();
  await processInbox([eventMessage(erasureEvent({ orders: ['1', '2'] }))], deps);
  const remark = '2 of 2 orders that it names are not known here';
  expect(lines).toMatchObject([{ outcome: 'applied', reason: `privacy request opened; ${remark}` }]);
  expect(await requestsIn(store)).toMatchObject([{ status: 'pending', log: [{ status: 'pending', reason: remark }] }]);
});

test('of thousands of orders a hundred are looked up', async () => {
  const store = memoryStore();
  const asked: string[] = [];
  const privacy = opening(store, () => NOW);
  const { deps, lines } = inbox({
    store,
    privacy: {
      ...privacy,
      profileOfSession: async (_, session) => {
        asked.push(session);
        return '';
      },
    },
  });
  const orders = Array.from({ length: 3000 }, (_, index) => String(index));
  await processInbox([eventMessage(erasureEvent({ orders }))], deps);
  expect(asked).toHaveLength(100);
  expect(lines[0]?.reason).toContain('2900 of 3000 orders');
});

test('without a customer the guest of the address is the person, and without one the guest of the orders', async () => {
  const { customer: _, ...nameless } = erasureEvent().intake;
  const guest = setUp();
  await processInbox([eventMessage({ ...erasureEvent(), intake: nameless })], guest.deps);
  const [one] = await requestsIn(guest.store);
  expect(one && personIn(one).profiles).toEqual(['guest:ab12']);

  const buyer = setUp({ 'shopify:demo:order:9': 'guest:ff00' });
  await processInbox(
    [eventMessage({ ...erasureEvent(), intake: { ...nameless, guests: [], orders: ['9'] } })],
    buyer.deps,
  );
  const [other] = await requestsIn(buyer.store);
  expect(other && personIn(other).profiles).toEqual(['guest:ff00']);
});

test('what names nobody is parked with what to do, and so is the end of everybody', async () => {
  const { store, deps } = setUp({ 'shopify:demo:order:9': 'shopify:8' });
  const { customer: _, ...nobody } = erasureEvent({ guests: [], orders: ['9'] }).intake;
  const everyone = erasureEvent({ guests: [], everyone: true, requestId: 'wish-2' });
  await processInbox([eventMessage({ ...erasureEvent(), intake: nobody }), eventMessage(everyone)], deps);
  const parked = await everythingParked(store);
  expect(parked.map(({ reason }) => reason)).toEqual(['unusable', 'unusable']);
  const texts = parked.map(({ error }) => error).join('\n');
  expect(texts).toContain('npm run privacy -- request --shop demo');
  expect(texts).toContain('names no customer, no e-mail address and no order');
  expect(await requestsIn(store)).toEqual([]);
});

test('nothing is traced, and what is parked is found as the person', async () => {
  const { store, deps } = setUp();
  const fails = { ...deps, privacy: { ...deps.privacy, accept: () => Promise.reject(new TypeError('x')) } };
  const sentAt = new Date(NOW.getTime() - 3_600_000);
  await processInbox([eventMessage(erasureEvent(), { sentAt })], fails);
  const [parked] = await everythingParked(store);
  expect(parked).toMatchObject({ reason: 'unexpected', item: { owner: 'owner of shopify:7' } });
  const written: string[] = [];
  const write: Store['write'] = (changes, attempt) => {
    written.push(...changes.map((change) => keyOf(change).partition));
    return store.write(changes, attempt);
  };
  const watched = { ...deps, store: { ...store, write, get: store.get, query: store.query } as Store };
  await processInbox([eventMessage(erasureEvent())], { ...watched, privacy: opening(watched.store, () => NOW) });
  expect(written).toHaveLength(3);
  expect(written.filter((partition) => !/privacy\/requests|suppressed/.test(partition))).toEqual([]);
});

const wish = (over: object = {}) =>
  ({
    request: 'erasure',
    application: 1,
    profile: 'crm-7',
    sourceId: 'ticket-1',
    regulation: 'gdpr',
    receivedAt: NOW.toISOString(),
    ...over,
  }) as const;

test('a message in the queue opens a request, once for each id', async () => {
  const { store, deps, lines } = setUp();
  const body = privacyMessage(wish());
  await processInbox([received(body), received(body)], deps);
  const [request, ...others] = await requestsIn(store);
  expect(others).toEqual([]);
  expect(request).toMatchObject({ kind: 'erasure', source: 'queue', environment: 'live' });
  expect(request && personIn(request).profiles).toEqual(['crm-7']);
  expect(lines.map(({ outcome }) => outcome)).toEqual(['applied', 'duplicate']);
  expect(JSON.stringify(lines)).not.toMatch(/crm-7|ticket/);
});

test.each([
  ['person', { profile: 'crm-8' }],
  ['wish', { request: 'access' }],
])('a message with the id of another %s is parked: no wish is lost behind another', async (_, over) => {
  const { store, deps, lines } = setUp();
  await processInbox([received(privacyMessage(wish()))], deps);
  await processInbox([received(privacyMessage(wish(over)))], deps);
  expect(await requestsIn(store)).toHaveLength(1);
  expect(lines.at(-1)).toMatchObject({ outcome: 'parked', reason: 'unusable' });
  expect((await everythingParked(store))[0]?.error).not.toMatch(/crm-8|ticket/);
});

test('a message may name the environment itself, and never both or none', async () => {
  const { store, deps } = setUp();
  const { application: _, ...rest } = wish();
  await processInbox(
    [
      received(privacyMessage({ ...rest, environment: 'sandbox', request: 'access' })),
      received(privacyMessage({ ...wish(), environment: 'live' })),
      received(privacyMessage(rest)),
    ],
    deps,
  );
  expect(await requestsIn(store)).toMatchObject([{ environment: 'sandbox', kind: 'access' }]);
  const parked = await everythingParked(store);
  expect(parked.map(({ reason }) => reason)).toEqual(['unreadable', 'unreadable']);
  expect(parked[0]?.error).toContain('/environment: expected either this or an application');
});

test('a sender whose clock is ahead gains no time', async () => {
  const { store, deps } = setUp();
  await processInbox([received(privacyMessage(wish({ receivedAt: '2030-01-01T00:00:00.000Z' })))], deps);
  expect(await requestsIn(store)).toMatchObject([{ received: NOW.toISOString() }]);
});

test('a message of an Application that there is not is parked, and listed without whom it is about', async () => {
  const { store, deps } = setUp();
  const environmentOf = () => Promise.reject(new TypeError('x'));
  const sentAt = new Date(NOW.getTime() - 3_600_000);
  await processInbox([received(privacyMessage(wish()), { sentAt })], { ...deps, environmentOf });
  const failures = [];
  for await (const { parked: _, ...failure } of listFailures({}, { store, accountId: 1 })) failures.push(failure);
  expect(failures).toMatchObject([{ application: 1, type: 'erasure' }]);
  expect(JSON.stringify(failures)).not.toMatch(/crm-7|ticket/);
});

test('a thin event that turns out to be a wish opens a request', async () => {
  const { store, deps } = setUp();
  const complete = async () => [erasureEvent({ guests: [] })];
  const api = { url: 'https://shop.example', secret: 'API' };
  const platforms = new Map([['shopify', async () => ({ complete })]]);
  const thin = { ...deps, shops: shops({ api }), platforms };
  await processInbox([eventMessage(thinEvent({ resource: 'customer/7' }))], thin);
  expect(await requestsIn(store)).toMatchObject([{ kind: 'erasure', source: 'shopify:demo' }]);
});

test('somebody who is suppressed is heard all the same', async () => {
  const { store, deps } = setUp();
  await processInbox([eventMessage(erasureEvent())], deps);
  await processInbox([eventMessage(erasureEvent({ kind: 'access', requestId: 'wish-2' }))], deps);
  await processInbox([received(privacyMessage(wish({ profile: 'shopify:7' })))], deps);
  expect(await requestsIn(store)).toHaveLength(3);
});
