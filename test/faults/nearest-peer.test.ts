import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidRequestError, UpstreamError } from '../../lib/contract/errors.ts';
import type { SessionRecord } from '../../lib/engine/records.ts';
import { processInbox } from '../../lib/inbox/process.ts';
import { consume } from '../support/consumer.ts';
import { endState, LIFE_PROMOTIONS, ORDER_LIFE, play } from '../support/order-life.ts';
import { queueModel } from '../support/queue-model.ts';
import { eventsOf, sampleBody, testShop } from '../support/shop.ts';
import { eventMessage, inbox, NOW, orderEvent } from '../unit/inbox/fakes.ts';

// The eight faults of the nearest peer (peers.md A.2), none of which may be ours.

const sessionOf = async (topic: string, body: string): Promise<SessionRecord> => {
  const shop = testShop(LIFE_PROMOTIONS);
  expect(await shop.process(await shop.messagesOf(topic, body))).toEqual([]);
  const [session] = await shop.store.get([shop.records.session('shopify:test:cart-1').key]);
  return session?.data as unknown as SessionRecord;
};

const edited = ({ body }: { body: string }, edits: object): string => JSON.stringify({ ...JSON.parse(body), ...edits });

test('1 "an order closes its session when it is created, its payment is not read": only payment closes it', async () => {
  const state = async (...names: (keyof typeof ORDER_LIFE)[]) =>
    (await endState(await play(names.map((name) => ORDER_LIFE[name])))).session?.state;
  expect(await state('create')).toBe('open');
  expect(await state('create', 'paid')).toBe('closed');
  for (const financial_status of ['pending', 'authorized', 'partially_paid']) {
    const topic = 'orders/paid';
    const body = edited(ORDER_LIFE.create, { financial_status, fulfillment_status: 'fulfilled' });
    expect((await sessionOf(topic, body)).state, financial_status).toBe('open');
  }
});

test('2 "errors of the API are logged and forgotten": a close that failed is made as soon as the API is back', async () => {
  const clock = { now: NOW };
  const settings = { VisibilityTimeout: 180, MessageRetentionPeriod: 1_209_600, maxReceiveCount: 1000 };
  const queue = queueModel(settings, clock);
  const call = { method: 'PUT', path: '/v2/customer_sessions/{customerSessionId}', status: 500 };
  let away = true;
  const { deps, calls, lines } = inbox({
    now: () => clock.now,
    delay: queue.delay,
    api: {
      before: () => {
        if (away) throw new UpstreamError('the server failed', call, 'retry');
      },
    },
  });
  await queue.send({ body: eventMessage(orderEvent()).body, group: 'g' });
  await consume(queue, deps);
  expect(calls).toEqual([]);
  expect(lines).toMatchObject([{ outcome: 'failed', error: { upstream: call } }]);
  away = false;
  await queue.later(5);
  await consume(queue, deps);
  expect(calls).toMatchObject([{ request: { body: { customerSession: { state: 'closed' } } } }]);
  expect(queue.depth()).toBe(0);
});

test('3 "the sku is filled with the product’s id": rules see the shop’s own sku', async () => {
  const { cartItems } = await sessionOf('orders/paid', ORDER_LIFE.paid.body);
  expect(cartItems).toMatchObject([{ sku: 'A' }]);
});

test('4 "the unit price is the list price": the session has the price that is charged', async () => {
  const lines = [{ ...JSON.parse(ORDER_LIFE.checkout.body).line_items[0], price: '55.00', compare_at_price: '99.00' }];
  const { cartItems } = await sessionOf('checkouts/create', edited(ORDER_LIFE.checkout, { line_items: lines }));
  expect(cartItems).toMatchObject([{ sku: 'A', price: 55 }]);
});

test('5 "an empty list of coupons clears what another channel set": none is sent where the shop never had any', async () => {
  const sent = async (...codes: string[][]) => {
    const { deps, calls } = inbox();
    for (const [minute, each] of codes.entries()) {
      const updatedAt = `2026-03-01T10:0${minute}:00Z`;
      await processInbox([eventMessage(orderEvent({ codes: each, payment: 'unpaid' }, { updatedAt }))], deps);
    }
    const bodies = calls.map(({ request }) => (request as { body: { customerSession: object } }).body.customerSession);
    return bodies.map((body) => ('couponCodes' in body ? body.couponCodes : 'untouched'));
  };
  expect(await sent([])).toEqual(['untouched']);
  expect(await sent(['SHOP-OWN-10'])).toEqual(['untouched']);
  expect(await sent(['SUMMER-1'], [])).toEqual([['SUMMER-1'], []]);
});

test('6 "guests get no profile": a guest has one, the same each time, and no e-mail address in it', async () => {
  const guest = { customer: null, email: 'Ann@Example.com', contact_email: 'Ann@Example.com' };
  const { profileId } = await sessionOf('orders/paid', edited(ORDER_LIFE.paid, guest));
  expect(profileId).toMatch(/^guest:.+/);
  expect(profileId?.toLowerCase()).not.toContain('example');
  expect((await sessionOf('orders/updated', edited(ORDER_LIFE.updated, guest))).profileId).toBe(profileId);
});

/** Every place of a body, by its path. */
const placesOf = (value: unknown, path: readonly string[] = []): string[][] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...placesOf(inner, [...path, key])]);

const without = (body: string, [last, ...parents]: readonly string[]): string => {
  const copy = JSON.parse(body);
  const parent = parents
    .toReversed()
    .reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last ?? ''];
  return JSON.stringify(copy);
};

test('7 "an optional part is read without looking whether it is there": without any part a body is read or refused by name', () => {
  const bodies = ['orders/paid', 'checkouts/create', 'customers/create', 'refunds/create'].map(
    (topic) => [topic, sampleBody(topic, {})] as const,
  );
  const cuts = bodies.flatMap(([topic, body]) =>
    placesOf(JSON.parse(body)).map((path) => [topic, without(body, path.toReversed()), path] as const),
  );
  expect(cuts.length).toBeGreaterThan(300);
  for (const [topic, body, path] of cuts) {
    try {
      eventsOf(topic, body);
    } catch (error) {
      expect(error, `${topic} without ${path.join('/')}`).toBeInstanceOf(InvalidRequestError);
      expect((error as InvalidRequestError).issues?.length, path.join('/')).toBeGreaterThan(0);
    }
  }
});

test('8 "a fixture has a damaged key, and nobody notices": a damaged key is missed, never read as an order without it', () => {
  const { body } = ORDER_LIFE.paid;
  const [whole] = eventsOf('orders/paid', body);
  const content = (event = whole) => (event?.type === 'order' ? event.order : undefined);
  // What no order is without; anything else may be absent for good reason.
  const keys = ['id', 'line_items', 'currency'];
  const damage = fc.tuple(fc.constantFrom(...keys), fc.nat(20), fc.constantFrom(' ', '  ', '_', 'x'));
  let missed = 0;
  fc.assert(
    fc.property(damage, ([key, at, text]) => {
      const place = at % (key.length + 1);
      const { [key]: value, ...rest } = JSON.parse(body);
      const damaged = JSON.stringify({ ...rest, [`${key.slice(0, place)}${text}${key.slice(place)}`]: value });
      try {
        for (const event of eventsOf('orders/paid', damaged)) {
          if (event.type !== 'thin') expect(content(event), key).toEqual(content());
        }
      } catch (error) {
        if (!(error instanceof InvalidRequestError)) throw error;
        missed += 1;
      }
    }),
  );
  expect(missed).toBeGreaterThan(0);
});
