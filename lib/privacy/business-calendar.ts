import * as z from 'zod';
import { Timezone } from '../contract/timezone.ts';
import { DAY_MS, type Day } from './local-time.ts';

const dateOf = (day: Day): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** A date of every year is looked up in a leap year, so that 29 February is one. */
const isDate = (text: string): boolean => {
  const date = text.length === 5 ? `2000-${text}` : text;
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && dateOf(ms / DAY_MS) === date;
};

const Holiday = z.string().refine(isDate, 'is no date: 2026-12-25, or 12-25 for every year');

/** More than any country has; a list of every day of the year would leave no day to work. */
const MOST_YEARLY = 60;

/** Where and when people work who answer for legal deadlines: part of the `privacy:` settings of shops.yaml. */
export const BusinessCalendar = z.strictObject({
  /** The place whose days count. */
  timezone: Timezone.default('UTC'),
  /** Public holidays: `2026-04-03` is one day, `12-25` a day of every year. Saturdays and Sundays need no mention. */
  holidays: z
    .array(Holiday)
    .refine((days) => new Set(days.filter((day) => day.length === 5)).size <= MOST_YEARLY, {
      error: `hold more than ${MOST_YEARLY} days of every year`,
    })
    .default([]),
});

/** The settings as they are read: see the schema of the same name. */
export type BusinessCalendar = Readonly<z.infer<typeof BusinessCalendar>>;

const isWorkingDay = (day: Day, holidays: readonly string[]): boolean => {
  const date = dateOf(day);
  const weekday = new Date(day * DAY_MS).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.includes(date) && !holidays.includes(date.slice(5));
};

/** The day itself, or the next that is no Saturday, Sunday or holiday (Regulation 1182/71 art. 2(2), 3(4)). */
export const workingDayFrom = (day: Day, { holidays }: Pick<BusinessCalendar, 'holidays'>): Day => {
  let working = day;
  while (!isWorkingDay(working, holidays)) working += 1;
  return working;
};
