import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from '../../lib/contract/errors.ts';
import { sweepBulk } from '../../lib/engine/sweep.ts';
import { pauseShop } from '../../lib/inbox/pause.ts';
import type { OutgoingMessage } from '../../lib/inbox/queue.ts';
import { resumeShop } from '../../lib/inbox/resume.ts';
import { acceptRequest } from '../../lib/privacy/accept.ts';
import { cancelRequest } from '../../lib/privacy/cancel.ts';
import { RefusedChangeError } from '../../lib/privacy/errors.ts';
import { move } from '../../lib/privacy/move.ts';
import { listReceipts } from '../../lib/privacy/receipts.ts';
import { listRequests } from '../../lib/privacy/register.ts';
import { hasEnded, type PrivacyRequest } from '../../lib/privacy/request.ts';
import { runErasures, verifyErasures } from '../../lib/privacy/run.ts';
import { StaleWriteError } from '../../lib/store/store.ts';
import { ENGINE } from '../support/engine.ts';
import { erasureStage } from '../support/erasure-stage.ts';
import { sampleBody } from '../support/shop.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PEOPLE = [7777001, 7777002, 7777003] as const;

class Crash extends Error {}

const stageOf = () => erasureStage({ brake: { requests: 100, percent: 100 } });
type Stage = ReturnType<typeof erasureStage>;

/** What the law, the API and a crash may say; anything else is a fault of ours. */
const allowed = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    const isExpected = [Crash, ApiError, RefusedChangeError, StaleWriteError].some((kind) => error instanceof kind);
    if (!isExpected) throw error;
  }
};

const customer = (person: number) => ({ id: person, admin_graphql_api_id: `gid://shopify/Customer/${person}` });
const profile = (person: number): string => `shopify:${person}`;

const orderBody = (
  person: number,
  { order, status, second, currency }: { order: number; status: string; second: number; currency: string },
) => {
  const money = (amount: string) => ({ shop_money: { amount, currency_code: currency } });
  return sampleBody('orders/updated', {
    id: 5000 + order,
    admin_graphql_api_id: `gid://shopify/Order/${5000 + order}`,
    checkout_token: `cart-${order}`,
    cart_token: null,
    currency,
    test: false,
    cancelled_at: status === 'cancelled' ? '2026-06-01T11:00:00Z' : null,
    financial_status: status === 'paid' ? 'paid' : 'pending',
    updated_at: `2026-06-01T10:00:${String(second).padStart(2, '0')}Z`,
    total_price: '35.00',
    total_price_set: money('35.00'),
    shipping_lines: [],
    discount_codes: [],
    customer: customer(person),
    line_items: [
      {
        id: 1,
        admin_graphql_api_id: 'gid://shopify/LineItem/1',
        sku: 'A',
        title: 'A',
        name: 'A',
        price: '35.00',
        price_set: money('35.00'),
        quantity: 1,
      },
    ],
  });
};

const customerBody = (person: number, second: number): string =>
  sampleBody('customers/update', {
    ...customer(person),
    updated_at: `2026-06-01T10:00:${String(second).padStart(2, '0')}Z`,
    default_address: { country_code: 'DE' },
  });

const deliver = async (stage: Stage, topic: string, body: string): Promise<void> => {
  for (const message of await stage.shop.messagesOf(topic, body)) stage.put(message);
};

const consume = async (stage: Stage, most: number): Promise<void> => {
  const batch = stage.queue.slice(0, most);
  const failed = new Set(await stage.shop.process(batch));
  const done = batch.filter(({ id }) => !failed.has(id));
  stage.delivered.push(...done);
  stage.queue.splice(0, stage.queue.length, ...stage.queue.filter((message) => !done.includes(message)));
};

/** Calls of other software, with the person in them. */
const CALLS: Readonly<Record<string, (stage: Stage, person: number) => Promise<unknown>>> = {
  profile: ({ shop }, person) => shop.profile(profile(person)),
  session: ({ shop }, person) =>
    shop.session(`direct-${person % 10}`, {
      profileId: profile(person),
      identifiers: [`device of ${person}`],
      cartItems: [{ name: 'Tea', sku: 'tea', quantity: 1, price: 60 }],
      couponCodes: ['SUMMER'],
    }),
  close: ({ shop }, person) => shop.session(`direct-${person % 10}`, { profileId: profile(person), state: 'closed' }),
  event: ({ shop }, person) => shop.event(`direct-${person % 10}`, { profileId: profile(person) }),
  referral: ({ shop }, person) => shop.referral(profile(person)),
  bulk: ({ shop }, person) =>
    shop.api.updateCustomerProfilesV2(
      {
        params: {},
        query: {},
        // As many as one write cannot take: accepted rows that the sweep may have to finish.
        body: {
          customerProfiles: Array.from({ length: 90 }, (_, n) => ({
            integrationId: n === 80 ? profile(person) : `crowd-${n}`,
            attributes: {},
          })),
        },
      } as never,
      { requestId: randomUUID() },
    ),
};

const requestsOf = async ({ deps }: Stage): Promise<PrivacyRequest[]> => {
  const requests: PrivacyRequest[] = [];
  for await (const { request } of listRequests(deps)) requests.push(request);
  return requests;
};

const last = async (stage: Stage): Promise<string> => (await requestsOf(stage)).at(-1)?.id ?? 'none';

type Step = (stage: Stage) => Promise<unknown>;

const person = fc.constantFrom(...PEOPLE);
const second = fc.integer({ min: 0, max: 59 });

const step: fc.Arbitrary<{ readonly told: string; readonly run: Step }> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        person,
        order: fc.integer({ min: 0, max: 3 }),
        second,
        status: fc.constantFrom('pending', 'paid', 'cancelled'),
        currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'JPY'),
      })
      .map((order) => ({
        told: `order ${JSON.stringify(order)}`,
        run: (stage: Stage) => deliver(stage, 'orders/updated', orderBody(order.person, order)),
      })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(person, second).map(([who, at]) => ({
      told: `customer ${who} ${at}`,
      run: (stage: Stage) => deliver(stage, 'customers/update', customerBody(who, at)),
    })),
  },
  {
    weight: 5,
    arbitrary: fc
      .integer({ min: 1, max: 6 })
      .map((most) => ({ told: `consume ${most}`, run: (stage: Stage) => consume(stage, most) })),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 30 }).map((n) => ({
      told: `again ${n}`,
      run: async (stage: Stage) => {
        const message = stage.delivered[n % Math.max(1, stage.delivered.length)];
        if (message) stage.put(message);
      },
    })),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(person, fc.constantFrom(...Object.keys(CALLS))).map(([who, call]) => ({
      told: `call ${call} ${who}`,
      run: async (stage: Stage) => CALLS[call]?.(stage, who),
    })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(person, fc.integer({ min: 0, max: 5 }), fc.constantFrom(0, 0, 7))
      .map(([who, source, graceDays]) => ({
        told: `ask ${who}/${source} with ${graceDays} days`,
        run: (stage: Stage) =>
          acceptRequest(
            {
              kind: 'erasure',
              source: 'officer',
              sourceId: `${who}/${source}`,
              environment: 'live',
              regulation: 'gdpr',
              profiles: [profile(who)],
              received: stage.clock.now,
              graceDays,
            },
            stage.deps,
          ),
      })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      told: 'cancel',
      run: async (stage: Stage) => cancelRequest(await last(stage), 'no more', stage.deps),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      told: 'hold',
      run: async (stage: Stage) =>
        move(
          await last(stage),
          { kind: 'hold', reason: 'dispute', review: new Date(stage.clock.now.getTime() + DAY) },
          stage.deps,
        ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      told: 'release',
      run: async (stage: Stage) => move(await last(stage), { kind: 'release', reason: 'settled' }, stage.deps),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ told: 'run', run: (stage: Stage) => runErasures(stage.deps) }) },
  { weight: 2, arbitrary: fc.constant({ told: 'verify', run: (stage: Stage) => verifyErasures(stage.deps) }) },
  {
    weight: 1,
    arbitrary: fc.constant({
      told: 'sweep',
      run: (stage: Stage) =>
        sweepBulk(Object.values(ENGINE).filter((each) => 'accept' in each) as never, stage.shop.deps, {
          mayBegin: () => true,
          warn: () => {},
        }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 12 }).map((after) => ({
      told: `crash after ${after} writes`,
      run: async ({ store }: Stage) => {
        const at = store.trips.write + after;
        store.beforeWrite = (count) => {
          if (count >= at) {
            store.beforeWrite = () => {};
            throw new Crash();
          }
        };
      },
    })),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(1, 20, 24 * 60, 8 * 24 * 60).map((minutes) => ({
      told: `${minutes} minutes`,
      run: async ({ clock }: Stage) => {
        clock.now = new Date(clock.now.getTime() + minutes * 60_000);
      },
    })),
  },
  { weight: 1, arbitrary: fc.constant({ told: 'pause', run: (stage: Stage) => pauseShop('test', stage.base) }) },
  { weight: 1, arbitrary: fc.constant({ told: 'resume', run: (stage: Stage) => resume(stage) }) },
);

const resume = (stage: Stage): Promise<unknown> =>
  resumeShop('test', {
    ...stage.base,
    inbox: { send: async ({ body, group }: OutgoingMessage) => stage.put({ body, group }) },
    // Meanwhile the inbox goes on.
    wait: async () => {
      await consume(stage, 10);
      stage.clock.now = new Date(stage.clock.now.getTime() + 1_000);
    },
    pace: async () => {},
    progress: () => {},
  });

/** Nothing fails any more, and two months go by. */
const settle = async (stage: Stage): Promise<void> => {
  stage.store.beforeWrite = () => {};
  for (const { id, status } of await requestsOf(stage)) {
    if (status === 'held') await move(id, { kind: 'release', reason: 'settled' }, stage.deps);
  }
  for (let tries = 0; tries < 5; tries++) {
    await allowed(() => resume(stage));
    stage.clock.now = new Date(stage.clock.now.getTime() + 11_000);
    for (let round = 0; stage.queue.length > 0 && round < 20; round++) await consume(stage, 10);
  }
  for (let day = 0; day < 60; day += 1) {
    await sweepBulk(Object.values(ENGINE).filter((each) => 'accept' in each) as never, stage.shop.deps, {
      mayBegin: () => true,
      warn: () => {},
    });
    await runErasures(stage.deps);
    await verifyErasures(stage.deps);
    stage.clock.now = new Date(stage.clock.now.getTime() + DAY);
  }
};

/** Everything comes once more, and other software goes on as if it knew nothing. */
const comeLate = async (stage: Stage): Promise<void> => {
  for (const message of [...stage.delivered]) stage.put(message);
  for (let round = 0; stage.queue.length > 0 && round < 20; round++) await consume(stage, 10);
  for (const who of PEOPLE) for (const call of Object.values(CALLS)) await allowed(() => call(stage, who));
};

const leadsTo = async (stage: Stage, who: number): Promise<string[]> => {
  const items = await stage.store.items();
  return items
    .filter((item) => JSON.stringify(item).includes(String(who)))
    .map(({ key }) => `${key.partition} ${key.sort}`);
};

const isErased = (requests: readonly PrivacyRequest[], subjects: ReadonlyMap<string, number>, who: number): boolean =>
  requests.some(({ status, subject }) => status === 'verified' && subjects.get(subject) === who);

test('whatever happens in whatever order, an erased person is nowhere, and every request ends or alarms in time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const stage = stageOf();
      const { segment } = stage.deps;
      const subjects = new Map(PEOPLE.map((who) => [segment('privacy-subject', 'live', profile(who)), who]));
      for (const { run } of steps) await allowed(() => run(stage));
      await settle(stage);

      const requests = await requestsOf(stage);
      for (const request of requests) {
        expect(hasEnded(request), JSON.stringify(request)).toBe(true);
        const isDeleted = Object.keys(request.targets).length > 0;
        // Nothing was there again that had to be deleted twice: no call here outlives the time that deleting waits.
        expect(request.resurrections).toBe(0);
        // Of cancelling and deleting one wins.
        expect(isDeleted).toBe(request.status !== 'cancelled');
        const done = request.log.find(({ status }) => status === 'completed')?.at;
        const isInTime = done === undefined || done < request.legal;
        expect(isInTime || request.alarmed.includes(100)).toBe(true);
      }
      await comeLate(stage);
      for (const who of PEOPLE) {
        if (isErased(requests, subjects, who)) expect(await leadsTo(stage, who)).toEqual([]);
      }
      const receipts = await Array.fromAsync(listReceipts(stage.deps));
      for (const who of PEOPLE) expect(JSON.stringify([receipts, stage.lines, requests])).not.toContain(String(who));
      await stage.store.close();
    }),
    { numRuns: 25 },
  );
}, 120_000);
