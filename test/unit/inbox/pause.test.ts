import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listHeld } from '../../../lib/inbox/hold.ts';
import { listPauses, pauseNow, pauseShop } from '../../../lib/inbox/pause.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import type { IncomingMessage } from '../../../lib/inbox/queue.ts';
import { resumeShop } from '../../../lib/inbox/resume.ts';
import type { Store } from '../../../lib/store/store.ts';
import { cartEvent, eventMessage, everythingParked, inbox, orderEvent, received, timesCalled } from './fakes.ts';
import { held, paused, resume, world } from './pausable.ts';

test('messages of a paused shop are taken from the queue and wait in order; other shops go on', async () => {
  const at = await paused();
  const [first, second] = [cartEvent(), orderEvent()];
  at.deliver(first);
  at.deliver(second);
  at.deliver(orderEvent({}, { shop: 'other' }), 'two');
  await at.consume();
  expect(at.queue).toEqual([]);
  expect(await held(at.store)).toEqual([first.id, second.id]);
  expect(at.calls).toHaveLength(1);
  expect(at.lines.map(({ outcome, shop }) => `${shop} ${outcome}`).toSorted()).toEqual([
    'demo held',
    'demo held',
    'other applied',
  ]);
});

test('a pause is in force ten seconds after it began, for every consumer alike', async () => {
  const at = world();
  await at.consume(0, 1);
  await pauseShop('demo', at.deps);
  at.pass(9_999);
  at.deliver(cartEvent());
  await at.consume(1, 1);
  expect(at.calls).toHaveLength(1);
  at.pass(1);
  at.deliver(orderEvent());
  await at.consume(1, 1);
  expect(at.calls).toHaveLength(1);
  expect(await held(at.store)).toHaveLength(1);
});

test('resumed, what had waited is applied once, in order, before what came later', async () => {
  const at = await paused();
  const events = [cartEvent({ session: 's1' }), cartEvent({ session: 's2' }), cartEvent({ session: 's3' })];
  for (const event of events.slice(0, 2)) at.deliver(event);
  await at.consume();
  // Already queued when the shop is resumed: ahead of what comes back.
  at.deliver(events[2] as never);
  expect(await resume('demo', at)).toEqual({ outcome: 'resumed', sent: 3 });
  await at.consume();
  const sessions = at.calls.map(({ request }) => (request as { params: { customerSessionId: string } }).params);
  expect(sessions).toEqual([{ customerSessionId: 's1' }, { customerSessionId: 's2' }, { customerSessionId: 's3' }]);
  expect(await listPauses(at.deps)).toEqual([]);
  expect(await held(at.store)).toEqual([]);
});

test('a shop that is not paused is not resumed', async () => {
  expect(await resume('demo', world())).toEqual({ outcome: 'none', sent: 0 });
});

test('who resumes may be interrupted anywhere: the next one goes on, and nothing is applied twice', async () => {
  const at = await paused();
  const events = ['a', 'b', 'c'].map((session) => cartEvent({ session }));
  for (const event of events) at.deliver(event);
  await at.consume();
  const broken = { send: () => Promise.reject(new Error('killed')) };
  await expect(resumeShop('demo', { ...at.deps, inbox: broken } as never)).rejects.toThrow();
  await expect(
    resume('demo', at, async () => {
      throw new Error('killed');
    }),
  ).rejects.toThrow('killed');
  expect(await pauseNow('demo', at.deps)).toMatchObject({ state: 'resuming' });
  expect(await resume('demo', at)).toMatchObject({ outcome: 'resumed' });
  await at.consume(20);
  expect(at.calls).toHaveLength(3);
  expect(at.queue).toEqual([]);
});

test('paused again while it is resumed: what is on its way stays stored, and comes back another time', async () => {
  const at = await paused();
  at.deliver(cartEvent());
  await at.consume();
  const again = await resume('demo', at, async () => {
    await pauseShop('demo', at.deps);
    await at.consume();
  });
  expect(again.outcome).toBe('paused');
  expect(at.calls).toEqual([]);
  expect(await held(at.store)).toHaveLength(1);
  expect(await resume('demo', at)).toMatchObject({ outcome: 'resumed', sent: 1 });
  expect(at.calls).toHaveLength(1);
});

test('a consumer may die after any of its writes: nothing is lost, nothing is applied twice', async () => {
  for (let survived = 0; survived < 6; survived++) {
    const at = await paused();
    const batch = ['a', 'b'].map((session) => eventMessage(cartEvent({ session }), { sequence: session }));
    let left = survived;
    const store: Store = {
      ...at.store,
      write: async (changes, attempt) => {
        if (left < 0) throw new Error('dead');
        await at.store.write(changes, attempt);
        if (left-- === 0) throw new Error('died');
      },
    };
    const mortal = inbox({ store, now: at.now });
    await processInbox(batch, mortal.deps);
    await processInbox(batch, inbox({ store: at.store, now: at.now }).deps);
    expect(await held(at.store), `after ${survived} writes`).toHaveLength(2);
    left = survived;
    const back: IncomingMessage[] = [];
    const healthy = inbox({ store: at.store, now: at.now });
    await resumeShop('demo', {
      ...at.deps,
      inbox: { send: async ({ body }) => void back.push(received(body)) },
      wait: async () => {
        await processInbox(back, mortal.deps);
        await processInbox(back, healthy.deps);
      },
      pace: async () => {},
      progress: () => {},
    });
    expect(await held(at.store)).toEqual([]);
    expect(await timesCalled(at.store), `after ${survived} writes`).toEqual([1, 1]);
  }
});

test('what comes back and is refused is parked, and the pause ends all the same', async () => {
  const at = await paused();
  at.deliver(orderEvent({ currency: 'USD' }));
  await at.consume();
  expect(await resume('demo', at)).toMatchObject({ outcome: 'resumed' });
  expect(await everythingParked(at.store)).toMatchObject([{ reason: 'unusable', group: 'one' }]);
});

test('whose data waits can be found', async () => {
  const at = await paused();
  at.deliver(orderEvent());
  await at.consume();
  const { items } = await at.store.query('byOwner', { owner: 'owner of shopify:7' });
  expect(items.map(({ partition }) => partition)).toContain('1/held/demo');
});

test('what was erased while it waited does not keep the pause from ending', async () => {
  const at = await paused();
  at.deliver(orderEvent());
  await at.consume();
  for await (const { item } of listHeld('demo', at.deps)) await at.store.write([{ remove: item.key }], 'erase');
  expect(await resume('demo', at)).toEqual({ outcome: 'resumed', sent: 0 });
});

test('while a pause ends, nothing is put aside that nobody would find', async () => {
  const at = await paused();
  let tried = false;
  const write: Store['write'] = async (changes, attempt) => {
    const ends = changes.some((change) => 'remove' in change && change.remove.partition === '1/paused');
    if (ends && !tried) {
      tried = true;
      at.deliver(cartEvent());
      await at.consume(1, 1);
    }
    return at.store.write(changes, attempt);
  };
  // The second consumer remembers the pause.
  at.deliver(cartEvent({ session: 'early' }));
  await at.consume(1, 1);
  await resumeShop('demo', {
    ...at.deps,
    store: { ...at.store, write } as Store,
    inbox: at.inbox,
    wait: () => at.consume(),
    pace: async () => {},
    progress: () => {},
  });
  expect(await held(at.store)).toEqual([]);
  expect(at.lines.map(({ outcome }) => outcome)).toEqual(['held', 'applied', 'failed']);
  await at.consume(1, 1);
  expect(at.calls).toHaveLength(2);
});

test('whenever a shop is paused and resumed, everything is applied once and in order', async () => {
  const step = fc.constantFrom(
    'deliver',
    'deliver',
    'consume',
    'consume other',
    'pause',
    'resume',
    'pass',
    'interrupt',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const at = world();
      const delivered: string[] = [];
      const deliver = () => {
        const session = `s${delivered.length}`;
        delivered.push(session);
        at.deliver(cartEvent({ session }));
      };
      const acts: Record<string, () => unknown> = {
        deliver,
        consume: () => at.consume(2),
        'consume other': () => at.consume(1, 1),
        pause: async () => {
          await pauseShop('demo', at.deps);
          // Longer than anybody remembers that there was no pause.
          at.pass(10_000);
        },
        pass: () => at.pass(4_000),
        resume: () => resume('demo', at),
        interrupt: () =>
          resume('demo', at, async () => {
            await at.consume(1);
            throw new Error('killed');
          }).catch(() => {}),
      };
      for (const name of steps) await acts[name]?.();
      await resume('demo', at);
      at.pass(10_000);
      while (at.queue.length > 0) await at.consume();
      const sessions = at.calls.map(({ request }) => (request as { params: { customerSessionId: string } }).params);
      expect(sessions.map(({ customerSessionId }) => customerSessionId)).toEqual(delivered);
    }),
    { numRuns: 150 },
  );
});
