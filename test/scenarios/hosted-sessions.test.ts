import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Caller } from '../../lib/client/call.ts';
import type { IncomingMessage } from '../../lib/inbox/queue.ts';
import type { Remotes } from '../../lib/lambda/remotes.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { hostedAccount } from '../support/hosted.ts';
import {
  CUSTOMER_CREATED,
  endState,
  LIFE_PROMOTIONS,
  type LifeEvent,
  ORDER_LIFE,
  play,
} from '../support/order-life.ts';
import { testShop } from '../support/shop.ts';

const { checkout, create, paid, cancelled } = ORDER_LIFE;

/** What a function does begins when the scheduler says, and so does what follows. */
const stepped =
  <A extends unknown[], R>(scheduler: fc.Scheduler, run: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    await scheduler.schedule(Promise.resolve());
    const result = await run(...args);
    await scheduler.schedule(Promise.resolve());
    return result;
  };

const steppedStore = (store: Store, scheduler: fc.Scheduler): Store => ({
  ...store,
  get: stepped(scheduler, store.get),
  write: stepped(scheduler, store.write),
});

const steppedRemotes =
  (remotes: Remotes, scheduler: fc.Scheduler): Remotes =>
  (id) => {
    const remote = remotes(id);
    const caller = async () => stepped(scheduler, (await remote?.caller()) as Caller) as Caller;
    return remote && { ...remote, caller };
  };

/** Deliveries of one session that came in different groups, to a hosted account, until each is done with. */
const sideBySide = async (events: readonly LifeEvent[], scheduler: fc.Scheduler) => {
  const account = await hostedAccount(LIFE_PROMOTIONS);
  const { now } = account.engine.deps;
  const store = steppedStore(openSqliteStore(':memory:', { now }), scheduler);
  const shop = testShop(LIFE_PROMOTIONS, store, steppedRemotes(account.remotes(), scheduler));
  let messages: IncomingMessage[] = [];
  for (const { topic, body } of events) messages.push(...(await shop.messagesOf(topic, body)));
  messages = messages.map((message) => ({ ...message, group: message.id }));
  for (let tries = 0; messages.length > 0; tries++) {
    if (tries > 20) throw shop.lines.at(-1)?.error ?? new Error('a delivery does not end');
    const failed = await scheduler.waitFor(shop.process(messages));
    messages = messages.filter(({ id }) => failed.includes(id));
  }
  const { store: theirs, records } = account.engine;
  const reported = account.server.received.filter(({ url }) => url?.startsWith('/v1/events')).length;
  return { state: await endState({ ...shop, store: theirs, records }), lines: shop.lines, reported };
};

test.each([
  ['a checkout and its order', [checkout, create]],
  ['a checkout, its order and its payment', [checkout, create, paid]],
])('%s in different groups: the hosted session ends as the newest says, however they interleave', async (_, events) => {
  const expected = await endState(await play(events));
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { state, lines } = await sideBySide(events, scheduler);
      expect(state).toEqual(expected);
      expect(lines.filter(({ outcome }) => outcome === 'parked')).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test('an order that is cancelled while it is closed: the hosted session is cancelled, or there never was one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { state } = await sideBySide([paid, cancelled], scheduler);
      expect([undefined, 'cancelled']).toContain(state.session?.state);
      expect(state.used).toBe(0);
    }),
    { numRuns: 25 },
  );
});

/** Another record was merged into that customer's. */
const MERGED: LifeEvent = {
  topic: 'customers/merge',
  body: JSON.stringify({
    admin_graphql_api_customer_kept_id: `gid://shopify/Customer/7001`,
    admin_graphql_api_customer_deleted_id: 'gid://shopify/Customer/1',
    status: 'completed',
  }),
};

test('a customer who is merged and changed at the same time: that is reported once, however it interleaves', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { reported, lines } = await sideBySide([CUSTOMER_CREATED, MERGED], scheduler);
      expect(reported).toBe(1);
      expect(lines.filter(({ outcome }) => outcome === 'parked')).toEqual([]);
    }),
    { numRuns: 25 },
  );
});
