import { describe, expect, test } from 'vitest';
import type { Publication } from '../../lib/inbox/outbox.ts';
import { listParked } from '../../lib/inbox/park.ts';
import { publish } from '../../lib/inbox/publish.ts';
import type { IncomingMessage } from '../../lib/inbox/queue.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { hostedAccount } from '../support/hosted.ts';
import { endState, LIFE_PROMOTIONS, type LifeEvent, ORDER_LIFE } from '../support/order-life.ts';
import { shopSettings, testShop } from '../support/shop.ts';
import { publishing } from '../unit/inbox/fakes.ts';

const LIFE: readonly LifeEvent[] = [
  ORDER_LIFE.checkout,
  ORDER_LIFE.create,
  ORDER_LIFE.paid,
  ORDER_LIFE.updated,
  ORDER_LIFE.cancelled,
];

/** A store whose process dies right after so many writes: what it still tries to write is lost. */
const mortal = (store: Store) => {
  let left = Number.POSITIVE_INFINITY;
  let writes = 0;
  return {
    writes: () => writes,
    dieAfter: (count: number) => {
      left = count;
    },
    store: {
      ...store,
      write: async (changes, attempt) => {
        if (left <= 0) throw new Error('dead');
        await store.write(changes, attempt);
        left -= 1;
        writes += 1;
        if (left <= 0) throw new Error('died right after a write');
      },
    } as Store,
  };
};

type Shop = ReturnType<typeof testShop>;

const published = async ({ deps }: Shop): Promise<Publication[]> => {
  const told: Publication[] = [];
  const queue = { send: async ({ body }: { body: string }) => void told.push(JSON.parse(body)) };
  const shops = new Map([['test', shopSettings()]]);
  const { items } = await deps.store.query('items', { partition: '1/outbox' });
  for (const { key } of items) {
    await publish(key, publishing({ store: deps.store, shops, queue }));
  }
  return told;
};

/** The order's life against a hosted account, or against the engine without one; each delivery until it is done with. */
const live = async (
  account?: Awaited<ReturnType<typeof hostedAccount>>,
  deaths: readonly number[] = [],
  retries = 0,
) => {
  const world = mortal(openSqliteStore(':memory:'));
  const shop = testShop(LIFE_PROMOTIONS, world.store, account?.remotes({ retry: { retries } }));
  for (const count of deaths) world.dieAfter(count);
  for (const { topic, body } of LIFE) {
    let messages: IncomingMessage[] = await shop.messagesOf(topic, body);
    for (let tries = 0; messages.length > 0; tries++) {
      if (tries > 5) throw shop.lines.at(-1)?.error ?? new Error('a delivery does not end');
      const failed = await shop.process(messages);
      messages = messages.filter(({ id }) => failed.includes(id));
      // A new process takes over when the queue delivers again.
      if (messages.length > 0) {
        world.dieAfter(Number.POSITIVE_INFINITY);
        shop.clock.now = new Date(shop.clock.now.getTime() + 180_000);
      }
    }
  }
  const writes = world.writes();
  world.dieAfter(Number.POSITIVE_INFINITY);
  const parked = [];
  for await (const { reason } of listParked({ store: shop.deps.store, accountId: 1 })) parked.push(reason);
  const answering = account ? account.engine : shop;
  const state = await endState({ ...shop, store: answering.store, records: answering.records });
  const told = (await published(shop)).map(({ id, event, effects }) => ({ id, event, effects }));
  const notes = (await shop.store.dump()).split('/sent/').length - 1;
  return { state, parked, notes, told, writes };
};

const calm = async () => live(await hostedAccount(LIFE_PROMOTIONS));

test('an order ends at a hosted account as it ends at the engine, and the same is published', async () => {
  const { writes: _ours, ...hosted } = await calm();
  const { writes: _theirs, ...embedded } = await live();
  expect(hosted).toEqual(embedded);
  expect(hosted).toMatchObject({ state: { session: { state: 'cancelled' }, used: 0 }, parked: [], notes: 0 });
});

describe('whatever crashes or gets lost on the way', () => {
  // Five of them note the last delivery, each by a process of its own.
  const WRITES = 14;
  const CALLS = 4;

  test('the way has that many writes and calls', async () => {
    const account = await hostedAccount(LIFE_PROMOTIONS);
    expect((await live(account)).writes).toBe(WRITES);
    expect(account.server.received).toHaveLength(CALLS);
  });

  test.each(Array.from({ length: WRITES }, (_, index) => index + 1))(
    'a crash after write %i: the order ends the same, and the same is published',
    async (count) => {
      const { writes: _, ...expected } = await calm();
      const { writes: __, ...end } = await live(await hostedAccount(LIFE_PROMOTIONS), [count]);
      expect(end).toEqual(expected);
    },
  );

  test.each(Array.from({ length: CALLS }, (_, index) => index))(
    'call %i applied and its answer lost: the same, whether the client or the queue repeats it',
    async (index) => {
      const { writes: _, ...expected } = await calm();
      for (const retries of [0, 2]) {
        const account = await hostedAccount(LIFE_PROMOTIONS);
        account.fates.push(...Array.from({ length: index }, () => 'answered' as const), 'lost');
        const { writes: __, ...end } = await live(account, [], retries);
        expect(end).toEqual(expected);
        expect(account.server.received).toHaveLength(CALLS + 1);
      }
    },
  );
});
