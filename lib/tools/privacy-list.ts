import { brakeState } from '../privacy/brake.ts';
import { listRequests } from '../privacy/register.ts';
import { hasEnded, type PrivacyRequest, type Status } from '../privacy/request.ts';
import { type Calendar, calendarOf, isKept, lastDayOf, leftOf } from './privacy-dates.ts';
import type { PrivacyDeps } from './privacy-deps.ts';
import type { PrivacyCommand } from './privacy-usage.ts';
import { minuteOf, shortText, tableOf } from './table.ts';

/** Characters of an id in a table: enough to tell random ids apart. */
const SHORT_ID = 8;
const SHORT_TEXT = 60;

const byLegalDate = (one: PrivacyRequest, other: PrivacyRequest): number => (one.legal < other.legal ? -1 : 1);

const requestsOf = async (deps: PrivacyDeps): Promise<PrivacyRequest[]> => {
  const requests: PrivacyRequest[] = [];
  for await (const { request } of listRequests(deps)) requests.push(request);
  return requests.sort(byLegalDate);
};

/** What a person is to do about requests of a status; the others go on by themselves. */
const ADVICE: Readonly<Partial<Record<Status, string>>> = {
  requires_input: 'say whose the profiles are: status <id> --show-ids, release <id> --with … --without …',
  held: 'release <id> when its reason is gone: the deadline runs on',
  partial: 'status <id> says which target fails; release <id> --settled <target> when it was done by hand',
};

/** How many requests there are of each status, which deadline is next, and whether deleting is stopped. */
export const overview = async (deps: PrivacyDeps): Promise<void> => {
  const calendar = await calendarOf(deps);
  const groups = Map.groupBy(await requestsOf(deps), ({ status }) => status);
  const rows = [...groups].map(([status, requests]) => {
    const [first] = requests.filter((request) => !isKept(request));
    const next = first ? [lastDayOf(first.legal, calendar), leftOf(first.legal, calendar)] : ['', ''];
    return [String(requests.length), status, ...next, ADVICE[status] ?? ''];
  });
  deps.print(
    rows.length === 0
      ? 'There are no requests'
      : tableOf([['requests', 'status', 'next legal date', '', 'what to do'], ...rows]),
  );
  deps.print(await brakeLine(deps));
  deps.print(`\nNext: npm run privacy -- ${rows.length === 0 ? 'help' : 'list'}`);
};

const brakeLine = async (deps: PrivacyDeps): Promise<string> => {
  const brake = await brakeState(deps);
  if (!brake) return 'Deleting is not stopped';
  const since = `since ${minuteOf(brake.since)} UTC`;
  if (brake.state === 'released') return `Up to ${brake.most} requests may be erased in one run, ${since}`;
  const who = brake.by === 'flood' ? 'a flood of requests has stopped it' : 'an officer has stopped it';
  return `NOTHING IS DELETED: ${who} ${since}: ${shortText(brake.because, 200)}\nNext: npm run privacy -- release --all`;
};

/** Prints requests as a table, the next legal date first. */
export const listThem = async (
  { status, all, limit }: Extract<PrivacyCommand, { command: 'list' }>,
  deps: PrivacyDeps,
): Promise<void> => {
  const calendar = await calendarOf(deps);
  const requests = (await requestsOf(deps)).filter((request) =>
    status === undefined ? all || !hasEnded(request) : request.status === status,
  );
  if (requests.length === 0)
    return deps.print(status === undefined ? 'There are no open requests' : `None is ${status}`);
  const rows = requests.slice(0, limit).map((request) => rowOf(request, calendar));
  const head = ['id', 'kind', 'status', 'from', 'received', 'safe date', '', 'legal date', '', 'why'];
  deps.print(tableOf([head, ...rows]));
  if (requests.length > limit)
    deps.print(`and ${requests.length - limit} more: --limit ${Math.min(1000, requests.length)}`);
  deps.print('\nNext: npm run privacy -- status <id>');
};

const rowOf = (request: PrivacyRequest, calendar: Calendar): string[] => {
  const { id, kind, status, source, received, safe, legal, reason = '' } = request;
  const left = (deadline: string) => (isKept(request) ? '' : leftOf(deadline, calendar));
  return [
    id.slice(0, SHORT_ID),
    kind,
    status,
    shortText(source, SHORT_TEXT),
    received.slice(0, 10),
    lastDayOf(safe, calendar),
    left(safe),
    lastDayOf(legal, calendar),
    left(legal),
    shortText(reason, SHORT_TEXT),
  ];
};
