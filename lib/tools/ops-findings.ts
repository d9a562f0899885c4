import type { Difference } from '../commerce/difference.ts';
import type { CommerceEvent } from '../commerce/event.ts';
import { ApiError } from '../contract/errors.ts';
import type { Compared } from '../inbox/reconcile.ts';
import { sessionOfEvent } from '../inbox/subject.ts';
import { minuteOf, shortText, tableOf } from './table.ts';

/** What each difference means to the person who reads it. */
const MEANING: Readonly<Record<Difference, string>> = {
  missing: 'never applied',
  state: 'the session is not where the order is',
  refund: 'a refund was not reported',
  event: 'something else was not reported: it was edited after closing, or fulfilled',
  stale: 'changed since it was applied',
  unusable: 'cannot be applied: npm run ops -- failures list, where it was delivered',
};

/** Rows of a table that nobody scrolls through. */
const MOST_ROWS = 50;
const SHORT = 60;

/** Differences, and what could not be read, as they are told at the end. */
export interface Findings {
  add(compared: Compared): void;
  /** For `skipped` of a reading. */
  skip(resource: string, error: Error): void;
  readonly compared: number;
  readonly differing: number;
  readonly skipped: number;
  /** The tables. */
  lines(): string[];
}

/** Collects findings, and keeps the first rows of each table only. */
export const findings = (): Findings => {
  const counts = new Map<Difference, number>();
  const rows: string[][] = [];
  const unread: string[] = [];
  let compared = 0;
  let differing = 0;
  let skipped = 0;
  return {
    add: ({ event, difference, sentAt }) => {
      compared++;
      if (!difference) return;
      differing++;
      counts.set(difference, (counts.get(difference) ?? 0) + 1);
      if (rows.length >= MOST_ROWS) return;
      const sent = sentAt === undefined ? '' : `sent ${minuteOf(sentAt)}`;
      rows.push([difference, ...subjectOf(event), minuteOfVersion(event), sent]);
    },
    skip: (resource, error) => {
      skipped++;
      if (unread.length < MOST_ROWS) unread.push(`  ${shortText(resource, SHORT)}: ${shortText(faultOf(error), 200)}`);
    },
    get compared() {
      return compared;
    },
    get differing() {
      return differing;
    },
    get skipped() {
      return skipped;
    },
    lines: () => [
      ...(rows.length > 0 ? [tableOf([['', 'what', 'session', 'changed (UTC)', ''], ...rows])] : []),
      ...(differing > rows.length ? [`and ${differing - rows.length} more`] : []),
      ...[...counts].map(([difference, count]) => `${count} ${difference}: ${MEANING[difference]}`),
      ...(skipped > 0 ? [`${skipped} could not be read:`, ...unread] : []),
      ...(skipped > unread.length ? [`  and ${skipped - unread.length} more`] : []),
    ],
  };
};

const subjectOf = (event: CommerceEvent): [string, string] => {
  if (event.type === 'order')
    return [shortText(`order ${event.order.id}`, SHORT), shortText(event.order.session, SHORT)];
  if (event.type === 'customer') return [shortText(`customer ${event.customer.id}`, SHORT), ''];
  return [event.type, shortText(sessionOfEvent(event) ?? '', SHORT)];
};

/** What says no time has that of the beginning of all times. */
const minuteOfVersion = ({ version }: CommerceEvent): string =>
  version.updatedAt.startsWith('0000') ? '' : minuteOf(version.updatedAt);

const faultOf = (error: Error): string => {
  const issues = error instanceof ApiError ? (error.issues ?? []) : [];
  const faults = issues
    .slice(0, 5)
    .map(({ title, details, source }) => [Object.values(source)[0], title, details].filter(Boolean).join(' '));
  return faults.length > 0 ? faults.join('; ') : error.message;
};
