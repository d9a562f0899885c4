import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent } from '../../lib/commerce/event.ts';
import type { Platform } from '../../lib/commerce/platform.ts';
import { enqueueEvent } from '../../lib/inbox/enqueue.ts';
import type { IncomingMessage } from '../../lib/inbox/queue.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { CUSTOMER_CREATED, endState, LIFE_PROMOTIONS, ORDER_LIFE, play } from '../support/order-life.ts';
import { eventsOf, shopSettings, testShop } from '../support/shop.ts';

// A thin event names an order; which session that is comes out when it is read. So it is applied in the order's group
// while the same order's pictures are applied in the session's: nothing keeps the two in order but what they write.

const NAMES = ['create', 'paid', 'updated', 'cancelled'] as const;
type Name = (typeof NAMES)[number];

const READABLE = shopSettings({
  api: { url: 'https://shop.example', secret: 'API' },
  attributes: { profile: ['country'] },
});

const pictureOf = (name: Name): CommerceEvent => {
  const [event] = eventsOf(ORDER_LIFE[name].topic, ORDER_LIFE[name].body, READABLE);
  if (!event) throw new Error(`${name} says nothing`);
  return event;
};

/** What the shop tells: as a whole picture, or by name, and then what it answers when it is asked. */
type Told = { readonly whole: Name } | { readonly named: Name; readonly answered: Name };

const thin = (name: Name): CommerceEvent => {
  const { id, shop, version } = pictureOf(name);
  return { id: id.replace(/^./, 'f'), shop, version, type: 'thin', resource: 'order/5001' };
};

const eventOf = (told: Told): CommerceEvent => ('whole' in told ? pictureOf(told.whole) : thin(told.named));

/** What the shop says last stands in what it is asked later, too. */
const life: fc.Arbitrary<Told[]> = fc
  .tuple(
    ...NAMES.map((name, index) => fc.tuple(fc.boolean(), fc.constantFrom(...NAMES.slice(index)), fc.constant(name))),
  )
  .map((tellings) => tellings.map(([whole, answered, name]) => (whole ? { whole: name } : { named: name, answered })));

const seen = (told: readonly Told[]): Name[] => {
  const names = new Set(told.map((each) => ('whole' in each ? each.whole : each.answered)));
  return NAMES.filter((name) => names.has(name));
};

const ends = new Map<string, ReturnType<typeof endOf>>();

/** There are few ways to see an order's life, and many to tell of it. */
const inOrder = (names: readonly Name[]) => {
  const end = ends.get(names.join()) ?? endOf(names);
  ends.set(names.join(), end);
  return end;
};

const endOf = async (names: readonly Name[]) =>
  endState(await play([CUSTOMER_CREATED, ORDER_LIFE.checkout, ...names.map((name) => ORDER_LIFE[name])]));

/** Reads and writes of both groups fall in any order once `mixed` says so. */
const mixable = (scheduler: fc.Scheduler) => {
  const disk = openSqliteStore(':memory:', { now: () => new Date('2026-06-01T12:00:00Z') });
  let mixed = false;
  const turn = async () => {
    if (mixed) await scheduler.schedule(Promise.resolve());
  };
  const store: Store = {
    get: (keys) => turn().then(() => disk.get(keys)),
    query: ((index: 'items', query: never) => turn().then(() => disk.query(index, query))) as Store['query'],
    write: (changes, attempt) => turn().then(() => disk.write(changes, attempt)),
    purge: () => disk.purge(),
    close: () => disk.close(),
  };
  const mix = (now: boolean): void => {
    mixed = now;
  };
  return { store, mix, turn };
};

const live = async (told: readonly Told[], scheduler: fc.Scheduler) => {
  const { store, mix, turn } = mixable(scheduler);
  const answers = new Map(
    told.flatMap((each) => ('named' in each ? [[thin(each.named).id, each.answered] as const] : [])),
  );
  const complete: Platform['complete'] = async ({ id }) => {
    await turn();
    return [{ ...pictureOf(answers.get(id) ?? 'create'), id }];
  };
  const platforms = new Map([['shopify', async () => ({ complete })]]);
  const shop = testShop(LIFE_PROMOTIONS, store, undefined, { platforms, shops: new Map([['test', READABLE]]) });
  for (const { topic, body } of [CUSTOMER_CREATED, ORDER_LIFE.checkout])
    await shop.process(await shop.messagesOf(topic, body));

  const groups = new Map<string, IncomingMessage[]>();
  for (const [index, each] of told.entries()) {
    await enqueueEvent(eventOf(each), READABLE, {
      segment: shop.deps.segment,
      now: shop.deps.now,
      inbox: {
        send: async ({ body, group = '' }) => {
          const message = { id: `m${index}`, group, body, sentAt: shop.deps.now() };
          groups.set(group, [...(groups.get(group) ?? []), message]);
        },
      },
    });
  }
  mix(true);
  const consumers = [...groups.values()].map(async (messages) => {
    for (const message of messages) {
      // Whoever was overtaken too often is delivered again.
      for (let tries = 0; (await shop.process([message])).length > 0; tries++) expect(tries).toBeLessThan(10);
    }
  });
  await scheduler.waitFor(Promise.all(consumers));
  mix(false);
  return { groups: groups.size, end: await endState(shop), lines: shop.lines };
};

describe('an order that is told partly by name', () => {
  test('ends as if all of it had come whole and in order, however its two groups fall together', async () => {
    let together = 0;
    await fc.assert(
      fc.asyncProperty(life, fc.scheduler(), async (told, scheduler) => {
        const { groups, end, lines } = await live(told, scheduler);
        if (groups === 2) together += 1;
        expect(lines.filter(({ outcome }) => outcome === 'parked')).toEqual([]);
        expect(end).toEqual(await inOrder(seen(told)));
      }),
      { numRuns: 60 },
    );
    expect(together).toBeGreaterThan(30);
  });
});
