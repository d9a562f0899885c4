import { expect, test } from 'vitest';
import { type Attempt, afterFailure, type Delivery, isDelivered, PATIENCE_MS } from '../../../lib/inbox/delivery.ts';
import { NOW } from './fakes.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const later = (ms: number) => new Date(NOW.getTime() + ms);

/** Fails whenever it is due, until nothing is due any more. */
const failing = (attempt: Attempt, random = 0) => {
  const waits: number[] = [];
  let now = NOW;
  let delivery = afterFailure(undefined, attempt, { now, random });
  while (delivery.next !== undefined) {
    waits.push(Date.parse(delivery.next) - now.getTime());
    now = new Date(delivery.next);
    delivery = afterFailure(delivery, attempt, { now, random });
  }
  return { waits, delivery, now };
};

test('it is attempted again after 5 s, 5 min, 30 min, 2 h, 5 h, then each 10 h', () => {
  const { waits } = failing({ status: 500 });
  const tens = Array.from({ length: 11 }, () => 10 * HOUR);
  expect(waits.slice(0, -1)).toEqual([5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, ...tens]);
});

test('the last attempt is made when five days are over; then an operator has to say so', () => {
  for (const random of [0, 0.5, 1]) {
    const { now, delivery } = failing({ failure: 'slow' }, random);
    expect(now.getTime() - NOW.getTime()).toBe(5 * 24 * HOUR);
    expect(delivery).toMatchObject({ stopped: 'exhausted', since: NOW.toISOString(), last: { failure: 'slow' } });
    expect(delivery).not.toHaveProperty('next');
  }
});

test('waits are spread, and never shorter than the schedule', () => {
  const { waits } = failing({ status: 500 }, 1);
  expect(waits.slice(0, 6)).toEqual([6 * SECOND, 6 * MINUTE, 36 * MINUTE, 2.4 * HOUR, 6 * HOUR, 12 * HOUR]);
});

test('an answer of 410 stops at once', () => {
  expect(afterFailure(undefined, { status: 410 }, { now: NOW, random: 0 })).toEqual({
    attempts: 1,
    since: NOW.toISOString(),
    last: { at: NOW.toISOString(), status: 410 },
    stopped: 'gone',
  });
});

test.each<[string, number, number]>([
  ['longer than ours is kept', HOUR, HOUR],
  ['shorter than ours changes nothing', SECOND, 5 * SECOND],
  ['longer than five days is five days', 30 * 24 * HOUR, PATIENCE_MS],
])('a Retry-After that is %s', (_name, retryAfterMs, expected) => {
  const { next } = afterFailure(undefined, { status: 429, retryAfterMs }, { now: NOW, random: 0 });
  expect(next).toBe(later(expected).toISOString());
});

test('what is kept says how often, since when, what last and when next', () => {
  const first = afterFailure(undefined, { failure: 'ECONNREFUSED' }, { now: NOW, random: 0 });
  const second: Delivery = afterFailure(first, { status: 503 }, { now: later(MINUTE), random: 0 });
  expect(second).toEqual({
    attempts: 2,
    since: NOW.toISOString(),
    last: { at: later(MINUTE).toISOString(), status: 503 },
    next: later(6 * MINUTE).toISOString(),
  });
});

test.each([200, 201, 202, 204, 299])('%i is delivered', (status) => expect(isDelivered({ status })).toBe(true));

test.each([199, 300, 301, 304, 400, 404, 410, 429, 500, 0])('%i is not delivered', (status) => {
  expect(isDelivered({ status })).toBe(false);
});
