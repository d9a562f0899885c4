import { expect, test } from 'vitest';
import { UnusableEventError } from '../../../lib/commerce/errors.ts';
import {
  ApiError,
  ConfigurationError,
  ConflictError,
  IllegalTransitionError,
  InvalidRequestError,
  NotFoundError,
} from '../../../lib/contract/errors.ts';
import { ParkError } from '../../../lib/inbox/park.ts';
import { settle } from '../../../lib/inbox/settle.ts';
import { StaleWriteError, type Store } from '../../../lib/store/store.ts';
import { everythingParked, memoryStore, NOW, received } from './fakes.ts';

const LATER = new Date(NOW.getTime() + 15 * 60_000 + 1);

class Suppressed extends ApiError {
  readonly status = 409;
  readonly onQueue = 'drop';
}

const settled = async (error: unknown, now: Date = NOW, store: Store = memoryStore()) => {
  const message = received('the body', { id: 'm1' });
  const work = async () => {
    throw error;
  };
  const outcome = await settle(message, work, async () => 'the owner', { store, accountId: 1, now: () => now });
  return { outcome, parked: await everythingParked(store) };
};

test.each([
  ['a refused request', new InvalidRequestError([{ title: 'enum', source: { pointer: '/state' } }]), 'refused'],
  ['an illegal move', new IllegalTransitionError('open', 'closed'), 'refused'],
  ['something that is not there', new NotFoundError('no such campaign'), 'refused'],
  ['an unusable event', new UnusableEventError('wrong currency'), 'unusable'],
  ['an unreadable message', new ParkError('unreadable', 'not JSON'), 'unreadable'],
])('%s is parked at once, with its reason', async (_, error, reason) => {
  const { outcome, parked } = await settled(error);
  expect(outcome).toEqual({ outcome: 'parked', reason });
  expect(parked).toMatchObject([{ reason, message: 'the body', at: NOW.toISOString() }]);
  expect(parked[0]?.error).toContain(error.message);
});

test('what was refused keeps every fault with its place', async () => {
  const { parked } = await settled(
    new InvalidRequestError([{ title: 'enum', details: 'no such state', source: { pointer: '/state' } }]),
  );
  expect(parked[0]?.error).toContain('enum no such state /state');
});

test('a person who was erased is left out, and nothing is parked', async () => {
  expect(await settled(new Suppressed('gone'))).toEqual({
    outcome: { outcome: 'dropped', reason: 'Suppressed' },
    parked: [],
  });
});

const aws = (name: string, $fault: string) => Object.assign(new Error(name), { name, $fault });

test.each([
  ['a conflict', new ConflictError('session')],
  ['a write that others were faster with', new StaleWriteError([])],
  ['promotions that are not published yet', new ConfigurationError('nothing is published')],
  ['a refused connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
  [
    'a cut connection behind another error',
    new Error('x', { cause: Object.assign(new Error('y'), { code: 'EPIPE' }) }),
  ],
  ['a time-out', new DOMException('x', 'TimeoutError')],
  ['a store that is busy', Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR' })],
  ['an AWS outage', aws('InternalServerError', 'server')],
  ['AWS throttling', aws('ThrottlingException', 'client')],
  ['a right that is missing', aws('AccessDeniedException', 'client')],
])('%s is an outage: it waits, however long it takes', async (_, error) => {
  const { outcome, parked } = await settled(error, LATER);
  expect(outcome).toMatchObject({ outcome: 'failed', error });
  expect(parked).toEqual([]);
});

test.each([
  ['a fault of ours', new TypeError('x is undefined')],
  ['a request that AWS finds malformed', aws('ValidationException', 'client')],
  ['something that is no error', 'oops'],
  ['nothing at all', undefined],
])('%s is tried again for 15 minutes and parked then', async (_, error) => {
  expect(await settled(error, new Date(LATER.getTime() - 1))).toMatchObject({
    outcome: { outcome: 'failed' },
    parked: [],
  });
  expect(await settled(error, LATER)).toMatchObject({
    outcome: { outcome: 'parked', reason: 'unexpected' },
    parked: [{ reason: 'unexpected' }],
  });
});

test('a message that cannot be parked comes again', async () => {
  const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  const store = memoryStore();
  const broken: Store = { ...store, get: store.get, query: store.query.bind(store), write: () => Promise.reject(away) };
  const { outcome, parked } = await settled(new NotFoundError('x'), NOW, broken);
  expect(outcome).toEqual({ outcome: 'failed', reason: 'not parked', error: away });
  expect(parked).toEqual([]);
});

test("another server's conflict waits too, and its words are not told", async () => {
  const error = Object.assign(new ConflictError('session', 'busy with ann'), {
    upstream: { method: 'PUT', path: '/', status: 409 },
  });
  const { outcome, parked } = await settled(error, LATER);
  expect([outcome, parked]).toEqual([{ outcome: 'failed', reason: 'ConflictError' }, []]);
});
