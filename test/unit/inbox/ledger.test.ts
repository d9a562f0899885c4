import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../lib/contract/effects.ts';
import {
  ConflictError,
  IllegalTransitionError,
  InvalidRequestError,
  SuppressedError,
  type UpstreamCall,
  UpstreamError,
  UpstreamTimeoutError,
} from '../../../lib/contract/errors.ts';
import { trackEvent as unsafeRow } from '../../../lib/contract/operations/events.ts';
import { updateCustomerSessionV2 as safeRow } from '../../../lib/contract/operations/sessions.ts';
import { type LedgerCall, withLedger } from '../../../lib/inbox/ledger.ts';
import { ParkError } from '../../../lib/inbox/park.ts';
import { type Key, StaleWriteError, type Store } from '../../../lib/store/store.ts';
import { EFFECT, memoryStore, NOW, segment } from './fakes.ts';

const DONE: Key = { partition: 'ours', sort: 'done' };
const ANSWER = { effects: [EFFECT], createdCoupons: [], createdReferrals: [] };
const UPSTREAM: UpstreamCall = { method: 'PUT', path: '/v2/customer_sessions/{customerSessionId}' };

/** When a process dies: right after its write of that number, or right before it. What was written stays. */
type Death = { readonly after: number } | { readonly before: number };

const mortal = (store: Store, death: Death): Store => {
  let count = 0;
  return {
    ...store,
    write: async (changes, attempt) => {
      count += 1;
      if ('before' in death && count >= death.before) throw new Error('dead');
      await store.write(changes, attempt);
      if ('after' in death && count >= death.after) throw new Error('dead');
    },
  };
};

const world = () => {
  const clock = { now: NOW };
  const store = memoryStore(() => clock.now);
  const told: (readonly Effect[])[] = [];
  const sent: number[] = [];
  const guard: LedgerCall['guard'] = (effects) => {
    told.push(effects);
    return [{ put: { key: DONE, data: {} }, expect: 'absent' }];
  };
  const deps = { store, accountId: 1, segment, now: () => clock.now };
  return {
    store,
    told,
    sent,
    /** Later than any function lives that was there before. */
    pass: (ms = 61_000) => {
      clock.now = new Date(clock.now.getTime() + ms);
    },
    /** Makes the call once: another server answers, or throws, what `answer` does. */
    call: (
      answer: () => unknown = () => ANSWER,
      over: Partial<LedgerCall> & { readonly row?: typeof safeRow | typeof unsafeRow; readonly death?: Death } = {},
    ) => {
      const { row = safeRow, death, ...call } = over;
      const send = async () => {
        sent.push(clock.now.getTime());
        // Before, it was asked what its changes demand.
        told.length = 0;
        return answer();
      };
      return withLedger(
        row,
        send,
        { applicationId: 1, requestId: 'r1', dry: false, guard, about: [], ...call },
        { ...deps, store: death ? mortal(store, death) : store },
      );
    },
    isDone: async () => (await store.get([DONE]))[0] !== undefined,
    notes: async (row: { readonly id: string } = safeRow) =>
      (await store.query('items', { partition: `1/sent/${segment('1', row.id, 'r1')}` })).items.length,
  };
};

type World = ReturnType<typeof world>;

const thrown = (error: Error) => () => {
  throw error;
};

const failure = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: Error) => error,
  );

const refused = (error: InvalidRequestError | IllegalTransitionError | SuppressedError | ConflictError, more = {}) =>
  Object.assign(error, { upstream: { ...UPSTREAM, status: error.status, ...more } });

const CLOSED_TWICE = () => refused(new IllegalTransitionError('closed', 'closed'));
const BROKEN = () => new UpstreamError('the connection broke', UPSTREAM, 'retry');

test('a calm call notes itself, tells the guard its effects, and leaves no note', async () => {
  const { call, told, isDone, notes } = world();
  const whileSent: number[] = [];
  expect(
    await call(async () => {
      whileSent.push(await notes());
      return ANSWER;
    }),
  ).toEqual(ANSWER);
  expect([whileSent, told, await isDone(), await notes()]).toEqual([[1], [[EFFECT]], true, 0]);
});

test('effects of the first version are told as those of the second', async () => {
  const { call, told } = world();
  const event = {
    effects: [[1, 1, 0, ['rejectCoupon', 'OLD']]],
    meta: { couponRejectionReason: { campaignId: 1, couponId: 0, reason: 'CouponExpired' } },
  };
  await call(() => ({ session: {}, profile: {}, event }), { row: unsafeRow });
  expect(told).toMatchObject([
    [{ effectType: 'rejectCoupon', props: { value: 'OLD', rejectionReason: 'CouponExpired' } }],
  ]);
});

test('an answer without a body has no effects', async () => {
  const { call, told } = world();
  expect(await call(() => undefined)).toBeUndefined();
  expect(told).toEqual([[]]);
});

test('a dry run leaves no note whatever happens, and publishes nothing', async () => {
  const { call, told, notes, isDone } = world();
  await failure(call(thrown(BROKEN()), { dry: true, row: unsafeRow }));
  expect(await notes(unsafeRow)).toBe(0);
  await call(() => ANSWER, { dry: true, row: unsafeRow });
  expect([told, await isDone()]).toEqual([[[]], true]);
});

test('after a crash between the note and the sending, a safe call is made', async () => {
  const { call, sent, pass, isDone, notes } = world();
  await failure(call(() => ANSWER, { death: { after: 1 } }));
  expect([sent.length, await notes()]).toEqual([0, 1]);
  pass();
  await call();
  expect([sent.length, await isDone(), await notes()]).toEqual([1, true, 0]);
});

test('after a crash between the sending and the answer, a safe call is made once more', async () => {
  const { call, sent, told, pass, isDone, notes } = world();
  await failure(call(thrown(new Error('dead'))));
  expect(await notes()).toBe(1);
  pass();
  await call();
  expect([sent.length, told, await isDone(), await notes()]).toEqual([2, [[EFFECT]], true, 0]);
});

test('after a crash between the answer and the write, a safe call is made once more', async () => {
  const { call, sent, pass, isDone, notes } = world();
  await failure(call(() => ANSWER, { death: { before: 2 } }));
  expect([sent.length, await isDone(), await notes()]).toEqual([1, false, 1]);
  pass();
  await call();
  expect([sent.length, await isDone(), await notes()]).toEqual([2, true, 0]);
});

test('after a crash behind the write, nothing is left of the call but that it was done', async () => {
  const { call, isDone, notes } = world();
  await failure(call(() => ANSWER, { death: { after: 2 } }));
  expect([await isDone(), await notes()]).toEqual([true, 0]);
});

test.each([
  ['crash after the note', (w: World) => w.call(() => ANSWER, { row: unsafeRow, death: { after: 1 } }), 0],
  ['crash after the sending', (w: World) => w.call(thrown(new Error('dead')), { row: unsafeRow }), 1],
  ['crash before the write', (w: World) => w.call(() => ANSWER, { row: unsafeRow, death: { before: 2 } }), 1],
  ['connection that broke', (w: World) => w.call(thrown(BROKEN()), { row: unsafeRow }), 1],
])('after a %s, a call that must not be repeated is left to people', async (_, first, times) => {
  const w = world();
  await failure(first(w));
  w.pass();
  const error = await failure(w.call(() => ANSWER, { row: unsafeRow }));
  expect(error).toBeInstanceOf(ParkError);
  expect(error).toMatchObject({ reason: 'outcome-unknown' });
  expect([w.sent.length, await w.isDone()]).toEqual([times, false]);
});

test.each([
  ['closed', () => new IllegalTransitionError('closed', 'closed')],
  ['cancelled', () => new IllegalTransitionError('cancelled', 'cancelled')],
])('a session that a repeat finds %s already is done, without effects', async (_, error) => {
  const { call, told, pass, isDone, notes } = world();
  await failure(call(thrown(BROKEN())));
  pass();
  expect(await call(thrown(refused(error())))).toBeUndefined();
  expect([told, await isDone(), await notes()]).toEqual([[[]], true, 0]);
});

test('the same from a first call is the refusal that it is', async () => {
  const { call, isDone, notes } = world();
  expect(await failure(call(thrown(CLOSED_TWICE())))).toMatchObject({ onQueue: 'park', status: 400 });
  expect([await isDone(), await notes()]).toEqual([false, 0]);
});

test('where the client itself repeated the call, it is done', async () => {
  const { call, isDone, notes } = world();
  await call(thrown(refused(new IllegalTransitionError('closed', 'closed'), { repeated: true })));
  expect([await isDone(), await notes()]).toEqual([true, 0]);
});

test('a repeat that is refused for any other reason is left to people: the first may have been applied', async () => {
  const { call, pass, isDone } = world();
  await failure(call(thrown(BROKEN())));
  pass();
  const error = refused(new IllegalTransitionError('closed', 'cancelled'));
  expect(await failure(call(thrown(error)))).toMatchObject({ reason: 'outcome-unknown', message: error.message });
  expect(await isDone()).toBe(false);
});

test.each([
  ['a 400', refused(new InvalidRequestError(undefined, 'no'))],
  ['a 409', refused(new ConflictError('session'))],
  ['a person who was erased', refused(new SuppressedError())],
  ['a 401', new UpstreamError('it refuses the key', { ...UPSTREAM, status: 401 }, 'retry')],
  ['a 429', new UpstreamError('too many requests', { ...UPSTREAM, status: 429 }, 'retry')],
  ['a redirect', new UpstreamError('redirects are not followed', { ...UPSTREAM, status: 302 }, 'retry')],
  ['no connection', new UpstreamError('no connection', { ...UPSTREAM, unsent: true }, 'retry')],
  ['a deadline that had passed', new UpstreamTimeoutError('late', { ...UPSTREAM, unsent: true })],
  ['a refusal of our own', new InvalidRequestError(undefined, 'an id that no path can carry')],
])('%s leaves no note: the next delivery begins anew', async (_, error) => {
  const { call, sent, isDone, notes } = world();
  expect(await failure(call(thrown(error), { row: unsafeRow }))).toBe(error);
  expect([await isDone(), await notes(unsafeRow)]).toEqual([false, 0]);
  await call(() => ANSWER, { row: unsafeRow });
  expect([sent.length, await isDone()]).toEqual([2, true]);
});

test.each([
  ['a 500', new UpstreamError('the server failed', { ...UPSTREAM, status: 500 }, 'retry')],
  ['a 503', new UpstreamError('the server failed', { ...UPSTREAM, status: 503 }, 'retry')],
  ['a time out', new UpstreamTimeoutError('no answer', UPSTREAM)],
  ['a connection that broke', BROKEN()],
  ['a page in place of an answer', new UpstreamError('no JSON', { ...UPSTREAM, status: 200 }, 'retry')],
  ['no connection after a try that broke', new UpstreamError('none', { ...UPSTREAM, repeated: true }, 'retry')],
])('%s leaves the note: nobody knows', async (_, error) => {
  const { call, notes } = world();
  expect(await failure(call(thrown(error)))).toBe(error);
  expect(await notes()).toBe(1);
});

test.each([
  ['is not of the contract', new UpstreamError('not of the contract', { ...UPSTREAM, status: 200 }, 'park')],
  ['is endless', new UpstreamError('larger than allowed', UPSTREAM, 'park')],
])('an answer that %s is left to people: the call may well have been applied', async (_, error) => {
  const { call, isDone } = world();
  expect(await failure(call(thrown(error)))).toMatchObject({ reason: 'outcome-unknown', message: error.message });
  expect(await isDone()).toBe(false);
});

test('what was decided on another state than there is now is not sent', async () => {
  const { call, store, sent, notes } = world();
  await store.write([{ put: { key: DONE, data: {} }, expect: 'absent' }], randomUUID());
  expect(await failure(call())).toBeInstanceOf(StaleWriteError);
  expect([sent.length, await notes()]).toEqual([0, 0]);
});

test("a change of the guard's that met another state after the sending is told", async () => {
  const { call, store, sent } = world();
  const answer = async () => {
    await store.write([{ put: { key: DONE, data: {} }, expect: 'absent' }], randomUUID());
    return ANSWER;
  };
  expect(await failure(call(answer))).toBeInstanceOf(StaleWriteError);
  expect(sent.length).toBe(1);
});

describe('a call about a session', () => {
  const ONE = { about: [{ thing: 'session', id: 's1' }], guard: () => [] } as const;
  const other = { ...ONE, requestId: 'r2' };

  test('keeps every other call about it waiting while it is under way, and no call about another', async () => {
    const { call, sent, notes } = world();
    const ends: unknown[] = [];
    await call(async () => {
      ends.push(await failure(call(undefined, other)));
      ends.push(await failure(call(undefined, { ...other, row: unsafeRow })));
      ends.push(await failure(call(undefined, { ...other, about: [{ thing: 'history', id: 's1' }, ...ONE.about] })));
      ends.push(await call(undefined, { ...other, about: [{ thing: 'session', id: 's2' }] }));
      ends.push(await call(undefined, { ...other, about: [{ thing: 'profile', id: 's1' }] }));
      ends.push(await call(undefined, { ...other, applicationId: 2 }));
      return ANSWER;
    }, ONE);
    const conflict = expect.any(ConflictError);
    expect(ends).toEqual([conflict, conflict, conflict, ANSWER, ANSWER, ANSWER]);
    await call(undefined, other);
    expect([sent.length, await notes()]).toEqual([5, 0]);
  });

  test.each<[string, (w: World) => Promise<unknown>]>([
    ['a crash before the sending', ({ call }) => call(undefined, { ...ONE, death: { after: 1 } })],
    ['a crash after it', ({ call }) => call(thrown(new Error('dead')), ONE)],
    ['an answer that did not come: it may still arrive there', ({ call }) => call(thrown(BROKEN()), ONE)],
  ])('delays the others for a minute at the most after %s', async (_, first) => {
    const w = world();
    await failure(first(w));
    w.pass(59_999);
    expect(await failure(w.call(undefined, other))).toBeInstanceOf(ConflictError);
    w.pass(1);
    expect(await w.call(undefined, other)).toBe(ANSWER);
  });

  test('delays nobody once it was refused', async () => {
    const { call } = world();
    await failure(call(thrown(refused(new InvalidRequestError(undefined, 'no'))), ONE));
    expect(await call(undefined, other)).toBe(ANSWER);
  });
});

test.each([safeRow, unsafeRow])('of two deliveries at once one makes the call, the other waits: $id', async (row) => {
  const { call, sent, told, isDone, notes } = world();
  let second: Error | undefined;
  await call(
    async () => {
      second = await failure(call(() => ANSWER, { row }));
      return ANSWER;
    },
    { row },
  );
  expect(second).toBeInstanceOf(ConflictError);
  expect([sent.length, told.length, await isDone(), await notes(row)]).toEqual([1, 1, true, 0]);
});

test('two that find an old note at once: one repeats the call, the other waits', async () => {
  const { call, sent, pass, isDone } = world();
  await failure(call(thrown(BROKEN())));
  pass();
  const ends = await Promise.allSettled([call(), call()]);
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect([sent.length, await isDone()]).toEqual([2, true]);
});

test('notes are told apart by Application, operation and name', async () => {
  const { call, sent } = world();
  const nothing = { guard: () => [] };
  await failure(call(thrown(BROKEN()), nothing));
  await call(() => ANSWER, { ...nothing, applicationId: 2 });
  await call(() => ANSWER, { ...nothing, requestId: 'r2' });
  await call(() => ANSWER, { ...nothing, row: unsafeRow });
  expect(sent.length).toBe(4);
});
