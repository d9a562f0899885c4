import { describe, expect, test } from 'vitest';
import { type Ending, type Failed, isUnsettled, RULES, retryAfterMs, waitBefore } from '../../../lib/client/retry.ts';

const now = new Date('2026-06-01T12:00:00Z');
const after = (ms: number) => new Date(now.getTime() + ms);

const OPTIONS = { retries: 2, firstMs: 100, mostMs: 2_000 };

const failed = (over: Partial<Failed> = {}): Failed => ({
  ending: 503,
  repeat: 'safe',
  tries: 1,
  retryAfter: undefined,
  now,
  deadline: after(30_000),
  random: 1,
  ...over,
});

const isRetried = (ending: Ending, repeat: 'safe' | 'unsafe') =>
  waitBefore(failed({ ending, repeat }), OPTIONS) !== undefined;

const STATUSES = Array.from({ length: 500 }, (_, index) => 100 + index);
const ENDINGS: readonly Ending[] = [...STATUSES, 'unconnected', 'broken', 'slow', 'final'];

describe('what is sent again', () => {
  test('where a repeat is safe: failed connections, 409, 429, 502 to 504', () => {
    expect(ENDINGS.filter((ending) => isRetried(ending, 'safe'))).toEqual([
      409,
      429,
      502,
      503,
      504,
      'unconnected',
      'broken',
      'slow',
    ]);
  });

  test('where it is not: only what was never sent', () => {
    expect(ENDINGS.filter((ending) => isRetried(ending, 'unsafe'))).toEqual(['unconnected']);
  });

  test('is one rule for each ending, with its reason', () => {
    expect(new Set(RULES.map(({ ending }) => ending)).size).toBe(RULES.length);
    expect(RULES.filter(({ why }) => why === '')).toEqual([]);
  });

  test('at most as often as asked, and never when asked for none', () => {
    expect([1, 2, 3].map((tries) => waitBefore(failed({ tries }), OPTIONS))).toEqual([100, 200, undefined]);
    expect(waitBefore(failed(), { ...OPTIONS, retries: 0 })).toBeUndefined();
  });
});

test('what may have been done although no answer says so: 5xx, a cut connection, silence', () => {
  expect(ENDINGS.filter(isUnsettled)).toEqual([...STATUSES.filter((status) => status >= 500), 'broken', 'slow']);
});

describe('the wait', () => {
  test('doubles up to its limit', () => {
    const options = { retries: 9, firstMs: 100, mostMs: 1_000 };
    expect([1, 2, 3, 4, 5, 9].map((tries) => waitBefore(failed({ tries }), options))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
  });

  test('is spread between half and all of that', () => {
    expect([0, 0.5, 1].map((random) => waitBefore(failed({ random }), OPTIONS))).toEqual([50, 75, 100]);
  });

  test('is never shorter than Retry-After, and may be longer than our own limit', () => {
    expect(waitBefore(failed({ retryAfter: '7' }), OPTIONS)).toBe(7_000);
    expect(waitBefore(failed({ retryAfter: '0' }), OPTIONS)).toBe(100);
  });

  test('never reaches the deadline: then there is no next try', () => {
    expect(waitBefore(failed({ retryAfter: '30' }), OPTIONS)).toBeUndefined();
    expect(waitBefore(failed({ deadline: after(100) }), OPTIONS)).toBeUndefined();
    expect(waitBefore(failed({ deadline: after(101) }), OPTIONS)).toBe(100);
  });
});

describe('Retry-After', () => {
  test.each([
    ['120', 120_000],
    [' 5 ', 5_000],
    ['Mon, 01 Jun 2026 12:00:03 GMT', 3_000],
    ['Monday, 01-Jun-26 12:00:03 GMT', 3_000],
    ['Mon, 01 Jun 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['2026', 2_026_000],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});
