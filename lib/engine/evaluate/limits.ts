import { decimal, minorUnits } from '../../contract/decimal.ts';
import type { Campaign, Limit } from '../../promotions/snapshot.ts';
import type { Moment } from '../moment.ts';
import type { Counters, RecordKey, SessionRecord } from '../records.ts';

/** The codes under evaluation: what `Coupon` and `Referral` limits count by. */
export interface Codes {
  readonly coupon?: string;
  readonly referral?: string;
}

/** One counter that an action must fit into. */
export interface LimitCounter {
  readonly limit: Limit;
  /** The limit in the counter's unit: whole uses, or minor units of money. */
  readonly bound: number;
  /** Absent: the session lacks what the limit counts by, so that the action fails (semantics.md L6). */
  readonly record?: RecordKey<Counters>;
  /** Set where it counts a person's own share. */
  readonly owner?: string;
}

/** The count's name inside a limit's record. */
export const LIMIT_COUNT = 'used';

/**
 * The counters of a campaign's limits on an action (semantics.md L1–L6): one for each limit, several where a session has
 * several identifiers, for each of them must have room.
 */
export const limitCounters = (
  campaign: Campaign,
  action: Limit['action'],
  session: Pick<SessionRecord, 'profileId' | 'identifiers'>,
  codes: Codes,
  moment: Moment,
): LimitCounter[] =>
  campaign.limits
    .filter((limit) => limit.action === action)
    .flatMap((limit): LimitCounter[] => {
      const { records } = moment;
      const bound = boundOf(limit, minorUnits(moment.promotions.application.currency));
      let shares: string[][] = [[...limit.entities, ...bucket(limit, moment)]];
      for (const entity of limit.entities) {
        const values = valuesOf(entity, session, codes);
        shares = shares.flatMap((share) => values.map((value) => [...share, value]));
      }
      if (shares.length === 0) return [{ limit, bound }];
      const owner = limit.entities.includes('Profile') ? records.ownerOf(session.profileId) : undefined;
      return shares.map((share) => ({
        limit,
        bound,
        record: records.limit(campaign.id, action, share),
        ...(owner !== undefined && { owner }),
      }));
    });

const valuesOf = (
  entity: Limit['entities'][number],
  { profileId, identifiers }: Pick<SessionRecord, 'profileId' | 'identifiers'>,
  { coupon, referral }: Codes,
): readonly string[] => {
  switch (entity) {
    case 'Coupon':
      return coupon === undefined ? [] : [coupon];
    case 'Referral':
      return referral === undefined ? [] : [referral];
    case 'Profile':
      return profileId === '' ? [] : [profileId];
    case 'Identifier':
      return identifiers.filter((identifier) => identifier !== '');
  }
};

/** What does not fill a unit is cut off. */
const boundOf = (limit: Limit, places: number): number =>
  limit.action === 'setDiscount'
    ? Number(
        decimal(limit.limit)
          .times(10 ** places)
          .round(0, 0),
      )
    : Math.floor(limit.limit);

/** The calendar bucket of a period in the Application's time zone; weeks start on Monday (L5). */
const bucket = ({ period }: Limit, moment: Moment): string[] => {
  if (!period) return [];
  const [year, month, day] = calendarDay(moment);
  switch (period) {
    case 'yearly':
      return [period, year];
    case 'monthly':
      return [period, `${year}-${month}`];
    case 'daily':
      return [period, `${year}-${month}-${day}`];
    case 'weekly': {
      const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
      const daysSinceMonday = (date.getUTCDay() + 6) % 7;
      return [period, new Date(date.getTime() - daysSinceMonday * DAY_MS).toISOString().slice(0, 10)];
    }
  }
};

const DAY_MS = 86_400_000;

type Day = readonly [year: string, month: string, day: string];

const DAYS = new WeakMap<Moment, Day>();

/** The day at the Application's place. Found out once a moment: calendars take longer than a whole evaluation. */
const calendarDay = (moment: Moment): Day => {
  let day = DAYS.get(moment);
  if (!day) {
    const part = Object.fromEntries(
      formatFor(moment.promotions.application.timezone)
        .formatToParts(moment.now)
        .map(({ type, value }) => [type, value]),
    );
    day = [part.year ?? '', part.month ?? '', part.day ?? ''];
    DAYS.set(moment, day);
  }
  return day;
};

const FORMATS = new Map<string, Intl.DateTimeFormat>();

const formatFor = (timeZone: string): Intl.DateTimeFormat => {
  let format = FORMATS.get(timeZone);
  if (!format) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en', { timeZone, calendar: 'iso8601', numberingSystem: 'latn', ...parts });
    FORMATS.set(timeZone, format);
  }
  return format;
};
