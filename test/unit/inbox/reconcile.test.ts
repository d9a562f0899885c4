import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommerceEvent, Order } from '../../../lib/commerce/event.ts';
import { pictured } from '../../../lib/commerce/pictured.ts';
import { processInbox } from '../../../lib/inbox/process.ts';
import { changedUntil, compare, isRepairable, sendPicture, settledBy } from '../../../lib/inbox/reconcile.ts';
import {
  brokenQueue,
  demoShop,
  EFFECT,
  eventMessage,
  fakeQueue,
  inbox,
  type MadeCall,
  NOW,
  orderEvent,
  received,
  segment,
} from './fakes.ts';

const shop = demoShop();

type Setting = ReturnType<typeof inbox>;

const minute = (at: number) => new Date(Date.UTC(2026, 1, 1, 0, at)).toISOString().replace('.000', '');

/** What happens to an order, a minute each. */
const LIFE: readonly Partial<Order>[] = [
  { payment: 'unpaid' },
  { payment: 'unpaid', codes: [] },
  { payment: 'paid', codes: [] },
  {
    payment: 'paid',
    codes: [],
    returns: [{ id: 'r1', amount: '30.00', lines: [{ line: '1', sku: 'TEE', quantity: 1 }] }],
  },
];
const CALLED_OFF: Partial<Order> = { payment: 'paid', cancelled: true, codes: [] };

interface Life {
  readonly id: number;
  readonly length: number;
  readonly calledOff: boolean;
  /** Which deliveries are lost. */
  readonly lost: readonly boolean[];
}

const life = fc.record({
  id: fc.integer({ min: 1, max: 1_000_000 }),
  length: fc.integer({ min: 1, max: LIFE.length }),
  calledOff: fc.boolean(),
  lost: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
});

const stages = ({ id, length, calledOff }: Life): Partial<Order>[] =>
  [...LIFE.slice(0, length), ...(calledOff ? [CALLED_OFF] : [])].map((stage) => ({
    ...stage,
    id: String(id),
    session: `session-${id}`,
  }));

const delivered = (each: Life): CommerceEvent[] =>
  stages(each).map((stage, at) => orderEvent(stage, { updatedAt: minute(at) }));

/** The order as the platform has it now. */
const truth = (each: Life): CommerceEvent => {
  const last = delivered(each).at(-1);
  if (last?.type !== 'order') throw new Error('an order has at least one stage');
  return pictured({ type: 'order', order: last.order }, 'demo', { updatedAt: last.version.updatedAt });
};

async function* listOf(events: readonly CommerceEvent[]) {
  yield* events;
}

/** What the calls made of the sessions; one that was called off is as good as none. */
const sessionsIn = (calls: readonly MadeCall[]) => {
  const sessions = new Map<string, object>();
  const refunds = new Set<string>();
  for (const { operation, request } of calls) {
    // biome-ignore lint/suspicious/noExplicitAny: requests of two operations.
    const { params, body } = request as any;
    if (operation === 'trackEvent') refunds.add(`${body.sessionId} ${body.attributes.refundId}`);
    else {
      const id = params.customerSessionId;
      sessions.set(id, { couponCodes: [], ...sessions.get(id), ...body.customerSession });
    }
  }
  const live = [...sessions].filter(([, session]) => (session as { state: string }).state !== 'cancelled');
  const names = new Set(live.map(([id]) => id));
  const reported = [...refunds].filter((refund) => names.has(refund.split(' ')[0] ?? ''));
  return { sessions: Object.fromEntries(live), refunds: reported.toSorted() };
};

const apply = async (events: readonly CommerceEvent[], { deps }: Setting) => {
  for (const event of events) await processInbox([eventMessage(event)], deps);
};

const differences = async (events: readonly CommerceEvent[], { deps }: Setting) => {
  const found = [];
  for await (const compared of compare(listOf(events), shop, deps)) if (compared.difference) found.push(compared);
  return found;
};

/** Compares, sends what differs, and applies what was sent. @returns how many. */
const repair = async (events: readonly CommerceEvent[], setting: Setting): Promise<number> => {
  const queue = fakeQueue();
  for (const { event } of (await differences(events, setting)).filter(isRepairable)) {
    await sendPicture(event, shop, { ...setting.deps, inbox: queue });
  }
  for (const { body } of queue.sent) await processInbox([received(body)], setting.deps);
  return queue.sent.length;
};

test('whatever deliveries are lost, one repair makes everything as it is in the shop, and a second makes no call', () =>
  fc.assert(
    fc.asyncProperty(fc.uniqueArray(life, { selector: ({ id }) => id, maxLength: 60 }), async (lives) => {
      const [whole, holed] = [inbox(), inbox()];
      for (const each of lives) {
        const events = delivered(each);
        await apply(events, whole);
        await apply(
          events.filter((_, at) => !each.lost[at]),
          holed,
        );
      }
      const platform = lives.map(truth);
      expect(await differences(platform, whole)).toEqual([]);
      await repair(platform, holed);
      expect(sessionsIn(holed.calls)).toEqual(sessionsIn(whole.calls));

      const calls = holed.calls.length;
      expect(await repair(platform, holed)).toBe(0);
      expect(holed.calls).toHaveLength(calls);
    }),
    { numRuns: 15 },
  ));

describe('a picture that was sent', () => {
  const one = truth({ id: 1, length: 3, calledOff: false, lost: [] });

  test('is known to be on its way until it is applied', async () => {
    const setting = inbox();
    expect(await differences([one], setting)).toMatchObject([{ difference: 'missing', sentAt: undefined }]);
    await sendPicture(one, shop, { ...setting.deps, inbox: fakeQueue() });
    expect(await differences([one], setting)).toMatchObject([{ difference: 'missing', sentAt: NOW.toISOString() }]);
    await repair([one], setting);
    expect(await differences([one], setting)).toEqual([]);
  });

  test('may be sent again', async () => {
    const { deps } = inbox();
    const queue = fakeQueue();
    for (let time = 0; time < 2; time++) await sendPicture(one, shop, { ...deps, inbox: queue });
    expect(new Set(queue.sent.map(({ deduplicationId }) => deduplicationId)).size).toBe(1);
  });

  test('is not noted when the queue did not take it', async () => {
    const setting = inbox();
    await expect(sendPicture(one, shop, { ...setting.deps, inbox: brokenQueue })).rejects.toThrow('ECONNREFUSED');
    expect(await differences([one], setting)).toMatchObject([{ sentAt: undefined }]);
  });

  test('too large for a message is told of, and stops nothing', async () => {
    const { deps } = inbox();
    const event = orderEvent({ session: 'x'.repeat(1_000_001) });
    expect(await sendPicture(event, shop, { ...deps, inbox: fakeQueue() })).toBe('too large');
  });

  test('without effects is applied, and nothing of it is published', async () => {
    for (const effects of ['none', undefined] as const) {
      const setting = inbox({ api: { effects: [EFFECT] } });
      const queue = fakeQueue();
      await sendPicture(one, shop, { ...setting.deps, inbox: queue, ...(effects && { effects }) });
      await processInbox([received(queue.sent[0]?.body)], setting.deps);
      expect(setting.calls).toHaveLength(1);
      expect(setting.hints.sent).toHaveLength(effects ? 0 : 1);
      // Older code parks it and does not publish.
      expect(JSON.parse(queue.sent[0]?.body ?? '')).toMatchObject({ v: effects ? 2 : 1 });
      expect((await setting.deps.store.query('items', { partition: '1/outbox' })).items).toHaveLength(effects ? 0 : 1);
    }
  });
});

test('what was changed a moment ago is left for later', async () => {
  const until = settledBy(NOW);
  const at = (moment: string) => orderEvent({}, { updatedAt: moment });
  const events = [
    at('2026-03-01T11:55:00Z'),
    at('2026-03-01T11:55:00.9Z'),
    at('2026-03-01T11:55:01Z'),
    at('2026-03-01T12:00:00Z'),
  ];
  let later = 0;
  const settled = [];
  for await (const event of changedUntil(listOf(events), until, () => later++)) settled.push(event);
  expect(settled).toEqual(events.slice(0, 2));
  expect(later).toBe(2);
});

test('many pictures are compared in few reads', async () => {
  const { deps } = inbox();
  let reads = 0;
  const get: typeof deps.store.get = (keys) => {
    reads++;
    return deps.store.get(keys);
  };
  const store = { ...deps.store, get };
  const events = Array.from({ length: 120 }, (_, id) => truth({ id: id + 1, length: 1, calledOff: false, lost: [] }));
  let count = 0;
  for await (const _ of compare(listOf(events), shop, { ...deps, store, segment })) count++;
  expect(count).toBe(120);
  expect(reads).toBe(3);
});
