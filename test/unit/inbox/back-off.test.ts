import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ConflictError,
  UnauthorizedError,
  type UpstreamCall,
  UpstreamError,
  UpstreamTimeoutError,
} from '../../../lib/contract/errors.ts';
import { OutOfTimeError } from '../../../lib/inbox/apply-event.ts';
import { backOffSeconds, type Tried } from '../../../lib/inbox/back-off.ts';
import { KEPT_SECONDS } from '../../../lib/inbox/queue.ts';
import { StaleWriteError } from '../../../lib/store/store.ts';
import { serverlessFile } from '../../house/serverless-file.ts';
import { NOW } from './fakes.ts';

const CALL: UpstreamCall = { method: 'PUT', path: '/v2/customer_sessions/{id}', status: 503 };
const away = (retryAfterMs?: number) =>
  new UpstreamError('away', { ...CALL, ...(retryAfterMs !== undefined && { retryAfterMs }) }, 'retry');

const wait = (over: Partial<Tried>): number =>
  backOffSeconds({ error: away(), receives: 1, sentAt: NOW, now: NOW, random: 1, ...over });

/** The waits of a message that fails again and again in the same way. */
const waits = (error: unknown, random = 1): number[] =>
  Array.from({ length: 12 }, (_, index) => wait({ error, receives: index + 1, random }));

const QUEUE = serverlessFile().resources.Resources.InboxQueue?.Properties ?? {};
const { maxReceiveCount } = QUEUE.RedrivePolicy as { maxReceiveCount: number };

describe('an outage', () => {
  test.each([
    ['a server that fails', away()],
    ['a key that is refused', new UnauthorizedError()],
    ['no answer in time', new UpstreamTimeoutError('slow', CALL)],
    ['a refused connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
  ])('%s is waited for twice as long each time, up to half an hour', (_, error) => {
    expect(waits(error)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800, 1800]);
  });

  test('groups that failed together are spread over the upper half of the wait', () => {
    expect(waits(away(), 0)).toEqual([3, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
  });

  test('ten days of it, however the waits fall, are fewer receives than make a message dead', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }), (randoms) => {
        let [receives, seconds] = [0, 0];
        while (seconds < 10 * 86_400) {
          receives += 1;
          seconds += wait({ receives, random: randoms[receives % randoms.length] ?? 0 });
        }
        expect(receives).toBeLessThan(maxReceiveCount);
      }),
      { numRuns: 50, examples: [[[0]]] },
    );
  });
});

describe('Retry-After', () => {
  test('is the least that is waited, spread upwards', () => {
    expect(wait({ error: away(120_000), random: 0 })).toBe(120);
    expect(wait({ error: away(120_000), random: 1 })).toBe(132);
    expect(wait({ error: away(1_000), receives: 6 })).toBe(160);
  });

  test('counts up to an hour: nobody can make a message late by asking for a year', () => {
    expect(wait({ error: away(365 * 86_400_000), random: 0 })).toBe(3600);
  });
});

test.each([
  ['a conflict', new ConflictError('session')],
  ['a write that others were faster with', new StaleWriteError([])],
])('%s is over in a moment: seconds, half a minute at the most', (_, error) => {
  expect(waits(error).slice(0, 7)).toEqual([1, 2, 4, 8, 16, 30, 30]);
});

test('a fault that nobody foresaw is tried some times before it is parked', () => {
  const all = waits(new TypeError('x is undefined'));
  expect(all.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 60]);
});

test('what was only cut off by the time goes on at once', () => {
  expect(wait({ error: new OutOfTimeError('x'), receives: 9 })).toBe(1);
});

test('whatever failed however often: whole seconds, at least one, and never beyond what the queue still keeps it for', () => {
  const errors = fc.constantFrom<unknown>(away(), away(86_400_000), new ConflictError('profile'), 'oops', undefined);
  fc.assert(
    fc.property(
      errors,
      fc.nat(2_000),
      fc.integer({ min: 2, max: KEPT_SECONDS }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (error, receives, left, random) => {
        const sentAt = new Date(NOW.getTime() - (KEPT_SECONDS - left) * 1000);
        const seconds = wait({ error, receives, sentAt, random });
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThan(left);
      },
    ),
  );
});

test('a queue that does not say when it got a message, or keeps it no longer, is no reason to hurry or to fail', () => {
  expect(wait({ sentAt: undefined })).toBe(5);
  expect(wait({ sentAt: new Date(0) })).toBe(1);
});

test('the queue keeps its messages as long as the code believes', () => {
  expect(QUEUE.MessageRetentionPeriod).toBe(KEPT_SECONDS);
});
