import * as z from 'zod';
import { DAY_MS, localTime, offsetChange } from './local-time.ts';

const MINUTE_MS = 60_000;

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Hours of every day, by the clock at the place: `01:00-05:00`, `22:00-04:00` over midnight. The end is not part of them. */
export const DailyWindow = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, {
    error: 'is no window of the day, such as 01:00-05:00',
    abort: true,
  })
  .transform((text) => ({ from: minutes(text.slice(0, 5)), until: minutes(text.slice(6)) }))
  .refine(({ from, until }) => from !== until, 'starts when it ends; the whole day is 00:00-24:00');

/** The window as it is read: minutes after midnight. */
export type DailyWindow = Readonly<z.infer<typeof DailyWindow>>;

const timeOfDay = (instant: Date, timezone: string): number => {
  const time = localTime(instant, timezone) % DAY_MS;
  return time < 0 ? time + DAY_MS : time;
};

/** Whether the clock at the place shows a time of the window. */
export const isWithin = (now: Date, { from, until }: DailyWindow, timezone: string): boolean => {
  const time = timeOfDay(now, timezone);
  const [begun, over] = [time >= from * MINUTE_MS, time >= until * MINUTE_MS];
  return from < until ? begun && !over : begun || !over;
};

/**
 * The first instant from `now` on that is within the window. Where clocks skip its start that day, it is the moment of the
 * change; where they skip all of it, it is the next day's.
 */
export const nextWithin = (now: Date, window: DailyWindow, timezone: string): Date => {
  let next = now;
  while (!isWithin(next, window, timezone)) {
    const wait = (window.from * MINUTE_MS - timeOfDay(next, timezone) + DAY_MS) % DAY_MS;
    const start = new Date(next.getTime() + wait);
    next = offsetChange(next, start, timezone) ?? start;
  }
  return next;
};
