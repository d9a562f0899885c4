import { daysLeft } from '../privacy/calendar.ts';
import { DAY_MS, dayOf } from '../privacy/local-time.ts';
import { hasEnded, type PrivacyRequest } from '../privacy/request.ts';
import type { PrivacyDeps } from './privacy-deps.ts';
import { Refusal } from './refusal.ts';

/** Where and when days are counted. */
export interface Calendar {
  readonly now: Date;
  readonly timezone: string;
}

/** The calendar of the stage; UTC where its shops file is not here. */
export const calendarOf = async (deps: Pick<PrivacyDeps, 'now' | 'settings'>): Promise<Calendar> => {
  try {
    return { now: deps.now(), timezone: (await deps.settings()).timezone };
  } catch (error) {
    if (error instanceof Refusal) return { now: deps.now(), timezone: 'UTC' };
    throw error;
  }
};

/** The last day of a deadline, at the place. */
export const lastDayOf = (deadline: string, { timezone }: Calendar): string =>
  new Date(dayOf(new Date(Date.parse(deadline) - 1), timezone) * DAY_MS).toISOString().slice(0, 10);

/** How many days are left until a deadline, in words: `12 d left`, `today`, `3 d over`. */
export const leftOf = (deadline: string, calendar: Calendar): string => {
  const days = daysLeft(calendar.now, new Date(deadline), calendar);
  if (days === 0) return 'today';
  return days > 0 ? `${days} d left` : `${-days} d over`;
};

/** Whether it no longer matters how many days are left. */
export const isKept = (request: PrivacyRequest): boolean => request.status === 'completed' || hasEnded(request);
