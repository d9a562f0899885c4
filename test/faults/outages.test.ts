import { describe, expect, test } from 'vitest';
import {
  ConflictError,
  UnauthorizedError,
  type UpstreamCall,
  UpstreamError,
  UpstreamTimeoutError,
} from '../../lib/contract/errors.ts';
import { enqueueEvent } from '../../lib/inbox/enqueue.ts';
import type { InboxLine } from '../../lib/inbox/process.ts';
import { serverlessFile } from '../house/serverless-file.ts';
import { consume } from '../support/consumer.ts';
import { type Clock, type ModelSettings, queueModel } from '../support/queue-model.ts';
import {
  demoShop,
  everythingParked,
  inbox,
  type MadeCall,
  memoryStore,
  NOW,
  orderEvent,
  segment,
} from '../unit/inbox/fakes.ts';

// What AWS does with the queue of serverless.yml while something that the inbox needs is away; days go by in no time.

const { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = (serverlessFile().resources.Resources.InboxQueue
  ?.Properties ?? {}) as unknown as Omit<ModelSettings, 'maxReceiveCount'> & { readonly RedrivePolicy: ModelSettings };
const SETTINGS = { VisibilityTimeout, MessageRetentionPeriod, maxReceiveCount: RedrivePolicy.maxReceiveCount };

const CALL: UpstreamCall = { method: 'PUT', path: '/v2/customer_sessions/{customerSessionId}' };
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const SESSIONS = 8;
const EVENTS = 5;

/** The function's own time, and what it keeps of it. */
const [FUNCTION_SECONDS, RESERVE_SECONDS] = [30, 5];

const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

/** Answers a call, `seconds` after the beginning; throws what goes wrong. */
type Upstream = (seconds: number, call: MadeCall, clock: Clock) => void;

interface Run {
  readonly upstream: Upstream;
  /** Over how many seconds the events come in. */
  readonly comingIn: number;
  readonly sessions?: number;
}

/** Each event of an order costs more shipping than the one before, so that no two calls are the same. */
const arrivals = ({ comingIn, sessions = SESSIONS }: Run) =>
  Array.from({ length: sessions * EVENTS }, (_, index) => {
    const [session, place] = [index % sessions, Math.floor(index / sessions)];
    const over = { session: `s${session}`, id: `o${session}`, costs: { shipping: `${place}.00` } };
    const updatedAt = `2026-03-01T10:0${place}:00Z`;
    const payment = place === EVENTS - 1 ? ('paid' as const) : ('unpaid' as const);
    return { at: (index * comingIn) / (sessions * EVENTS), event: orderEvent({ ...over, payment }, { updatedAt }) };
  });

const run = async (settings: Run) => {
  const clock: Clock = { now: NOW };
  const queue = queueModel(SETTINGS, clock);
  const attempts: { readonly at: number; readonly session: string }[] = [];
  const sessionOf = ({ request }: MadeCall) =>
    (request as { params: { customerSessionId: string } }).params.customerSessionId;
  const seconds = () => (clock.now.getTime() - NOW.getTime()) / 1000;
  let draws = 0;
  const { deps, calls, lines } = inbox({
    store: memoryStore(() => clock.now),
    now: () => clock.now,
    delay: queue.delay,
    // Spreads the waits, and the same way in every run.
    random: () => (draws++ * 0.381966) % 1,
    api: {
      before: (call) => {
        attempts.push({ at: seconds(), session: sessionOf(call) });
        settings.upstream(seconds(), call, clock);
      },
    },
  });
  const coming = arrivals(settings);
  let receives = 0;
  let longest = 0;
  for (;;) {
    const next = coming[0];
    const free = queue.nextFree();
    if (next && (!free || after(next.at) <= free)) {
      coming.shift();
      clock.now = after(Math.max(next.at, seconds()));
      await enqueueEvent(next.event, demoShop(), { inbox: queue, segment, now: () => clock.now });
      continue;
    }
    if (!free) break;
    clock.now = free;
    const begun = seconds();
    const mayBegin = () => seconds() - begun < FUNCTION_SECONDS - RESERVE_SECONDS;
    await consume(queue, { ...deps, mayBegin, deadline: after(begun + FUNCTION_SECONDS - 1) });
    receives = Math.max(receives, queue.mostReceives());
    longest = Math.max(longest, seconds() - begun);
  }
  const bySession = Map.groupBy(calls, sessionOf);
  return {
    made: Object.fromEntries([...bySession].map(([session, made]) => [session, made.map(({ request }) => request)])),
    parked: (await everythingParked(deps.store)).map(({ reason }) => reason),
    dead: await queue.deadLetters(),
    attempts,
    receives,
    longest,
    ended: seconds(),
    lines: lines as readonly InboxLine[],
  };
};

const calm = new Map<number, ReturnType<typeof run>>();

/** What the same orders come to when nothing fails. */
const calmly = (sessions: number) => {
  const end = calm.get(sessions) ?? run({ upstream: () => {}, comingIn: 0, sessions });
  calm.set(sessions, end);
  return end;
};

/** Nothing lost, nothing twice, each session in its order, and no healthy work among the dead letters. */
const expectWhole = async (end: Awaited<ReturnType<typeof run>>, sessions = SESSIONS) => {
  const { made } = await calmly(sessions);
  expect(Object.values(made).flat()).toHaveLength(sessions * EVENTS);
  expect(end.made).toEqual(made);
  expect(end).toMatchObject({ parked: [], dead: [] });
};

const downUntil =
  (end: number, error: () => Error): Upstream =>
  (seconds) => {
    if (seconds < end) throw error();
  };

const failing = () => new UpstreamError('the server failed', { ...CALL, status: 503 }, 'retry');

describe('nothing is lost, doubled or out of order, and no message is called dead', () => {
  test.each([
    ['the API fails for a day', DAY, failing],
    ['the API does not answer for a day', DAY, () => new UpstreamTimeoutError('slow', CALL)],
    ['the key is refused for an hour', HOUR, () => new UnauthorizedError()],
    ['the key is not enough for an hour', HOUR, () => new UpstreamError('no', { ...CALL, status: 403 }, 'retry')],
    ['every update of a session meets another one for a minute', MINUTE, () => new ConflictError('session')],
  ])('when %s', async (_, end, error) => {
    const result = await run({ upstream: downUntil(end, error), comingIn: end });
    await expectWhole(result);
    // Half an hour after the end everything has been tried again, whatever it had waited.
    expect(result.ended).toBeLessThan(end + 31 * MINUTE);
    expect(result.receives).toBeLessThan(SETTINGS.maxReceiveCount / 5);
  });

  test('a day of it is not a day of calls: each order is tried a hundred times at the most', async () => {
    const { attempts } = await run({ upstream: downUntil(DAY, failing), comingIn: 0 });
    const during = Map.groupBy(attempts, ({ session }) => session);
    for (const [, each] of during) expect(each.filter(({ at }) => at < DAY).length).toBeLessThan(100);
  });

  test('when the API fails now and then, so that what is behind a failure would have gone through', async () => {
    let calls = 0;
    const result = await run({
      comingIn: 0,
      upstream: () => {
        calls += 1;
        if (calls % 3 === 1) throw failing();
      },
    });
    await expectWhole(result);
  });

  test('when the API asks for time, each time', async () => {
    let last = Number.NEGATIVE_INFINITY;
    const result = await run({
      comingIn: 0,
      upstream: (seconds) => {
        if (seconds - last < 10) {
          throw new UpstreamError('too many', { ...CALL, status: 429, retryAfterMs: 40_000 }, 'retry');
        }
        last = seconds;
      },
    });
    await expectWhole(result);
    const refused = result.lines.filter(({ outcome }) => outcome === 'failed').length;
    expect(refused).toBeGreaterThan(SESSIONS);
    for (const [, tries] of Map.groupBy(result.attempts, ({ session }) => session)) {
      const gaps = tries.slice(1).map(({ at }, index) => at - (tries[index]?.at ?? 0));
      // After a refusal nothing of the session is tried for as long as was asked; after a success, at once.
      expect(gaps.filter((gap) => gap > 0 && gap < 40)).toEqual([]);
    }
  });

  test('when the API takes twelve seconds for each call: no call is begun that the function might not outlive', async () => {
    const slow = { comingIn: 0, sessions: 1 };
    const result = await run({
      ...slow,
      upstream: (_seconds, _call, clock) => {
        clock.now = new Date(clock.now.getTime() + 12_000);
      },
    });
    await expectWhole(result, slow.sessions);
    expect(result.longest).toBeLessThanOrEqual(FUNCTION_SECONDS - RESERVE_SECONDS + 12);
    expect(result.lines.filter(({ reason }) => reason === 'deadline').length).toBeGreaterThan(0);
    // What time did not suffice for comes at once, not when its visibility timeout is over.
    expect(result.ended).toBeLessThan(EVENTS * 12 + VisibilityTimeout);
  });

  test('when one group fails for a day, the others do not notice', async () => {
    const end = 10 * MINUTE;
    const result = await run({
      comingIn: end,
      upstream: (seconds, { request }) => {
        if ((request as { params: { customerSessionId: string } }).params.customerSessionId === 's0') {
          downUntil(DAY, failing)(seconds, { request } as MadeCall, { now: NOW });
        }
      },
    });
    await expectWhole(result);
    const others = result.attempts.filter(({ session }) => session !== 's0');
    expect(others).toHaveLength((SESSIONS - 1) * EVENTS);
    expect(Math.max(...others.map(({ at }) => at))).toBeLessThanOrEqual(end);
  });
});

test('an outage of two weeks is parked after ten days, all of it, before the queue loses or buries anything', async () => {
  const result = await run({ upstream: downUntil(14 * DAY, failing), comingIn: DAY, sessions: 3 });
  expect(result.made).toEqual({});
  expect(result.dead).toEqual([]);
  expect(result.parked).toEqual(Array.from({ length: 3 * EVENTS }, () => 'outlasted'));
  expect(result.receives).toBeLessThan(SETTINGS.maxReceiveCount);
  expect(result.ended).toBeLessThan(12 * DAY);
});
