import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { shopify } from '../../lib/commerce/platforms/shopify/shopify.ts';
import type { Connect } from '../../lib/contract/api.ts';
import { connectEngine } from '../../lib/engine/connect.ts';
import type { EngineDeps } from '../../lib/engine/deps.ts';
import { idBlocks } from '../../lib/engine/ids.ts';
import { recordsOf } from '../../lib/engine/records.ts';
import { deliveryNotes } from '../../lib/inbox/last-delivery.ts';
import { type Publication, readHint, sweepOutbox } from '../../lib/inbox/outbox.ts';
import { listParked } from '../../lib/inbox/park.ts';
import { pauseReader } from '../../lib/inbox/pause.ts';
import { processInbox } from '../../lib/inbox/process.ts';
import { publish } from '../../lib/inbox/publish.ts';
import type { IncomingMessage, OutgoingMessage, Queue } from '../../lib/inbox/queue.ts';
import { webhookHandler } from '../../lib/lambda/webhook-handler.ts';
import { segments } from '../../lib/store/segment.ts';
import { openSqliteStore } from '../../lib/store/sqlite.ts';
import type { Store } from '../../lib/store/store.ts';
import { application, ENGINE, testEngine } from '../support/engine.ts';
import { endState, LIFE_PROMOTIONS, type LifeEvent, ORDER_LIFE } from '../support/order-life.ts';
import { shopSettings } from '../support/shop.ts';
import { opening } from '../unit/inbox/fakes.ts';

/** The process died: nothing that it still tried to do happened. */
class Crash extends Error {}

const SECRET = 'secret';
const LIFE: readonly LifeEvent[] = [ORDER_LIFE.checkout, ORDER_LIFE.create, ORDER_LIFE.paid, ORDER_LIFE.cancelled];

/**
 * The world outside our processes: what is stored, queued and delivered stays when a process dies. The process dies once,
 * right after its write number `crashAfter` took effect; every later write of the same process fails without effect.
 */
class World {
  readonly disk = openSqliteStore(':memory:');
  readonly inbox: IncomingMessage[] = [];
  readonly hints: string[] = [];
  readonly effects: Publication[] = [];
  clock = new Date('2026-06-01T12:00:00Z');
  writes = 0;
  #crashAfter: number;
  #dead = false;

  constructor(crashAfter = Number.POSITIVE_INFINITY) {
    this.#crashAfter = crashAfter;
  }

  async write<T>(act: () => Promise<T>): Promise<T> {
    if (this.#dead) throw new Crash('dead');
    const result = await act();
    this.writes += 1;
    if (this.writes === this.#crashAfter) {
      this.#dead = true;
      throw new Crash('died right after a write');
    }
    return result;
  }

  get store(): Store {
    const { disk } = this;
    return {
      get: (keys) => disk.get(keys),
      query: ((index: 'items', query: never) => disk.query(index, query)) as Store['query'],
      write: (changes, attempt) => this.write(() => disk.write(changes, attempt)),
      purge: () => disk.purge(),
      close: () => disk.close(),
    };
  }

  queue(take: (message: OutgoingMessage) => void): Queue {
    return { send: (message) => this.write(async () => take(message)) };
  }

  /** A new process takes over. */
  restart(): void {
    this.#dead = false;
    this.#crashAfter = Number.POSITIVE_INFINITY;
  }

  get died(): boolean {
    return this.#dead;
  }
}

/** Our processes, freshly started on a world. */
const start = async (world: World) => {
  const shop = shopSettings();
  const segment = segments('test');
  const now = () => world.clock;
  const engine: EngineDeps = {
    ...testEngine(LIFE_PROMOTIONS).deps,
    store: world.store,
    ids: idBlocks(world.store, 1),
    now,
  };
  const connect: Connect = connectEngine(ENGINE, engine);
  const records = recordsOf(application(), 1, segment);
  const shops = new Map([['test', shop]]);
  let sent = 0;
  const inbox = world.queue(({ body, group }) => {
    sent += 1;
    world.inbox.push({ id: `${world.writes}-${sent}`, body, group, sentAt: world.clock });
  });
  const hints = world.queue(({ body }) => world.hints.push(body));
  const queue = world.queue(({ body }) => world.effects.push(JSON.parse(body) as Publication));
  const webhook = webhookHandler(shopify, async () => ({
    shops,
    secrets: { get: async () => [SECRET] },
    inbox,
    segment,
    maxBodyBytes: 5_000_000,
    now,
    fetch,
    log: { info: () => {}, error: () => {} },
  }));
  const post = async () => Promise.reject(new Error('no shop has a receiver'));
  const publishing = { store: world.store, accountId: 1, shops, queue, post, now, random: () => 0 };
  return {
    receive: async ({ topic, body }: LifeEvent): Promise<number> => {
      const answer = await webhook({
        version: '2.0',
        rawPath: '/webhooks/shopify/test',
        pathParameters: { shop: 'test' },
        requestContext: { http: { method: 'POST', path: '/webhooks/shopify/test' } },
        headers: {
          'content-type': 'application/json',
          'x-shopify-topic': topic,
          'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('base64'),
        },
        body,
        isBase64Encoded: false,
      });
      // A process that died sent no answer, whatever it was about to say.
      return world.died ? 0 : answer.statusCode;
    },
    consume: async (): Promise<void> => {
      const failed = new Set(
        await processInbox(world.inbox, {
          store: world.store,
          accountId: 1,
          segment,
          connect,
          isHosted: () => false,
          shops,
          pauses: pauseReader({ store: world.store, accountId: 1, now }),
          noteDelivery: deliveryNotes({ store: world.store, accountId: 1, now }),
          hints,
          privacy: opening(world.store, now),
          ownerOf: async (_application, profileId) => records.ownerOf(profileId),
          environmentOf: async () => 'live',
          now,
          mayBegin: () => true,
          warn: () => {},
          delay: async () => {},
          random: () => 1,
          deadline: undefined,
          platforms: new Map(),
          apiSecret: async () => 'secret',
          fetch,
          log: () => {},
        }),
      );
      // A queue forgets only what a living consumer reports as done.
      if (!world.died) world.inbox.splice(0, world.inbox.length, ...world.inbox.filter(({ id }) => failed.has(id)));
    },
    publish: async (): Promise<void> => {
      for (const hint of [...world.hints]) {
        const key = readHint(hint);
        if (key) await publish(key, publishing);
        world.hints.shift();
      }
    },
    sweep: async (): Promise<number> => sweepOutbox({ store: world.store, hints, now, mayBegin: () => true }),
    records,
  };
};

/** The order's life through webhook, inbox and outbox; whoever notices a death starts again and repeats. */
const live = async (world: World) => {
  let process = await start(world);
  const insisting = async (act: () => Promise<unknown>): Promise<void> => {
    await act().catch((error) => {
      if (!(error instanceof Crash)) throw error;
    });
    if (!world.died) return;
    world.restart();
    process = await start(world);
    await act();
  };
  for (const event of LIFE) {
    await insisting(async () => {
      const status = await process.receive(event);
      if (!world.died) expect(status).toBe(200);
    });
    await insisting(() => process.consume());
    await insisting(() => process.publish());
  }
  // What a lost hint left behind is found a minute later.
  world.clock = new Date(world.clock.getTime() + 120_000);
  await insisting(() => process.sweep());
  await insisting(() => process.publish());
  return process;
};

const endOf = async (world: World) => {
  const { records } = await live(world);
  const ids = [...new Set(world.effects.map(({ id }) => id))].sort();
  const parked = [];
  for await (const entry of listParked({ store: world.disk, accountId: 1 })) parked.push(entry);
  const state = await endState({ store: world.disk, records } as Parameters<typeof endState>[0]);
  const published = ids.map((id) =>
    world.effects.find((effect) => effect.id === id)?.effects.map(({ effectType }) => effectType),
  );
  return { state, published, parked, queued: world.inbox.length };
};

describe('a crash anywhere between the webhook and the closed session', async () => {
  const calm = new World();
  const expected = await endOf(calm);
  const writes = calm.writes;

  test('is looked for after every write of the way', () => {
    expect(writes).toBeGreaterThanOrEqual(4 * LIFE.length);
    expect(expected).toMatchObject({ state: { session: { state: 'cancelled' }, used: 0 }, parked: [], queued: 0 });
    expect(expected.published).toHaveLength(LIFE.length);
  });

  for (let crashAfter = 1; crashAfter <= writes; crashAfter += 1) {
    test(`after write ${crashAfter} of ${writes} loses nothing and applies nothing twice`, async () => {
      expect(await endOf(new World(crashAfter))).toEqual(expected);
    });
  }
});
