import { describe, expect, test } from 'vitest';
import {
  afterCallback,
  afterFailedCallback,
  callbackBody,
  dueCallbacks,
  MOST_FAILURES,
  withoutCallback,
} from '../../../lib/privacy/callbacks.ts';
import { controllerChanges, controllerStatus, expectedCompletion } from '../../../lib/privacy/controller-status.ts';
import type { Callbacks, PrivacyRequest } from '../../../lib/privacy/request.ts';
import { accepted, after, checkedIn, erasedFrom, lived, RECEIVED, type Story } from './requests.ts';

const CALLBACKS: Callbacks = {
  controller: 'consent-desk',
  requestId: 'a7551968-d5d6-44b2-9831-815ac9017798',
  domain: 'api.example',
  urls: ['https://desk.example/dsr'],
  failures: 0,
  next: RECEIVED.toISOString(),
};

const asked = (over: Partial<PrivacyRequest> = {}) => accepted({ callbacks: CALLBACKS, ...over });

const COMPLETED: Story = [...erasedFrom('engine'), checkedIn(1, ['engine'])];
const VERIFIED: Story = [...COMPLETED, checkedIn(25, ['engine']), checkedIn(7 * 24 + 1, ['engine'])];

const statuses = (request: PrivacyRequest, now: Date) => dueCallbacks(request, now)?.map(({ status }) => status);

/** Told of everything that is due. */
const told = (request: PrivacyRequest, now: Date): PrivacyRequest =>
  (dueCallbacks(request, now) ?? []).reduce((each) => afterCallback(each), request);

describe('what a controller sees', () => {
  const hold = { kind: 'hold', reason: 'dispute', review: after(99) } as const;
  test.each<[string, Story, string[]]>([
    ['accepted', [], ['pending']],
    ['erased and checked', VERIFIED, ['pending', 'in_progress', 'completed']],
    ['held before anything is deleted', [[1, hold]], ['pending']],
    [
      'held and released',
      [
        [1, hold],
        [2, { kind: 'release', reason: 'settled' }],
      ],
      ['pending'],
    ],
    [
      'held between two targets',
      [
        [1, { kind: 'begun', targets: ['a', 'b'] }],
        [2, hold],
      ],
      ['pending', 'in_progress'],
    ],
    ['cancelled', [[1, { kind: 'cancel', reason: 'asked' }]], ['pending', 'cancelled']],
    [
      'with a target that fails',
      [
        [1, { kind: 'begun', targets: ['a'] }],
        [2, { kind: 'failed', target: 'a', reason: 'x' }],
      ],
      ['pending', 'in_progress'],
    ],
    [
      'found again and deleted again',
      [...COMPLETED, checkedIn(25, ['engine'], 'present')],
      ['pending', 'in_progress', 'completed', 'in_progress'],
    ],
  ])('of a request that is %s', (_, story, expected) => {
    const request = lived(story);
    expect(controllerChanges(request)).toEqual(expected);
    expect(controllerStatus(request)).toBe(expected.at(-1));
  });

  test('is not why somebody must look at it', () => {
    expect(controllerStatus(accepted({ log: [{ at: 'now', status: 'requires_input' }] }))).toBe('pending');
  });

  test('is the date that we keep, or the end of a grace that is later', () => {
    expect(expectedCompletion({ safe: '2026-03-30', notBefore: '2026-03-02' })).toBe('2026-03-30');
    expect(expectedCompletion({ safe: '2026-03-30', notBefore: '2026-04-02' })).toBe('2026-04-02');
  });
});

describe('a callback', () => {
  test('is due for each change, in order, also for those between two runs', () => {
    expect(statuses(asked(), RECEIVED)).toEqual(['pending']);
    expect(statuses(lived(COMPLETED, asked()), after(1))).toEqual(['pending', 'in_progress', 'completed']);
    const first = told(asked(), RECEIVED);
    expect(dueCallbacks(first, after(9))).toBeUndefined();
    expect(statuses(lived(COMPLETED, first), after(1))).toEqual(['in_progress', 'completed']);
  });

  test('says what OpenDSR wants it to say, and nothing of the person', () => {
    expect(callbackBody(asked(), CALLBACKS, 'https://desk.example/dsr', 'completed')).toEqual({
      controller_id: 'consent-desk',
      expected_completion_time: '2026-03-30T09:00:00.000Z',
      status_callback_url: 'https://desk.example/dsr',
      subject_request_id: 'a7551968-d5d6-44b2-9831-815ac9017798',
      request_status: 'completed',
    });
  });

  test('is not due of a request for which nobody asked for any', () => {
    expect(dueCallbacks(accepted(), after(1))).toBeUndefined();
  });

  test('keeps a request on the work list until it is told', () => {
    const ended = lived([[1, { kind: 'cancel', reason: 'asked' }]], asked());
    expect(ended.next).toBe(after(1).toISOString());
    const done = told(ended, after(1));
    expect(done).not.toHaveProperty('next');
  });

  test('leaves no address behind once the last one was told', () => {
    expect(told(lived([[1, { kind: 'cancel', reason: 'asked' }]], asked()), after(1))).not.toHaveProperty('callbacks');
    const answered = told(lived([[1, { kind: 'exported' }]], asked({ kind: 'access' })), after(1));
    expect(answered).not.toHaveProperty('callbacks');
    const completed = told(lived(COMPLETED, asked()), after(1));
    expect(completed).toHaveProperty('callbacks');
    const verified = lived(VERIFIED.slice(COMPLETED.length), completed);
    expect(statuses(verified, after(999))).toEqual([]);
    expect(withoutCallback(verified)).not.toHaveProperty('callbacks');
    expect(withoutCallback(verified)).not.toHaveProperty('next');
  });
});

describe('a callback that fails', () => {
  test('is tried again after one minute, two, four, and twelve hours at the most', () => {
    let request = asked();
    const waits: number[] = [];
    for (let hour = 0; hour < 15; hour++) {
      request = afterFailedCallback(request, after(hour));
      waits.push((Date.parse(request.callbacks?.next ?? '') - after(hour).getTime()) / 60_000);
    }
    expect(waits.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(Math.max(...waits)).toBe(720);
    expect(dueCallbacks(afterFailedCallback(asked(), RECEIVED), RECEIVED)).toBeUndefined();
  });

  test('is given up after some days, and begins anew when the status changes again', () => {
    let request = asked();
    for (let tries = 0; tries < MOST_FAILURES; tries++) request = afterFailedCallback(request, after(tries));
    expect(request.callbacks).not.toHaveProperty('next');
    expect(request.next).toBe(accepted().next);
    const moved = lived([[90, { kind: 'begun', targets: ['engine'] }]], request);
    expect(moved.callbacks).toMatchObject({ failures: 0, next: after(90).toISOString() });
    expect(statuses(moved, after(90))).toEqual(['pending', 'in_progress']);
  });

  test('does not put off the work on the request', () => {
    const request = lived([[1, { kind: 'begun', targets: ['engine'] }]], asked());
    const failed = afterFailedCallback(request, after(1));
    expect(failed.next).toBe(after(1).toISOString());
  });
});
