import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, dayOf, localTime, offsetChange, startOfDay } from '../../../lib/privacy/local-time.ts';
import { instants, zones } from './places.ts';

const dayNumber = (date: string): number => Date.parse(date) / DAY_MS;

test.each([
  ['UTC', '2026-06-15T12:00:00.007Z', '2026-06-15T12:00:00.007Z'],
  ['Asia/Kathmandu', '2026-06-15T12:00:00.007Z', '2026-06-15T17:45:00.007Z'],
  ['America/Los_Angeles', '2026-06-15T06:59:59.999Z', '2026-06-14T23:59:59.999Z'],
  ['Pacific/Kiritimati', '2026-06-15T10:00Z', '2026-06-16T00:00Z'],
  ['Europe/Berlin', '1969-12-31T22:59:59.993Z', '1969-12-31T23:59:59.993Z'],
])('clocks in %s show at %s what those in UTC show at %s', (timezone, instant, shown) => {
  expect(localTime(new Date(instant), timezone)).toBe(Date.parse(shown));
});

describe('a day begins at midnight', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-29T00:00+01:00', 'on a day of 23 hours'],
    ['Europe/Berlin', '2026-03-30', '2026-03-30T00:00+02:00', 'after it'],
    ['America/Havana', '2026-11-01', '2026-11-01T00:00-04:00', 'the first of two'],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T01:00-02:00', 'or at one, where clocks skip the hour'],
    ['Africa/Cairo', '2026-10-30', '2026-10-30T00:00+02:00', 'once the last hour has come again'],
    ['Pacific/Apia', '2011-12-30', '2011-12-31T00:00+14:00', 'or not before the next day, where it is skipped'],
  ])('%s, %s: %s, %s', (timezone, date, start) => {
    expect(startOfDay(dayNumber(date), timezone)).toEqual(new Date(start));
  });

  test('so that every instant lies between the beginnings of its day and of the next', () => {
    fc.assert(
      fc.property(instants, zones, (instant, timezone) => {
        const day = dayOf(instant, timezone);
        expect(startOfDay(day, timezone).getTime()).toBeLessThanOrEqual(instant.getTime());
        expect(startOfDay(day + 1, timezone).getTime()).toBeGreaterThan(instant.getTime());
      }),
    );
  });
});

test('a change of the clocks is found to the millisecond, or there is none', () => {
  const find = (from: string, until: string) => offsetChange(new Date(from), new Date(until), 'Europe/Berlin');
  expect(find('2026-03-28T12:00Z', '2026-03-29T12:00Z')).toEqual(new Date('2026-03-29T01:00Z'));
  expect(find('2026-03-28T12:00Z', '2026-03-29T01:00Z')).toEqual(new Date('2026-03-29T01:00Z'));
  expect(find('2026-03-28T12:00Z', '2026-03-29T00:59Z')).toBeUndefined();
  expect(find('2026-03-29T01:00Z', '2026-03-29T12:00Z')).toBeUndefined();
});
