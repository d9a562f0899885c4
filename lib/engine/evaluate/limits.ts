import { decimal } from '../../contract/decimal.ts';
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
  readonly record: RecordKey<Counters>;
}

/** The count's name inside a limit's record. */
export const LIMIT_COUNT = 'used';

/**
 * The counters of a campaign's limits on an action (semantics.md L1–L6): one for each limit, several where a session has
 * several identifiers. `missing` names a limit whose entity the session lacks: then the action fails.
 */
export const limitCounters = (
  campaign: Campaign,
  action: Limit['action'],
  session: Pick<SessionRecord, 'profileId' | 'identifiers'>,
  codes: Codes,
  { records, now, promotions }: Moment,
): { readonly counters: readonly LimitCounter[]; readonly missing?: Limit } => {
  const counters: LimitCounter[] = [];
  for (const limit of campaign.limits) {
    if (limit.action !== action) continue;
    let shares: string[][] = [[...limit.entities, ...bucket(limit, now, promotions.application.timezone)]];
    for (const entity of limit.entities) {
      const values = valuesOf(entity, session, codes);
      if (values.length === 0) return { counters, missing: limit };
      shares = shares.flatMap((share) => values.map((value) => [...share, value]));
    }
    for (const share of shares) counters.push({ limit, record: records.limit(campaign.id, action, share) });
  }
  return { counters };
};

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
      return identifiers;
  }
};

/** The limit in the counter's unit: whole uses, or minor units of money; what does not fill a unit is cut off. */
export const boundOf = (limit: Limit, places: number): number =>
  limit.action === 'setDiscount'
    ? Number(
        decimal(limit.limit)
          .times(10 ** places)
          .round(0, 0),
      )
    : Math.floor(limit.limit);

/** The calendar bucket of a period in the Application's time zone; weeks start on Monday (L5). */
const bucket = ({ period }: Limit, now: Date, timezone: string): string[] => {
  if (!period) return [];
  const [year, month, day] = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' })
    .format(now)
    .split('-') as [string, string, string];
  switch (period) {
    case 'yearly':
      return [year];
    case 'monthly':
      return [`${year}-${month}`];
    case 'daily':
      return [`${year}-${month}-${day}`];
    case 'weekly': {
      const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
      const daysSinceMonday = (date.getUTCDay() + 6) % 7;
      return [new Date(date.getTime() - daysSinceMonday * 86_400_000).toISOString().slice(0, 10)];
    }
  }
};
