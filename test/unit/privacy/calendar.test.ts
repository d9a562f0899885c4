import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BusinessCalendar } from '../../../lib/privacy/business-calendar.ts';
import { daysLeft, deadlines, isToldInTime, thresholds } from '../../../lib/privacy/calendar.ts';
import { DAY_MS, type Day, dayOf } from '../../../lib/privacy/local-time.ts';
import { instants, zones } from './places.ts';

const HOLIDAYS = [
  ...['01-01', '05-01', '10-03', '12-25', '12-26'],
  ...['2026-04-03', '2026-04-06', '2027-03-26', '2027-03-29', '2027-02-28', '2029-02-28'],
];

const at = (timezone: string, holidays: string[] = []): BusinessCalendar => ({ timezone, holidays });

const utc = at('UTC');
const berlin = at('Europe/Berlin', HOLIDAYS);

describe('the month after receipt ends on the same date, or on the last day of a shorter month', () => {
  test.each([
    ['2026-06-15T12:00Z', '2026-07-16T00:00Z', 'the day of receipt is not counted'],
    ['2025-01-27T12:00Z', '2025-02-28T00:00Z', '27 January of a common year'],
    ['2025-01-28T12:00Z', '2025-03-01T00:00Z', '28 January of a common year'],
    ['2025-01-29T12:00Z', '2025-03-01T00:00Z', '29 January of a common year'],
    ['2025-01-30T12:00Z', '2025-03-01T00:00Z', '30 January of a common year'],
    ['2025-01-31T12:00Z', '2025-03-01T00:00Z', '31 January of a common year'],
    ['2028-01-28T12:00Z', '2028-02-29T00:00Z', '28 January of a leap year'],
    ['2028-01-29T12:00Z', '2028-03-01T00:00Z', '29 January of a leap year'],
    ['2028-01-30T12:00Z', '2028-03-01T00:00Z', '30 January of a leap year'],
    ['2028-01-31T12:00Z', '2028-03-01T00:00Z', '31 January of a leap year'],
    ['2028-02-29T12:00Z', '2028-03-30T00:00Z', '29 February: not the last day of March'],
    ['2100-01-29T12:00Z', '2100-03-02T00:00Z', 'a century without a leap day; 28 February is a Sunday'],
    ['2026-08-31T12:00Z', '2026-10-01T00:00Z', '31 August'],
    ['2024-12-31T12:00Z', '2025-02-01T00:00Z', '31 December'],
    ['2026-12-31T12:00Z', '2027-02-02T00:00Z', '31 December; 31 January is a Sunday'],
  ])('received %s, too late from %s: %s', (received, legal) => {
    expect(deadlines(new Date(received), utc).legal).toEqual(new Date(legal));
  });
});

describe('a last day without work moves to the next working day', () => {
  test.each([
    ['2026-07-08T12:00+02:00', '2026-08-11T00:00+02:00', 'Saturday → Monday 10 August'],
    ['2026-07-09T12:00+02:00', '2026-08-11T00:00+02:00', 'Sunday → Monday 10 August'],
    ['2026-07-10T12:00+02:00', '2026-08-11T00:00+02:00', 'Monday 10 August stays'],
    ['2026-03-03T12:00+01:00', '2026-04-08T00:00+02:00', 'Good Friday → past Easter Monday to Tuesday 7 April'],
    ['2026-03-05T12:00+01:00', '2026-04-08T00:00+02:00', 'Easter Sunday → Tuesday 7 April'],
    ['2026-03-06T12:00+01:00', '2026-04-08T00:00+02:00', 'Easter Monday → Tuesday 7 April'],
    ['2027-02-26T12:00+01:00', '2027-03-31T00:00+02:00', 'Good Friday → Tuesday 30 March, past the clock change'],
    ['2026-11-25T12:00+01:00', '2026-12-29T00:00+01:00', 'Friday 25 December → past a holiday on a Saturday'],
    ['2026-04-01T12:00+02:00', '2026-05-05T00:00+02:00', 'Friday 1 May, a holiday of every year → Monday'],
    ['2025-12-01T12:00+01:00', '2026-01-03T00:00+01:00', 'Thursday 1 January → Friday, in the year after receipt'],
    ['2028-01-28T12:00+01:00', '2028-02-29T00:00+01:00', 'a holiday of other years does not count'],
  ])('received %s, too late from %s: %s', (received, legal) => {
    expect(deadlines(new Date(received), berlin).legal).toEqual(new Date(legal));
  });
});

describe('days are those of the place, and end when its next day begins', () => {
  test.each([
    ['Pacific/Auckland', '2026-06-14T23:59:59+12:00', '2026-07-15T00:00+12:00', 'a second before midnight'],
    ['Pacific/Auckland', '2026-06-15T00:00:00+12:00', '2026-07-16T00:00+12:00', 'at midnight'],
    ['Pacific/Auckland', '2026-09-10T12:00:00+12:00', '2026-10-13T00:00+13:00', 'summer time begins in between'],
    ['Pacific/Auckland', '2026-03-30T23:59:59+13:00', '2026-05-01T00:00+12:00', 'summer time ends in between'],
    ['America/Los_Angeles', '2026-11-30T23:59:59-08:00', '2026-12-31T00:00-08:00', 'a second before midnight'],
    ['America/Los_Angeles', '2026-12-01T00:00:00-08:00', '2027-01-02T00:00-08:00', 'at midnight'],
    ['America/Los_Angeles', '2026-02-12T12:00:00-08:00', '2026-03-13T00:00-07:00', 'summer time begins in between'],
    ['Europe/Berlin', '2026-03-28T23:59:59+01:00', '2026-04-29T00:00+02:00', 'a second before the day of the change'],
    ['Europe/Berlin', '2026-03-29T00:00:00+01:00', '2026-04-30T00:00+02:00', 'as the day of the change begins'],
    ['Europe/Berlin', '2026-10-25T02:30:00+02:00', '2026-11-26T00:00+01:00', 'in the hour that comes twice'],
    ['Europe/Berlin', '2026-10-25T02:30:00+01:00', '2026-11-26T00:00+01:00', 'in that hour, the second time'],
    ['Europe/Berlin', '2026-10-25T23:59:59+01:00', '2026-11-26T00:00+01:00', 'a second before a day of 25 hours ends'],
    ['Pacific/Apia', '2026-06-14T23:59:59+13:00', '2026-07-15T00:00+13:00', 'a second before midnight'],
    ['Pacific/Apia', '2026-06-15T00:00:00+13:00', '2026-07-16T00:00+13:00', 'at midnight'],
    ['Pacific/Apia', '2011-11-29T12:00:00-10:00', '2011-12-31T00:00+14:00', 'before a day that was skipped'],
    ['Pacific/Apia', '2011-11-30T12:00:00-10:00', '2011-12-31T00:00+14:00', 'on the day that was skipped'],
    ['Africa/Cairo', '2026-03-23T12:00:00+02:00', '2026-04-24T01:00+03:00', 'clocks skip the midnight that ends it'],
    ['Africa/Cairo', '2026-09-29T12:00:00+03:00', '2026-10-30T00:00+02:00', 'its last hour comes twice'],
  ])('%s: received %s, too late from %s: %s', (timezone, received, legal) => {
    expect(deadlines(new Date(received), at(timezone)).legal).toEqual(new Date(legal));
  });
});

describe('an extension is added to the last day of the first month as it was before it moved', () => {
  test.each([
    [0, '2026-06-15T12:00Z', '2026-07-16T00:00Z', 'none'],
    [1, '2026-06-15T12:00Z', '2026-08-18T00:00Z', 'to Saturday → Monday 17 August'],
    [2, '2026-06-15T12:00Z', '2026-09-16T00:00Z', 'to 15 September'],
    [1, '2026-07-08T12:00Z', '2026-09-09T00:00Z', 'from Saturday 8 August, not from Monday'],
    [1, '2026-01-31T12:00Z', '2026-03-31T00:00Z', 'from 28 February to Saturday 28 March → Monday'],
    [2, '2026-01-31T12:00Z', '2026-04-29T00:00Z', 'from 28 February to 28 April'],
    [1, '2026-08-31T12:00Z', '2026-10-31T00:00Z', 'from 30 September to 30 October'],
    [2, '2026-08-31T12:00Z', '2026-12-01T00:00Z', 'from 30 September to 30 November'],
    [2, '2026-11-30T12:00Z', '2027-03-02T00:00Z', 'from 30 December to Sunday 28 February → Monday'],
  ] as const)('by %i months, received %s, too late from %s: %s', (months, received, legal, _why) => {
    expect(deadlines(new Date(received), utc, months).legal).toEqual(new Date(legal));
  });
});

describe('the safe deadline is 28 days after receipt, or the end of the month', () => {
  test.each([
    ['UTC', '2026-06-15T12:00Z', '2026-07-13T12:00Z', 'with days to spare'],
    ['UTC', '2026-01-31T12:00Z', '2026-02-28T12:00Z', 'though the legal one moves to Monday'],
    [
      'America/Los_Angeles',
      '2026-02-20T23:30-08:00',
      '2026-03-21T00:00-07:00',
      'where 28 days pass the end of the month',
    ],
  ])('%s: received %s, safe until %s, %s', (timezone, received, safe) => {
    expect(deadlines(new Date(received), at(timezone)).safe).toEqual(new Date(safe));
  });

  test('an extension leaves it where it is', () => {
    const received = new Date('2026-06-15T12:00Z');
    expect(deadlines(received, utc, 2).safe).toEqual(deadlines(received, utc).safe);
  });
});

test('a date that is none is refused', () => {
  expect(() => deadlines(new Date('soon'), utc)).toThrow(RangeError);
});

test.each([
  ['2026-06-15T12:00Z', true, 'at receipt'],
  ['2026-08-10T21:59:59+00:00', true, 'in the last second of the Monday that the Saturday moved to'],
  ['2026-08-10T22:00Z', false, 'as that day ends'],
])('a person who is told of an extension at %s is told in time: %s (%s)', (told, inTime) => {
  expect(isToldInTime(new Date(told), new Date('2026-07-08T12:00+02:00'), berlin)).toBe(inTime);
});

test('alarms are due at 50, 75 and 90 per cent of the time, and at the breach', () => {
  expect(thresholds(new Date('2026-06-01T00:00Z'), new Date('2026-07-02T00:00Z'))).toEqual([
    { percent: 50, at: new Date('2026-06-16T12:00Z') },
    { percent: 75, at: new Date('2026-06-24T06:00Z') },
    { percent: 90, at: new Date('2026-06-28T21:36Z') },
    { percent: 100, at: new Date('2026-07-02T00:00Z') },
  ]);
});

test.each([
  ['2026-03-27T23:59:59+01:00', 4, 'days of 23 hours count as days'],
  ['2026-03-30T23:59:59+02:00', 1, 'in the last second of the day before'],
  ['2026-03-31T00:00:00+02:00', 0, 'as the last day begins'],
  ['2026-03-31T23:59:59+02:00', 0, 'as the last day ends'],
  ['2026-04-01T00:00:00+02:00', -1, 'at the breach'],
  ['2026-04-08T12:00:00+02:00', -8, 'a week after it'],
])('at %s, %i days are left until the end of 31 March (%s)', (now, days) => {
  expect(daysLeft(new Date(now), new Date('2026-04-01T00:00+02:00'), berlin)).toBe(days);
});

const calendars = fc.record({
  timezone: zones,
  holidays: fc.subarray([...HOLIDAYS, '02-28', '02-29', '2028-03-01', '2030-05-31', '06-30', '07-01', '07-02']),
});

const extensions = fc.constantFrom(0, 1, 2);

const dateOf = (day: Day): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Searched for from the far end: the last day of the next month whose date is not above the day's own. */
const monthLater = (day: Day): Day => {
  let later = day + 62;
  const months = (each: Day) => Number(dateOf(each).slice(0, 4)) * 12 + Number(dateOf(each).slice(5, 7));
  while (months(later) !== months(day) + 1 || dateOf(later).slice(8) > dateOf(day).slice(8)) later -= 1;
  return later;
};

describe('whenever and wherever a request is received', () => {
  test('the legal day is the first working day from the same date of the next month on', () => {
    const isFree = (day: Day, { holidays }: BusinessCalendar) =>
      [0, 6].includes(new Date(dateOf(day)).getUTCDay()) || holidays.some((date) => dateOf(day).endsWith(date));
    fc.assert(
      fc.property(instants, calendars, (received, calendar) => {
        const { legal } = deadlines(received, calendar);
        const lastDay = dayOf(new Date(legal.getTime() - 1), calendar.timezone);
        const earliest = monthLater(dayOf(received, calendar.timezone));
        expect(dayOf(legal, calendar.timezone)).toBe(lastDay + 1);
        expect(lastDay).toBeGreaterThanOrEqual(earliest);
        const between = Array.from({ length: lastDay - earliest }, (_, index) => earliest + index);
        expect([...between, lastDay].map((day) => isFree(day, calendar))).toEqual([...between.map(() => true), false]);
      }),
    );
  });

  test('the safe deadline is after receipt, and neither after the legal one nor after 28 days', () => {
    fc.assert(
      fc.property(instants, calendars, extensions, (received, calendar, months) => {
        const { legal, safe } = deadlines(received, calendar, months);
        expect(safe.getTime()).toBeGreaterThan(received.getTime());
        expect(safe.getTime()).toBeLessThanOrEqual(legal.getTime());
        expect(safe.getTime()).toBeLessThanOrEqual(received.getTime() + 28 * DAY_MS);
        expect(dayOf(new Date(safe.getTime() - 1), calendar.timezone)).toBeLessThanOrEqual(
          monthLater(dayOf(received, calendar.timezone)),
        );
      }),
    );
  });

  test('what is received later is never due earlier', () => {
    const apart = fc.integer({ min: 0, max: 70 * DAY_MS });
    fc.assert(
      fc.property(instants, apart, calendars, extensions, (received, ms, calendar, months) => {
        const first = deadlines(received, calendar, months);
        const second = deadlines(new Date(received.getTime() + ms), calendar, months);
        expect(second.legal.getTime()).toBeGreaterThanOrEqual(first.legal.getTime());
        expect(second.safe.getTime()).toBeGreaterThanOrEqual(first.safe.getTime());
      }),
    );
  });

  test('a longer extension is never due earlier, and the breach comes after every alarm', () => {
    fc.assert(
      fc.property(instants, calendars, (received, calendar) => {
        const due = ([0, 1, 2] as const).map((months) => deadlines(received, calendar, months).legal.getTime());
        expect(due).toEqual([...due].sort((a, b) => a - b));
        const alarms = thresholds(received, new Date(due[0] ?? 0)).map((alarm) => alarm.at.getTime());
        expect(alarms).toEqual([...alarms].sort((a, b) => a - b));
        expect(alarms.at(-1)).toBe(due[0]);
      }),
    );
  });
});
