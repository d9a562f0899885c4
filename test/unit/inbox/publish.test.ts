import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Attempt } from '../../../lib/inbox/delivery.ts';
import { enableTarget } from '../../../lib/inbox/enable-target.ts';
import { outboxChange, type Publication, readHint, sweepOutbox } from '../../../lib/inbox/outbox.ts';
import { publish } from '../../../lib/inbox/publish.ts';
import { targetKey } from '../../../lib/inbox/target.ts';
import { listOutbox, type Waiting, waitingIn } from '../../../lib/inbox/waiting.ts';
import type { Key, Store } from '../../../lib/store/store.ts';
import { brokenQueue, EFFECT, fakeQueue, memoryStore, NOW, publication, publishing, shops } from './fakes.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const put = async (store: Store, what: Publication = publication(), now = NOW): Promise<Key> => {
  const { key, change } = outboxChange(what, { accountId: 1, now, owner: 'ann' });
  await store.write([change], randomUUID());
  return key;
};

const sentTo = (queue: ReturnType<typeof fakeQueue>) => queue.sent.map(({ body }) => JSON.parse(body));

test('what waits is delivered with its event id and is gone then', async () => {
  const [store, queue] = [memoryStore(), fakeQueue()];
  const key = await put(store);
  expect(await publish(key, publishing({ store, queue }))).toEqual({ outcome: 'published', shop: 'demo' });
  expect(sentTo(queue)).toEqual([publication()]);
  expect(await publish(key, publishing({ store, queue }))).toEqual({ outcome: 'done' });
  expect(queue.sent).toHaveLength(1);
});

test('what the queue does not take stays', async () => {
  const store = memoryStore();
  const key = await put(store);
  await expect(publish(key, publishing({ store, queue: brokenQueue }))).rejects.toThrow();
  expect(await publish(key, publishing({ store }))).toMatchObject({ outcome: 'published' });
});

test('a hint leads to the outbox of this account and nowhere else', async () => {
  const [store, queue] = [memoryStore(), fakeQueue()];
  const key = { partition: '1/keys', sort: 'x' };
  await store.write([{ put: { key, data: 'secret' }, expect: 'absent' }], 'a');
  expect(await publish(key, publishing({ store, queue }))).toEqual({ outcome: 'done' });
  expect(queue.sent).toEqual([]);
  expect(await store.get([key])).toMatchObject([{ data: 'secret' }]);
});

test('where a shop’s effects go nowhere, also those go nowhere that wait still', async () => {
  const [store, queue] = [memoryStore(), fakeQueue()];
  const key = await put(store);
  const deps = publishing({ store, queue, shops: shops({ effects: 'none' }) });
  expect(await publish(key, deps)).toEqual({ outcome: 'dropped', shop: 'demo' });
  expect(await store.get([key])).toEqual([undefined]);
  expect(queue.sent).toEqual([]);
});

/** More than a queue takes, and far less than the store does. */
const LARGE = publication('large', { effects: [{ ...EFFECT, props: { value: 'x'.repeat(1_000_000) } }] });

test.each([
  ['a shop', LARGE, 'demo'],
  ['a call that somebody queued', { ...LARGE, shop: undefined }, undefined],
])(
  'what is larger than the queue takes is stopped and kept, of %s; an operator has it tried again',
  async (_, large, shop) => {
    const [store, queue] = [memoryStore(), fakeQueue()];
    const { shop: __, ...call } = large;
    const key = await put(store, shop === undefined ? call : LARGE);
    const deps = publishing({ store, queue });
    const stopped = { outcome: 'stopped', reason: 'too-large', ...(shop !== undefined && { shop }) };
    expect(await publish(key, deps)).toEqual(stopped);
    expect(await publish(key, deps)).toEqual(stopped);
    const [item] = await store.get([key]);
    if (!item) expect.fail('it is gone');
    const at = NOW.toISOString();
    expect(waitingIn(item).delivery).toEqual({
      attempts: 1,
      since: at,
      last: { at, failure: 'too-large' },
      stopped: 'too-large',
    });
    const due = { list: 'outbox', until: new Date(NOW.getTime() + 30 * DAY) };
    expect((await store.query('byDue', due)).items).toEqual([]);
    expect(queue.sent).toEqual([]);
    expect(await enableTarget(shop, { store, accountId: 1, now: () => NOW })).toBe(1);
    expect((await store.query('byDue', due)).items).toEqual([key]);
    expect(await publish(key, deps)).toEqual(stopped);
  },
);

const RECEIVER = { url: 'https://receiver.example/effects', secrets: ['effects-demo'] };

/** A shop whose effects go to a receiver that answers as it is told; nothing is told: 204. */
const receiving = (over: { store?: Store } = {}) => {
  const store = over.store ?? memoryStore();
  const queue = fakeQueue();
  const posted: Publication[] = [];
  let clock = NOW.getTime();
  let answer: (at: number, sent: Publication) => Attempt = () => ({ status: 204 });
  const deps = publishing({
    store,
    queue,
    shops: shops({ effects: { webhook: RECEIVER } }),
    now: () => new Date(clock),
    post: async (sent) => {
      posted.push(sent);
      return answer(clock, sent);
    },
  });
  /** Brings up what is due. */
  const sweep = async () => {
    const hints = fakeQueue();
    const count = await sweepOutbox({ store, hints, now: deps.now, mayBegin: () => true });
    const outcomes = [];
    for (const { body } of hints.sent) {
      const key = readHint(body);
      if (key) outcomes.push(await publish(key, deps));
    }
    return { count, outcomes };
  };
  return {
    store,
    queue,
    posted,
    deps,
    sweep,
    answers: (next: typeof answer) => {
      answer = next;
    },
    waitUntil: (ms: number) => {
      clock = NOW.getTime() + ms;
    },
    /** The sweep runs again and again, at least each hour and whenever something is due. */
    pass: async (until: number, step = HOUR) => {
      while (clock < NOW.getTime() + until) {
        clock = Math.min(clock + step, NOW.getTime() + until);
        await sweep();
      }
    },
    items: async () => {
      const items: Waiting[] = [];
      for await (const item of listOutbox(store, 1)) items.push(waitingIn(item));
      return items;
    },
    target: async () => (await store.get([targetKey(1, 'demo')]))[0]?.data,
  };
};

test('a receiver’s 2xx is delivered, and nothing is left of it', async () => {
  const { store, posted, deps, items, target } = receiving();
  const key = await put(store);
  expect(await publish(key, deps)).toEqual({ outcome: 'published', status: 204, shop: 'demo' });
  expect(posted).toEqual([publication()]);
  expect(await items()).toEqual([]);
  expect(await target()).toBeUndefined();
});

test('effects of a call that somebody queued go to the effects queue, whatever receivers there are', async () => {
  const { store, queue, posted, deps } = receiving();
  const { shop: _, ...call } = publication('call/1/r1');
  await publish(await put(store, call), deps);
  expect(sentTo(queue)).toEqual([call]);
  expect(posted).toEqual([]);
});

test('what a receiver does not take stays, says so, and belongs to whom it belonged', async () => {
  const { store, deps, items, answers, target } = receiving();
  const key = await put(store);
  answers(() => ({ status: 503 }));
  expect(await publish(key, deps)).toEqual({ outcome: 'postponed', status: 503, shop: 'demo' });
  const at = NOW.toISOString();
  const next = new Date(NOW.getTime() + 5000).toISOString();
  const delivery = { attempts: 1, since: at, last: { at, status: 503 }, next };
  expect(await items()).toEqual([{ key, publication: publication(), delivery }]);
  expect((await store.query('byOwner', { owner: 'ann' })).items).toEqual([key]);
  expect(await target()).toEqual({ since: at });
});

test('no hint makes it come sooner, and the sweep brings it up when its time has come', async () => {
  const { store, deps, posted, sweep, answers, waitUntil, items } = receiving();
  const key = await put(store);
  answers(() => ({ failure: 'slow' }));
  await publish(key, deps);
  waitUntil(4999);
  expect(await publish(key, deps)).toMatchObject({ outcome: 'postponed', reason: 'not yet' });
  expect((await sweep()).count).toBe(0);
  expect(posted).toHaveLength(1);
  waitUntil(5000);
  answers(() => ({ status: 200 }));
  expect((await sweep()).outcomes).toMatchObject([{ outcome: 'published' }]);
  expect(posted).toEqual([publication(), publication()]);
  expect(await items()).toEqual([]);
});

test('410 disables the receiver; what comes then is kept and not sent', async () => {
  const { store, deps, posted, answers, items, target, sweep, waitUntil } = receiving();
  answers(() => ({ status: 410 }));
  expect(await publish(await put(store), deps)).toMatchObject({ outcome: 'stopped', reason: 'gone', status: 410 });
  expect(await target()).toMatchObject({ disabled: { reason: 'gone', at: NOW.toISOString() } });
  answers(() => ({ status: 200 }));
  expect(await publish(await put(store, publication('p2')), deps)).toMatchObject({
    outcome: 'stopped',
    reason: 'disabled',
  });
  expect(posted).toHaveLength(1);
  expect((await items()).map(({ delivery }) => delivery?.stopped)).toEqual(['gone', 'disabled']);
  waitUntil(30 * DAY);
  expect((await sweep()).count).toBe(0);
});

test('a receiver that fails for five days is disabled, and the others wait no longer', async () => {
  const { store, deps, answers, items, target, pass } = receiving();
  answers(() => ({ status: 500 }));
  await publish(await put(store), deps);
  await pass(3 * DAY);
  await publish(await put(store, publication('p2')), deps);
  await pass(6 * DAY);
  expect(await target()).toEqual({
    since: NOW.toISOString(),
    disabled: { at: new Date(NOW.getTime() + 5 * DAY).toISOString(), reason: 'failing' },
  });
  expect((await items()).map(({ delivery }) => delivery?.stopped)).toEqual(['exhausted', 'disabled']);
});

test('one publication that is never taken stops alone, while the receiver takes others', async () => {
  const { store, deps, answers, items, target, pass } = receiving();
  answers((_, { id }) => ({ status: id === 'poison' ? 400 : 200 }));
  await publish(await put(store, publication('poison')), deps);
  for (let day = 1; day <= 6; day++) {
    await pass(day * DAY);
    expect(await publish(await put(store, publication(`p${day}`)), deps)).toMatchObject({ outcome: 'published' });
  }
  expect((await items()).map(({ key, delivery }) => [key.sort, delivery?.stopped])).toEqual([['poison', 'exhausted']]);
  expect(await target()).toBeUndefined();
});

test('another shop’s receiver is not disabled with it', async () => {
  const { store, deps, answers } = receiving();
  answers((_, { shop }) => ({ status: shop === 'demo' ? 410 : 200 }));
  await publish(await put(store), deps);
  expect(await publish(await put(store, publication('p2', { shop: 'other' })), deps)).toMatchObject({
    outcome: 'published',
  });
});

test('what never left the house is attempted again and says nothing of the receiver', async () => {
  const { store, deps, answers, items, target, pass } = receiving();
  answers(() => ({ failure: 'not-signed', ours: true }));
  expect(await publish(await put(store), deps)).toMatchObject({ outcome: 'postponed', reason: 'not-signed' });
  expect(await target()).toBeUndefined();
  await pass(6 * DAY);
  expect((await items()).map(({ delivery }) => delivery?.stopped)).toEqual(['exhausted']);
  expect(await target()).toBeUndefined();
});

test('what is too large for a receiver is stopped at once, and says nothing of the receiver', async () => {
  const { store, deps, answers, items, target } = receiving();
  answers(() => ({ failure: 'too-large', ours: true }));
  expect(await publish(await put(store), deps)).toMatchObject({ outcome: 'stopped', reason: 'too-large' });
  expect(await items()).toMatchObject([{ delivery: { attempts: 1, stopped: 'too-large' } }]);
  expect(await target()).toBeUndefined();
});

test('the effects of a shop that is not in shops.yaml any more are kept', async () => {
  const { store, deps, items } = receiving();
  const key = await put(store, publication('p1', { shop: 'gone' }));
  expect(await publish(key, deps)).toEqual({ outcome: 'postponed', reason: 'unknown-shop', shop: 'gone' });
  expect(await items()).toMatchObject([{ delivery: { attempts: 1, last: { failure: 'unknown-shop' } } }]);
});

test('an operator enables it: all that was stopped or waited is sent by the next sweep', async () => {
  const { store, deps, answers, items, posted, sweep, target } = receiving();
  answers(() => ({ status: 500 }));
  await publish(await put(store, publication('p1')), deps);
  answers(() => ({ status: 410 }));
  await publish(await put(store, publication('p2')), deps);
  await publish(await put(store, publication('p3')), deps);
  await put(store, publication('never attempted'));
  const other = await put(store, publication('p4', { shop: 'other' }));
  await publish(other, deps);
  expect(await enableTarget('demo', { store, accountId: 1, now: deps.now })).toBe(3);
  expect(await target()).toBeUndefined();
  answers(() => ({ status: 200 }));
  posted.length = 0;
  await sweep();
  expect(posted.map(({ id }) => id).sort()).toEqual(['p1', 'p2', 'p3']);
  expect((await items()).map(({ key }) => key.sort).sort()).toEqual(['never attempted', 'p4']);
  expect(await enableTarget('demo', { store, accountId: 1, now: deps.now })).toBe(0);
});

test('what is stopped while an operator enables is not left behind', async () => {
  const { store, deps, answers, sweep, posted, waitUntil } = receiving();
  answers(() => ({ status: 410 }));
  await publish(await put(store), deps);
  const key = await put(store, publication('p2'));
  // The operator comes between the publisher's look at the receiver and its note.
  const write: Store['write'] = async (changes, attempt) => {
    await enableTarget('demo', { store, accountId: 1, now: deps.now });
    return store.write(changes, attempt);
  };
  expect(await publish(key, { ...deps, store: { ...store, write } as Store })).toMatchObject({ outcome: 'postponed' });
  answers(() => ({ status: 200 }));
  posted.length = 0;
  waitUntil(60_000);
  await sweep();
  expect(posted.map(({ id }) => id).sort()).toEqual(['p1', 'p2']);
});

test('two that fail at once are both noted', async () => {
  const { store, deps, answers, items } = receiving();
  answers(() => ({ status: 500 }));
  const keys = [await put(store, publication('p1')), await put(store, publication('p2'))];
  await Promise.all(keys.map((key) => publish(key, deps)));
  expect((await items()).map(({ delivery }) => delivery?.attempts)).toEqual([1, 1]);
});

test('one that is attempted twice at once counts the failure once', async () => {
  const { store, deps, answers, items } = receiving();
  answers(() => ({ status: 500 }));
  const key = await put(store);
  await Promise.all([publish(key, deps), publish(key, deps)]);
  expect(await items()).toMatchObject([{ delivery: { attempts: 1 } }]);
});

test('what was erased while it was attempted is not written again', async () => {
  const { store, deps, answers } = receiving();
  const key = await put(store);
  const post: typeof deps.post = async () => {
    await store.write([{ remove: key }], 'erase');
    return { status: 500 };
  };
  answers(() => ({ status: 500 }));
  await publish(key, { ...deps, post });
  expect(await store.get([key])).toEqual([undefined]);
});

/** A store whose process dies after so many writes, and before or after the next. */
const dying = (store: Store, writes: number, applied: boolean): Store => {
  let left = writes;
  const write: Store['write'] = async (changes, attempt) => {
    if (left > 0 || applied) await store.write(changes, attempt);
    if (left-- <= 0) throw new Error('died');
  };
  return { ...store, write } as Store;
};

test.each([200, 500, 410])('a crash at any write after %i, then again: delivered, and removed once', async (status) => {
  for (const failedBefore of [false, true]) {
    for (const writes of [0, 1]) {
      for (const applied of [false, true]) {
        const { store, deps, answers, posted, items, sweep, waitUntil } = receiving();
        const key = await put(store);
        if (failedBefore) {
          answers(() => ({ status: 500 }));
          await publish(key, deps);
        }
        waitUntil(HOUR);
        answers(() => ({ status }));
        await publish(key, { ...deps, store: dying(store, writes, applied) }).catch((error) => {
          expect(error.message).toBe('died');
        });
        answers(() => ({ status: 200 }));
        waitUntil(2 * HOUR);
        await enableTarget('demo', { store, accountId: 1, now: deps.now });
        await sweep();
        expect(posted.length).toBeGreaterThan(0);
        expect(new Set(posted.map(({ id }) => id))).toEqual(new Set(['p1']));
        expect(await items()).toEqual([]);
        expect(await publish(key, deps)).toEqual({ outcome: 'done' });
      }
    }
  }
});

const failures = fc.constantFrom<Attempt>(
  { status: 500 },
  { status: 400 },
  { status: 302 },
  { status: 429, retryAfterMs: 6 * HOUR },
  { status: 503, retryAfterMs: 300 * HOUR },
  { failure: 'slow' },
  { failure: 'ECONNREFUSED' },
  { failure: 'not-signed', ours: true },
);

test('whatever the failures, all is delivered exactly when the receiver recovers within five days', async () => {
  const world = fc.record({
    fails: fc.array(failures, { minLength: 1, maxLength: 8 }),
    recovers: fc.oneof(fc.integer({ min: 1, max: 7 * DAY }), fc.constantFrom(5 * DAY - 1, 5 * DAY, 5 * DAY + 1)),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
    published: fc.array(fc.integer({ min: 0, max: 4 * DAY }), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ fails, recovers, random, published }) => {
      const { store, deps, answers, posted, items, pass, waitUntil } = receiving();
      let failed = 0;
      const failing = (at: number) => at < NOW.getTime() + recovers;
      answers((at) => (failing(at) ? (fails[failed++ % fails.length] as Attempt) : { status: 200 }));
      const times = [0, ...published.toSorted((a, b) => a - b)];
      for (const [index, time] of times.entries()) {
        await pass(time, 6 * HOUR);
        waitUntil(time);
        await publish(await put(store, publication(`p${index}`), deps.now()), { ...deps, random: () => random });
      }
      await pass(5 * DAY, 6 * HOUR);
      await pass(11 * DAY, 6 * HOUR);
      const left = await items();
      const isDelivered = (index: number) => !left.some(({ key }) => key.sort === `p${index}`);
      // The first was attempted last when its five days were over.
      expect(isDelivered(0)).toBe(recovers <= 5 * DAY);
      if (recovers <= 5 * DAY) expect(left).toEqual([]);
      for (const { delivery } of left) expect(delivery?.stopped).toBeDefined();
      // Nothing is lost: all that was published was delivered or is kept.
      const delivered = new Set(posted.map(({ id }) => id));
      for (const index of times.keys()) expect(isDelivered(index) ? delivered.has(`p${index}`) : true).toBe(true);
    }),
    { numRuns: 150 },
  );
});
