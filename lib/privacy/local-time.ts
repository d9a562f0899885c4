/** A day of the calendar: its number, counted from 1 January 1970. */
export type Day = number;

/** Milliseconds of a day without a clock change. */
export const DAY_MS = 86_400_000;

const FORMATS = new Map<string, Intl.DateTimeFormat>();

const formatFor = (timezone: string): Intl.DateTimeFormat => {
  let format = FORMATS.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', {
      timeZone: timezone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    FORMATS.set(timezone, format);
  }
  return format;
};

/**
 * What a clock at the place shows, in milliseconds since it showed midnight of 1 January 1970.
 * @throws RangeError for an invalid date or timezone
 */
export const localTime = (instant: Date, timezone: string): number => {
  const shown: Record<string, number> = {};
  for (const { type, value } of formatFor(timezone).formatToParts(instant)) shown[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
  const milliseconds = ((instant.getTime() % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
};

/** The day that it is at the place. */
export const dayOf = (instant: Date, timezone: string): Day => Math.floor(localTime(instant, timezone) / DAY_MS);

/** The first millisecond after `before` for which it holds, where it holds from some millisecond on and at `until`. */
const firstWhere = (before: number, until: number, holds: (ms: number) => boolean): Date => {
  let [no, yes] = [before, until];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return new Date(yes);
};

/**
 * The instant at which a day begins at the place: its midnight, the first of two, or where clocks skip midnight the moment
 * of the change. A day that a place skipped begins with the day after it.
 */
export const startOfDay = (day: Day, timezone: string): Date =>
  // Searched for, as the offset that holds at midnight is known only once midnight is; no place is a day off UTC.
  firstWhere((day - 1) * DAY_MS, (day + 1) * DAY_MS, (ms) => dayOf(new Date(ms), timezone) >= day);

const offsetAt = (ms: number, timezone: string): number => localTime(new Date(ms), timezone) - ms;

/** When the place's offset from UTC is no longer what it is at an instant, up to another; undefined: it is the same at both. */
export const offsetChange = (from: Date, until: Date, timezone: string): Date | undefined => {
  const offset = offsetAt(from.getTime(), timezone);
  if (offsetAt(until.getTime(), timezone) === offset) return undefined;
  return firstWhere(from.getTime(), until.getTime(), (ms) => offsetAt(ms, timezone) !== offset);
};
