import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Activity, CommerceEvent } from '../../../lib/commerce/event.ts';
import type { Platform } from '../../../lib/commerce/platform.ts';
import { InvalidRequestError } from '../../../lib/contract/errors.ts';
import { type Held, listHeld } from '../../../lib/inbox/hold.ts';
import { heldMessage } from '../../../lib/inbox/message.ts';
import { pauseNow, setPause } from '../../../lib/inbox/pause.ts';
import { type InboxDeps, processInbox } from '../../../lib/inbox/process.ts';
import { linksOf } from '../../../lib/privacy/links.ts';
import { suppressChanges } from '../../../lib/privacy/suppression.ts';
import { watched } from '../../support/engine.ts';
import {
  cartEvent,
  customerEvent,
  demoShop,
  EFFECT,
  eventMessage,
  everythingParked,
  type FakeApi,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  received,
  type shops,
  thinEvent,
} from './fakes.ts';

/** The customer of these events, and what is said of them. */
const ANN = 'shopify:7';

/** An inbox in which the customer 7 and the guest `abc` are suppressed. */
const world = async (over: Partial<InboxDeps> & { readonly api?: FakeApi } = {}) => {
  const store = watched(memoryStore());
  const { deps, ...rest } = inbox({ store, ...over });
  const suppress = async (...profiles: string[]) =>
    store.write(await suppressChanges({ environment: 'live', profiles }, 'r', NOW, deps), randomUUID());
  return { ...rest, deps, store, suppress };
};

const suppressed = async (over: Parameters<typeof world>[0] = {}) => {
  const made = await world(over);
  await made.suppress(ANN, 'guest:abc');
  return made;
};

/** Pauses the shop, long enough ago for everybody to have heard of it. */
const pause = (deps: InboxDeps) =>
  setPause('demo', 'paused', undefined, { ...deps, now: () => new Date(NOW.getTime() - 60_000) });

const outcomes = (lines: readonly { outcome: string }[]) => lines.map(({ outcome }) => outcome);

const operation = (name: string, body: unknown, over: object = {}) =>
  received({
    ...{ v: 1, kind: 'operation', application: 1, operation: name, requestId: 'r1', receivedAt: NOW.toISOString() },
    request: { params: {}, query: {}, body },
    ...over,
  });

const track = (over: object = {}) => ({ type: 'x', sessionId: 's', profileId: ANN, attributes: { a: 1 }, ...over });

describe('an order of a suppressed person', () => {
  test.each([
    ['customer', { customer: '7' }],
    ['guest', { guest: 'abc' }],
  ])('closes its session without the %s, and counts as suppressed', async (_, buyer) => {
    const { deps, calls, lines } = await suppressed();
    await processInbox([eventMessage(orderEvent({ buyer, facts: { channel: 'web' } }))], deps);
    expect(lines).toMatchObject([{ outcome: 'suppressed', state: 'closed', reason: 'session closed' }]);
    expect(calls).toMatchObject([{ operation: 'updateCustomerSessionV2' }]);
    const [call] = calls as unknown as [{ request: { body: { customerSession: object } } }];
    const { customerSession } = call.request.body;
    expect(customerSession).toMatchObject({ state: 'closed', couponCodes: ['SUMMER-1'] });
    expect(customerSession).not.toHaveProperty('profileId');
    expect(customerSession).not.toHaveProperty('attributes');
  });

  test('leaves no trace, effect or history that is theirs', async () => {
    const { deps, store, hints } = await suppressed({ api: { effects: [EFFECT] } });
    await processInbox([eventMessage(orderEvent())], deps);
    expect(hints.sent).toHaveLength(1);
    const items = await store.items();
    expect(items.some(({ key }) => key.partition.startsWith('1/trace/'))).toBe(true);
    expect(items.filter(({ owner }) => owner !== undefined)).toEqual([]);
  });

  test('again is a duplicate: each is counted once', async () => {
    const { deps, lines, calls } = await suppressed();
    const event = orderEvent();
    await processInbox([eventMessage(event)], deps);
    await processInbox([eventMessage(event)], deps);
    expect([outcomes(lines), calls.length]).toEqual([['suppressed', 'duplicate'], 1]);
  });

  test('is parked without them, and belongs to nobody', async () => {
    const refuse = () => {
      throw new InvalidRequestError(undefined);
    };
    const { deps, store } = await suppressed({ api: { before: refuse } });
    await processInbox([eventMessage(orderEvent({ facts: { channel: 'web' } }))], deps);
    const [parked] = await everythingParked(store);
    expect(parked?.item).not.toHaveProperty('owner');
    const { event } = JSON.parse(parked?.message ?? '') as { event: CommerceEvent };
    expect(event).toMatchObject({ type: 'order', order: { id: '100', payment: 'paid', facts: {} } });
    expect(JSON.stringify(event)).not.toContain('buyer');
  });

  test('is held without them while its shop is paused', async () => {
    const { deps, store, lines } = await suppressed();
    await pause(deps);
    await processInbox([eventMessage(orderEvent())], deps);
    expect(outcomes(lines)).toEqual(['held']);
    const held = (await store.items()).filter(({ key }) => key.partition.startsWith('1/held/demo'));
    expect(held).toHaveLength(1);
    expect(JSON.stringify(held)).not.toMatch(/buyer|owner/);
  });

  test('waits while nobody knows whether they are suppressed', async () => {
    const { deps, store, calls, lines } = await suppressed();
    const message = eventMessage(orderEvent());
    const { get } = store;
    store.get = async (keys) => {
      if (keys.some(({ sort }) => sort === 'suppressed')) throw Object.assign(new Error(), { code: 'ECONNREFUSED' });
      return get(keys);
    };
    expect(await processInbox([message], deps)).toEqual([message.id]);
    expect([outcomes(lines), calls]).toEqual([['failed'], []]);
  });
});

test('a cart of theirs is applied without them', async () => {
  const { deps, calls, lines } = await suppressed();
  await processInbox([eventMessage(cartEvent())], deps);
  expect(outcomes(lines)).toEqual(['suppressed']);
  expect(JSON.stringify(calls)).not.toContain(ANN);
});

test('nobody else is touched, and who is looked up costs one round trip', async () => {
  const { deps, store, calls, lines } = await suppressed();
  const before = store.trips.get;
  await processInbox([eventMessage(orderEvent({ buyer: { customer: '8' } }))], deps);
  expect(outcomes(lines)).toEqual(['applied']);
  expect(JSON.stringify(calls)).toContain('shopify:8');
  expect(store.trips.get - before).toBe(2);
});

describe('a customer’s record', () => {
  test('of a suppressed person is not applied at all, and leaves nothing', async () => {
    const { deps, store, calls, lines } = await suppressed();
    const before = await store.dump();
    await processInbox([eventMessage(customerEvent({ facts: { country: 'DE' }, links: ['guest:new'] }))], deps);
    expect(lines).toMatchObject([{ outcome: 'suppressed', reason: 'the person was erased' }]);
    expect([calls, await store.dump()]).toEqual([[], before]);
  });

  test('that was held is forgotten, too', async () => {
    const { deps, store, suppress } = await world();
    await pause(deps);
    await processInbox([eventMessage(customerEvent({ facts: { country: 'DE' } }))], deps);
    const held: Held[] = [];
    for await (const each of listHeld('demo', deps)) held.push(each);
    await suppress(ANN);
    await setPause('demo', 'resuming', await pauseNow('demo', deps), deps);
    const messages = held.map(({ message, item }) => received(heldMessage(message, item.key.sort)));
    expect(messages).toHaveLength(1);
    await processInbox(messages, deps);
    expect((await store.items()).filter(({ key }) => key.partition.startsWith('1/held/'))).toEqual([]);
  });

  test('leaves a history that is found under the person', async () => {
    const { deps, store } = await world();
    await processInbox([eventMessage(customerEvent()), eventMessage(orderEvent())], deps);
    const histories = (await store.items()).filter(({ key }) => key.partition.startsWith('1/history/'));
    expect(histories.map(({ data, owner }) => [(data as { kind: string }).kind, owner]).toSorted()).toEqual([
      ['profile', `owner of ${ANN}`],
      ['session', undefined],
    ]);
  });

  test('tells by which other ids they are known, before anything else is done with it', async () => {
    const { deps } = await world({
      api: {
        before: () => {
          throw new InvalidRequestError(undefined);
        },
      },
    });
    await processInbox([eventMessage(customerEvent({ links: ['guest:abc'] }))], deps);
    expect((await linksOf({ environment: 'live', profiles: [ANN] }, deps)).profiles).toEqual([ANN, 'guest:abc']);
  });
});

describe('what is told of a customer', () => {
  const told = (activity: Activity): CommerceEvent =>
    ({ ...orderEvent(), type: 'activity', activity }) as CommerceEvent;

  test('who is suppressed is not applied at all, and leaves nothing', async () => {
    const { deps, store, calls, lines } = await suppressed();
    const before = await store.dump();
    const merged = told({ name: 'customer_merged', customer: '7', links: ['guest:new'] });
    const deleted = told({ name: 'customer_deleted', customer: '7' });
    await processInbox([eventMessage(merged), eventMessage(deleted)], deps);
    expect([outcomes(lines), calls, await store.dump()]).toEqual([['suppressed', 'suppressed'], [], before]);
  });

  test('by which other ids they are known is noted', async () => {
    const { deps } = await world();
    await processInbox([eventMessage(told({ name: 'customer_linked', customer: '7', links: ['guest:abc'] }))], deps);
    expect((await linksOf({ environment: 'live', profiles: [ANN] }, deps)).profiles).toEqual([ANN, 'guest:abc']);
  });
});

test('somebody else’s record is applied, and says nothing of a suppressed id any more', async () => {
  const { deps, store, calls, lines } = await suppressed();
  await processInbox([eventMessage(customerEvent({ id: '8', links: ['guest:abc', 'guest:new'] }))], deps);
  expect([outcomes(lines), calls.length]).toEqual([['applied'], 1]);
  expect(await store.dump()).not.toContain('guest:abc');
  expect((await linksOf({ environment: 'live', profiles: ['shopify:8'] }, deps)).profiles).toContain('guest:new');
});

describe('a thin event', () => {
  const platformOf = (...events: readonly CommerceEvent[]) =>
    new Map([['shopify', async (): Promise<Pick<Platform, 'complete'>> => ({ complete: async () => [...events] })]]);
  const api = { url: 'https://shop.example', secret: 'api' };
  const withApi = () => new Map([['demo', { ...demoShop(), api } as never]]) as ReturnType<typeof shops>;

  test('that turns out to be an order of theirs is applied without them', async () => {
    const { deps, store, calls, lines } = await suppressed({ shops: withApi(), platforms: platformOf(orderEvent()) });
    await processInbox([eventMessage(thinEvent())], deps);
    expect(lines).toMatchObject([{ outcome: 'suppressed', state: 'closed', steps: 1 }]);
    expect(JSON.stringify(calls)).not.toContain(ANN);
    expect((await store.items()).filter(({ owner }) => owner !== undefined)).toEqual([]);
  });

  test('that turns out to be their record leaves nothing', async () => {
    const customer = customerEvent({ facts: { country: 'DE' } });
    const { deps, store, calls, lines } = await suppressed({ shops: withApi(), platforms: platformOf(customer) });
    const before = await store.dump();
    await processInbox([eventMessage(thinEvent({ resource: 'customer/7' }))], deps);
    expect([outcomes(lines), calls, await store.dump()]).toEqual([['suppressed'], [], before]);
  });

  test('that is of several people is told as applied where one is', async () => {
    const platforms = platformOf(customerEvent(), customerEvent({ id: '8' }));
    const { deps, calls, lines } = await suppressed({ shops: withApi(), platforms });
    await processInbox([eventMessage(thinEvent())], deps);
    expect([outcomes(lines), calls.length]).toEqual([['applied'], 1]);
  });
});

describe('a call that waited', () => {
  test('is made without them where its row says so', async () => {
    const { deps, store, calls, lines } = await suppressed({ api: { effects: [EFFECT] } });
    await processInbox([operation('trackEvent', track())], deps);
    expect(calls).toMatchObject([{ request: { body: { type: 'x', profileId: '', attributes: {} } } }]);
    expect(outcomes(lines)).toEqual(['suppressed']);
    expect((await store.items()).filter(({ owner }) => owner !== undefined)).toEqual([]);
  });

  test('is dropped where it would only be of them', async () => {
    const { deps, store, calls, lines } = await suppressed();
    const before = await store.dump();
    const customerProfiles = [{ integrationId: ANN }];
    await processInbox([operation('updateCustomerProfilesV2', { customerProfiles })], deps);
    expect([outcomes(lines), calls, await store.dump()]).toEqual([['suppressed'], [], before]);
  });

  test('of many rows is made without theirs: nobody is there to send the others again', async () => {
    const { deps, calls, lines } = await suppressed();
    const customerProfiles = [{ integrationId: 'shopify:8' }, { integrationId: ANN }, { integrationId: 'shopify:9' }];
    await processInbox([operation('updateCustomerProfilesV2', { customerProfiles })], deps);
    expect(calls).toMatchObject([
      { request: { body: { customerProfiles: [{ integrationId: 'shopify:8' }, { integrationId: 'shopify:9' }] } } },
    ]);
    expect(outcomes(lines)).toEqual(['suppressed']);
  });

  test('is dropped, not parked, where it is refused for another reason too', async () => {
    const { deps, store, lines } = await suppressed();
    const before = await store.dump();
    await processInbox([operation('trackEvent', track({ type: '' }))], deps);
    expect([outcomes(lines), await store.dump()]).toEqual([['suppressed'], before]);
  });

  test('to delete their data is made', async () => {
    const { deps, calls, lines } = await suppressed();
    const request = { params: { integrationId: ANN }, query: {}, body: undefined };
    await processInbox([operation('deleteCustomerData', undefined, { request })], deps);
    expect([outcomes(lines), calls.length]).toEqual([['applied'], 1]);
  });
});

test('in another environment they are not suppressed', async () => {
  const { deps, lines } = await suppressed({ environmentOf: async () => 'sandbox' });
  await processInbox([eventMessage(orderEvent())], deps);
  expect(outcomes(lines)).toEqual(['applied']);
});
