import { type BusinessCalendar, workingDayFrom } from './business-calendar.ts';
import { DAY_MS, type Day, dayOf, startOfDay } from './local-time.ts';

/** By when a request of a person is to be answered. Both are the first instant that is too late. */
export interface Deadlines {
  /** The law's: what happens at this instant breaches it. */
  readonly legal: Date;
  /** The one to work towards: at the latest the end of the first month, so that nobody counts on holidays or an extension. */
  readonly safe: Date;
}

/** Months that may be added to the first one (GDPR art. 12(3)). */
export type ExtensionMonths = 0 | 1 | 2;

const SAFE_DAYS = 28;

/** The same date that many months later, or the last day of a month that lacks it (Regulation 1182/71 art. 3(2)(c)). */
const monthsAfter = (day: Day, months: number): Day => {
  const date = new Date(day * DAY_MS);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const lastOfMonth = Date.UTC(year, month + 1, 0);
  return Math.min(Date.UTC(year, month, date.getUTCDate()), lastOfMonth) / DAY_MS;
};

/** A period ends with the last hour of its last day. */
const endOfDay = (day: Day, timezone: string): Date => startOfDay(day + 1, timezone);

/**
 * The deadlines of a request (GDPR art. 12(3), Regulation 1182/71 art. 3). The day of receipt at the place is not counted,
 * so that the month ends on the same date; a last day without work moves to the next working day. An extension is added to
 * the last day of the first month as it was before it moved: 31 January, 28 February, 28 March. That is the stricter
 * reading. It moves the legal deadline only.
 * @throws RangeError when `received` is an invalid date
 */
export const deadlines = (
  received: Date,
  calendar: BusinessCalendar,
  extendedByMonths: ExtensionMonths = 0,
): Deadlines => {
  const { timezone } = calendar;
  const monthLater = monthsAfter(dayOf(received, timezone), 1);
  const lastDay = workingDayFrom(monthsAfter(monthLater, extendedByMonths), calendar);
  const safe = Math.min(received.getTime() + SAFE_DAYS * DAY_MS, endOfDay(monthLater, timezone).getTime());
  return { legal: endOfDay(lastDay, timezone), safe: new Date(safe) };
};

/** Whether a person who is told at that instant of an extension is told within the first month (GDPR art. 12(3)). */
export const isToldInTime = (told: Date, received: Date, calendar: BusinessCalendar): boolean =>
  told < deadlines(received, calendar).legal;

/** An instant at which so much of the time from receipt to the legal deadline is over. */
export interface Threshold {
  /** 100 is the breach. */
  readonly percent: 50 | 75 | 90 | 100;
  readonly at: Date;
}

const PERCENTS = [50, 75, 90, 100] as const;

/** When to alarm: in order, the breach last. */
export const thresholds = (received: Date, legal: Date): readonly Threshold[] =>
  PERCENTS.map((percent) => {
    const share = Math.floor(((legal.getTime() - received.getTime()) * percent) / 100);
    return { percent, at: new Date(received.getTime() + share) };
  });

/** Days that are left at the place until a deadline's last day: 0 on that day, less than 0 after it. */
export const daysLeft = (now: Date, deadline: Date, { timezone }: Pick<BusinessCalendar, 'timezone'>): number =>
  dayOf(new Date(deadline.getTime() - 1), timezone) - dayOf(now, timezone);
