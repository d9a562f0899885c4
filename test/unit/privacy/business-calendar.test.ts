import { expect, test } from 'vitest';
import { BusinessCalendar } from '../../../lib/privacy/business-calendar.ts';

const faultsOf = (settings: unknown): string[] =>
  (BusinessCalendar.safeParse(settings).error?.issues ?? []).map(({ path, message }) => [...path, message].join(': '));

const everyDayOf = (year: number): string[] =>
  Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(year, 0, day + 1)).toISOString().slice(5, 10));

test('a shop that says nothing works by UTC and has weekends only', () => {
  expect(BusinessCalendar.parse({})).toEqual({ timezone: 'UTC', holidays: [] });
});

test.each(['2026-12-25', '2028-02-29', '12-25', '02-29'])('%s is a holiday', (date) => {
  expect(faultsOf({ holidays: [date] })).toEqual([]);
});

test.each([
  ...[
    '',
    'Christmas',
    '25-12',
    '13-01',
    '04-31',
    '02-30',
    '2026-02-29',
    '2026-2-3',
    '2026-12-25T00:00Z',
    '2026',
    '12/25',
  ],
  ...['-5-01', '+1-01'],
])('"%s" is no holiday', (date) => {
  expect(faultsOf({ holidays: [date] })).toEqual(['holidays: 0: is no date: 2026-12-25, or 12-25 for every year']);
});

test('every fault is named', () => {
  expect(faultsOf({ timezone: 'Berlin', holidays: ['12-25', '12-32'] })).toEqual([
    'timezone: is no IANA timezone, such as Europe/Berlin',
    'holidays: 1: is no date: 2026-12-25, or 12-25 for every year',
  ]);
  expect(faultsOf({ holiday: [] })).toEqual(['Unrecognized key: "holiday"']);
});

test('a list that leaves no day to work is refused, for a deadline would never end', () => {
  expect(faultsOf({ holidays: everyDayOf(2028) })).toEqual(['holidays: hold more than 60 days of every year']);
  expect(faultsOf({ holidays: everyDayOf(2028).slice(0, 60) })).toEqual([]);
  expect(faultsOf({ holidays: everyDayOf(2028).map((date) => `2028-${date}`) })).toEqual([]);
});
