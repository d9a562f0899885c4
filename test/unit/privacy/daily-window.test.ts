import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DailyWindow, isWithin, nextWithin } from '../../../lib/privacy/daily-window.ts';
import { DAY_MS } from '../../../lib/privacy/local-time.ts';
import { instants, zones } from './places.ts';

const within = (now: string, window: string, timezone: string) =>
  isWithin(new Date(now), DailyWindow.parse(window), timezone);

const next = (now: string, window: string, timezone: string) =>
  nextWithin(new Date(now), DailyWindow.parse(window), timezone);

test.each([
  ['01:00-05:00', { from: 60, until: 300 }],
  ['22:00-04:00', { from: 1320, until: 240 }],
  ['22:30-24:00', { from: 1350, until: 1440 }],
  ['00:00-24:00', { from: 0, until: 1440 }],
])('%s is a window', (text, window) => {
  expect(DailyWindow.parse(text)).toEqual(window);
});

test.each(['', '1:00-5:00', '01:00', '01:00-05:60', '24:00-05:00', '01:00-25:00', '01:00 - 05:00', '01:00-05:00Z'])(
  '"%s" is no window',
  (text) => {
    expect(DailyWindow.safeParse(text).error?.issues).toMatchObject([
      { message: 'is no window of the day, such as 01:00-05:00' },
    ]);
  },
);

test('a window without an extent is refused', () => {
  expect(DailyWindow.safeParse('05:00-05:00').error?.issues).toMatchObject([
    { message: 'starts when it ends; the whole day is 00:00-24:00' },
  ]);
});

describe('a window holds its start, not its end, by the clock at the place', () => {
  test.each([
    ['2026-06-15T00:59:59.999+02:00', '01:00-05:00', false],
    ['2026-06-15T01:00+02:00', '01:00-05:00', true],
    ['2026-06-15T04:59:59.999+02:00', '01:00-05:00', true],
    ['2026-06-15T05:00+02:00', '01:00-05:00', false],
    ['2026-06-15T21:59:59.999+02:00', '22:00-04:00', false],
    ['2026-06-15T22:00+02:00', '22:00-04:00', true],
    ['2026-06-16T00:00+02:00', '22:00-04:00', true],
    ['2026-06-16T03:59:59.999+02:00', '22:00-04:00', true],
    ['2026-06-16T04:00+02:00', '22:00-04:00', false],
    ['2026-06-15T23:59:59.999+02:00', '22:00-24:00', true],
    ['2026-06-16T00:00+02:00', '22:00-24:00', false],
    ['2026-06-16T00:00+02:00', '22:00-00:00', false],
    ['2026-06-16T00:00+02:00', '00:00-24:00', true],
    ['1969-12-31T23:30+01:00', '23:00-24:00', true],
  ])('%s in %s: %s', (now, window, expected) => {
    expect(within(now, window, 'Europe/Berlin')).toBe(expected);
  });
});

describe('the next time within a window', () => {
  test.each([
    ['2026-06-15T03:00+02:00', '01:00-05:00', '2026-06-15T03:00+02:00', 'is now'],
    ['2026-06-15T00:00:00.001+02:00', '01:00-05:00', '2026-06-15T01:00+02:00', 'is today'],
    ['2026-06-15T05:00+02:00', '01:00-05:00', '2026-06-16T01:00+02:00', 'is tomorrow'],
    ['2026-06-15T04:00+02:00', '22:00-04:00', '2026-06-15T22:00+02:00', 'is tonight'],
    ['2026-03-28T12:00+01:00', '03:30-05:00', '2026-03-29T03:30+02:00', 'comes an hour sooner in a night of 23 hours'],
    ['2026-10-24T12:00+02:00', '03:30-05:00', '2026-10-25T03:30+01:00', 'comes an hour later in a night of 25 hours'],
    [
      '2026-03-28T12:00+01:00',
      '02:30-04:00',
      '2026-03-29T03:00+02:00',
      'is at the change, where clocks skip its start',
    ],
    ['2026-03-28T12:00+01:00', '02:15-02:45', '2026-03-30T02:15+02:00', 'is a day later, where clocks skip all of it'],
    ['2026-10-25T02:45+02:00', '02:00-02:30', '2026-10-25T02:00+01:00', 'is at the change, where it comes twice'],
    ['2026-10-25T02:45+02:00', '02:15-02:30', '2026-10-25T02:15+01:00', 'comes again where an hour comes twice'],
  ])('from %s in %s: %s, it %s', (now, window, expected) => {
    expect(next(now, window, 'Europe/Berlin')).toEqual(new Date(expected));
  });

  test('is at one, where clocks skip midnight', () => {
    expect(next('2026-04-23T12:00+02:00', '00:00-04:00', 'Africa/Cairo')).toEqual(new Date('2026-04-24T01:00+03:00'));
  });

  test('is within it, not in the past, less than two days ahead, and nothing before it is within', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const windows = fc.record({ from: minute, until: minute }).filter(({ from, until }) => from !== until);
    fc.assert(
      fc.property(instants, windows, zones, fc.double({ min: 0, max: 1, noNaN: true }), (now, window, zone, share) => {
        const found = nextWithin(now, window, zone);
        const wait = found.getTime() - now.getTime();
        expect(isWithin(found, window, zone)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThan(2 * DAY_MS);
        for (const ms of [0, Math.floor((wait - 1) * share), wait - 1].filter((before) => before >= 0 && before < wait))
          expect(isWithin(new Date(now.getTime() + ms), window, zone)).toBe(false);
      }),
    );
  });
});
