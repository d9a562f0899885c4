import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConflictError } from '../../../lib/contract/errors.ts';
import { trackEvent as unsafeRow } from '../../../lib/contract/operations/events.ts';
import { updateCustomerSessionV2 as safeRow } from '../../../lib/contract/operations/sessions.ts';
import type { Attempt } from '../../../lib/inbox/delivery.ts';
import { enableTarget } from '../../../lib/inbox/enable-target.ts';
import { withLedger } from '../../../lib/inbox/ledger.ts';
import { outboxChange, readHint, sweepOutbox } from '../../../lib/inbox/outbox.ts';
import { ParkError } from '../../../lib/inbox/park.ts';
import { listPauses, pauseNow, pauseShop } from '../../../lib/inbox/pause.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { publish } from '../../../lib/inbox/publish.ts';
import { findStories } from '../../../lib/inbox/story.ts';
import { targetKey } from '../../../lib/inbox/target.ts';
import { listOutbox, waitingIn } from '../../../lib/inbox/waiting.ts';
import { openDynamoDbStore } from '../../../lib/store/dynamodb.ts';
import type { Key, Store } from '../../../lib/store/store.ts';
import { canRunDynamoDbLocal, type DynamoDbLocal, startDynamoDbLocal } from '../../support/dynamodb-local.ts';
import {
  cartEvent,
  EFFECT,
  eventMessage,
  everythingParked,
  fakeQueue,
  inbox,
  memoryStore,
  NOW,
  orderEvent,
  publication,
  publishing,
  segment,
  shops,
} from './fakes.ts';
import { held, paused, resume } from './pausable.ts';

/** Makes an empty store, to be opened on a clock. */
type Make = () => Promise<(now: () => Date) => Store>;

/** Asks an index, which may lag behind, until it says what is expected or has had time enough. */
const eventually = async <T>(ask: () => Promise<T>, expected: T): Promise<void> => {
  for (let asked = 0; asked < 50; asked += 1) {
    if (JSON.stringify(await ask()) === JSON.stringify(expected)) return;
  }
  expect(await ask()).toEqual(expected);
};

/** What the inbox keeps beside the engine's own records, and demands of whatever store it is in. */
const inboxSuite = (name: string, make: Make) =>
  describe(name, () => {
    describe('a paused shop', () => {
      test('holds messages in their order, however long, and resumed they are applied once, in that order', async () => {
        const at = await paused({}, await make());
        // Longer than one item holds.
        const facts = { channel: 'x'.repeat(120_000) };
        const events = ['s1', 's2', 's3'].map((session) => cartEvent({ session, facts }));
        for (const event of events) at.deliver(event);
        // The second consumer has the last two first: the queue's numbers make the order, not who came first.
        const first = at.queue.shift();
        await at.consume(2, 1);
        if (first) at.queue.push(first);
        await at.consume();
        expect(await held(at.store)).toEqual(events.map(({ id }) => id));
        const owned = async () => {
          const { items } = await at.store.query('byOwner', { owner: 'owner of shopify:7' });
          return items.filter(({ partition }) => partition.startsWith('1/held/')).length;
        };
        // Two parts each.
        await eventually(owned, 6);
        expect(await resume('demo', at)).toEqual({ outcome: 'resumed', sent: 3 });
        const sessions = at.calls.map(({ request }) => (request as { params: { customerSessionId: string } }).params);
        expect(sessions.map(({ customerSessionId }) => customerSessionId)).toEqual(['s1', 's2', 's3']);
        expect([await listPauses(at.deps), await held(at.store)]).toEqual([[], []]);
        await eventually(async () => (await at.store.query('items', { partition: '1/held/demo' })).items, []);
      });

      test('is found held by whoever gets the message again, and holds nothing that nobody would find', async () => {
        const at = await paused({}, await make());
        const event = orderEvent();
        const message = eventMessage(event, { sequence: '1' });
        const other = eventMessage(orderEvent(), { sequence: '2' });
        const consumer = inbox({ store: at.store, now: at.now, pauses: at.pauses });
        expect(await processInbox([message], consumer.deps)).toEqual([]);
        expect(await processInbox([message], consumer.deps)).toEqual([]);
        expect(await held(at.store)).toEqual([event.id]);
        // It ends while a consumer still believes in it: the write demands the pause that was read.
        const pause = await pauseNow('demo', at.deps);
        expect(await resume('demo', at, () => at.consume())).toMatchObject({ outcome: 'resumed' });
        const behind = { of: async () => pause, now: async () => pauseNow('demo', at.deps) };
        const late = inbox({ store: at.store, now: at.now, pauses: behind });
        expect(await processInbox([other], late.deps)).toEqual([]);
        expect(late.lines.map(({ outcome }) => outcome)).toEqual(['applied']);
        expect(await held(at.store)).toEqual([]);
      });

      test('may be paused again while it is resumed: what is on its way stays stored', async () => {
        const at = await paused({}, await make());
        at.deliver(cartEvent());
        await at.consume();
        const again = await resume('demo', at, async () => {
          await pauseShop('demo', at.deps);
          await at.consume();
        });
        expect([again.outcome, at.calls.length, (await held(at.store)).length]).toEqual(['paused', 0, 1]);
        expect(await resume('demo', at)).toMatchObject({ outcome: 'resumed', sent: 1 });
        expect(at.calls).toHaveLength(1);
      });
    });

    test('a trace is found by session, by order and by delivery, with what waits and what is parked', async () => {
      const store = (await make())(() => NOW);
      const { deps, warnings } = inbox({ store, api: { effects: [EFFECT] } });
      const [cart, order] = [cartEvent(), orderEvent({}, { updatedAt: '2026-03-01T11:30:00Z' })];
      const refused = orderEvent({ currency: 'USD' }, { updatedAt: '2026-03-01T11:40:00Z' });
      const messages = [cart, order, refused].map((event) => eventMessage(event));
      // Again and again: what is noted once is not noted again.
      for (const message of [...messages, ...messages, ...messages]) await processInbox([message], deps);
      const told = async (asked: string) => {
        const { stories } = await findStories(asked, { store, accountId: 1, segment });
        return stories.map(({ entries }) => entries.map((each) => `${each.type} ${each.outcome}`).toSorted());
      };
      const story = [['cart applied', 'cart duplicate', 'order applied', 'order duplicate', 'order parked']];
      for (const asked of ['shopify:checkout:1', 'demo:order/100', cart.id, order.id, refused.id]) {
        expect(await told(asked), asked).toEqual(story);
      }
      const [{ entries = [] } = {}] = (await findStories(order.id, { store, accountId: 1, segment })).stories;
      const entry = (id: string) => entries.find(({ delivery, outcome }) => delivery === id && outcome !== 'duplicate');
      expect(entry(order.id)).toMatchObject({ publishing: 'waiting', state: 'closed', isParked: false });
      expect(entry(refused.id)).toMatchObject({ isParked: true });
      expect(await everythingParked(store)).toHaveLength(1);
      expect(warnings).toEqual([]);
    });

    describe('the outbox', () => {
      const RECEIVER = { url: 'https://receiver.example/effects', secrets: ['effects-demo'] };

      /** A shop whose receiver answers as it is told, and three publications that wait for it. */
      const receiving = async () => {
        let time = NOW.getTime();
        const now = () => new Date(time);
        const store = (await make())(now);
        const answers: Attempt[] = [];
        const effects = { webhook: RECEIVER };
        const post = async () => answers.shift() ?? { status: 204 };
        const deps = publishing({ store, now, post, shops: shops({ effects }) });
        const keys: Key[] = [];
        for (const id of ['p1', 'p2', 'p3']) {
          const { key, change } = outboxChange(publication(id), { accountId: 1, now: NOW, owner: 'ann' });
          await store.write([change], randomUUID());
          keys.push(key);
        }
        const due = async () => {
          const hints = fakeQueue();
          await sweepOutbox({ store, hints, now, mayBegin: () => true });
          return hints.sent.map(({ body }) => readHint(body)?.sort ?? '').toSorted();
        };
        return {
          store,
          deps,
          answers,
          keys: keys as [Key, Key, Key],
          due,
          pass: (ms: number) => {
            time += ms;
          },
          target: async () => (await store.get([targetKey(1, 'demo')]))[0]?.data,
          waiting: async () => {
            const found: string[] = [];
            for await (const item of listOutbox(store, 1)) {
              const { publication: about, delivery } = waitingIn(item);
              found.push(`${about.id} ${delivery?.stopped ?? delivery?.attempts ?? ''}`.trim());
            }
            return found.toSorted();
          },
        };
      };

      test('is swept of what was not brought up in time, and of what failed when its next time has come', async () => {
        const { deps, keys, answers, due, pass, waiting, store } = await receiving();
        expect(await due()).toEqual([]);
        pass(60_000);
        await eventually(due, ['p1', 'p2', 'p3']);
        answers.push({ status: 204 }, { status: 503 });
        expect(await publish(keys[0], deps)).toMatchObject({ outcome: 'published' });
        expect(await publish(keys[1], deps)).toMatchObject({ outcome: 'postponed', status: 503 });
        expect(await waiting()).toEqual(['p2 1', 'p3']);
        await eventually(due, ['p3']);
        await eventually(async () => (await store.query('byOwner', { owner: 'ann' })).items.length, 2);
        pass(5_000);
        await eventually(due, ['p2', 'p3']);
      });

      test('notes a target that fails, forgets that when it works, disables it when it is gone, and enables it', async () => {
        const { deps, keys, answers, due, target, pass, waiting } = await receiving();
        answers.push({ status: 503 }, { status: 204 }, { status: 410 });
        await publish(keys[0], deps);
        expect(await target()).toEqual({ since: NOW.toISOString() });
        await publish(keys[1], deps);
        expect(await target()).toBeUndefined();
        await publish(keys[2], deps);
        expect(await target()).toMatchObject({ disabled: { reason: 'gone' } });
        pass(60_000);
        // Nothing is sent, whatever is brought up.
        expect(await publish(keys[0], deps)).toMatchObject({ outcome: 'stopped', reason: 'disabled' });
        expect(await waiting()).toEqual(['p1 disabled', 'p3 gone']);
        await eventually(due, []);
        expect(await enableTarget('demo', { ...deps, accountId: 1 })).toBe(2);
        await eventually(due, ['p1', 'p3']);
        for (const key of keys) await publish(key, deps);
        expect([await waiting(), await target()]).toEqual([[], undefined]);
      });

      test('of two that publish at once and fail, both know the target and each attempt counts once', async () => {
        const { deps, keys, answers, target, waiting } = await receiving();
        answers.push({ status: 503 }, { status: 503 }, { status: 503 });
        await Promise.all(keys.map((key) => publish(key, deps)));
        expect(await waiting()).toEqual(['p1 1', 'p2 1', 'p3 1']);
        expect(await target()).toEqual({ since: NOW.toISOString() });
      });
    });

    describe('the ledger of a hosted account', () => {
      const ledger = async () => {
        let time = NOW.getTime();
        const now = () => new Date(time);
        const store = (await make())(now);
        const sent: string[] = [];
        const done: Key = { partition: 'ours', sort: 'done' };
        const guard = () => [{ put: { key: done, data: {} }, expect: 'absent' as const }];
        return {
          store,
          sent,
          pass: (ms: number) => {
            time += ms;
          },
          isDone: async () => (await store.get([done]))[0] !== undefined,
          call: (answer: () => unknown = () => ({ effects: [] }), row: typeof safeRow | typeof unsafeRow = safeRow) =>
            withLedger(
              row,
              async () => {
                sent.push(row.id);
                return answer();
              },
              { applicationId: 1, requestId: 'r1', dry: false, guard, about: [] },
              { store, accountId: 1, segment, now },
            ),
        };
      };
      const dying = () => {
        throw new Error('dead');
      };

      test('notes a call, and writes what rides along in the note’s place', async () => {
        const { call, isDone, sent, store } = await ledger();
        await call();
        expect([await isDone(), sent]).toEqual([true, [safeRow.id]]);
        const partition = `1/sent/${segment('1', safeRow.id, 'r1')}`;
        expect((await store.query('items', { partition })).items).toEqual([]);
      });

      test('after a crash a call is repeated where that is safe, once nobody can be making it', async () => {
        const { call, isDone, sent, pass } = await ledger();
        await expect(call(dying)).rejects.toThrow('dead');
        await expect(call()).rejects.toThrow(ConflictError);
        expect(sent).toHaveLength(1);
        pass(61_000);
        await call();
        expect([await isDone(), sent.length]).toEqual([true, 2]);
      });

      test('after a crash nobody knows what became of any other call, until the note has expired', async () => {
        const { call, isDone, sent, pass } = await ledger();
        await expect(call(dying, unsafeRow)).rejects.toThrow('dead');
        pass(61_000);
        await expect(call(undefined, unsafeRow)).rejects.toThrow(ParkError);
        expect([await isDone(), sent.length]).toEqual([false, 1]);
        pass(15 * 86_400_000);
        await call(undefined, unsafeRow);
        expect([await isDone(), sent.length]).toEqual([true, 2]);
      });

      test('of two that begin the same call at once one sends it', async () => {
        const { call, sent } = await ledger();
        const ends = await Promise.allSettled([call(), call()]);
        expect(sent).toHaveLength(1);
        expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      });
    });
  });

inboxSuite('on SQLite', async () => memoryStore);

describe.skipIf(!canRunDynamoDbLocal())('with a server', () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await startDynamoDbLocal();
  }, 90_000);
  afterAll(() => local.stop());

  inboxSuite('on DynamoDB Local', async () => {
    const table = `items-${randomUUID()}`;
    await local.createTable(table);
    return (now) => openDynamoDbStore({ table, client: local.client, now });
  });
});
