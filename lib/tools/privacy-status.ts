import { findReceipts } from '../privacy/receipts.ts';
import { hasEnded, type PrivacyRequest } from '../privacy/request.ts';
import { type Calendar, calendarOf, isKept, lastDayOf, leftOf } from './privacy-dates.ts';
import { only, type PrivacyDeps, personOf } from './privacy-deps.ts';
import type { PrivacyCommand } from './privacy-usage.ts';
import { counted, minuteOf, shortText, tableOf } from './table.ts';

const SHORT = 100;

/** Prints the whole life of one request. */
export const tellStatus = async (
  { id, showIds }: Extract<PrivacyCommand, { command: 'status' }>,
  deps: PrivacyDeps,
): Promise<void> => {
  const { request } = await only(id, deps);
  const calendar = await calendarOf(deps);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['id', request.id],
    ['what', `${request.kind} (${request.regulation}, ${request.environment}), from ${request.source}`],
    ['subject', `${request.subject} (keyed hash)`],
    ['status', [request.status, request.reason].filter(Boolean).join(': ')],
    ['hold', request.hold && `to be reviewed ${minuteOf(request.hold.review)} UTC`],
    ['received', `${minuteOf(request.received)} UTC`],
    ['safe date', dateLine(request, request.safe, calendar)],
    ['legal date', `${dateLine(request, request.legal, calendar)}${extensionOf(request)}`],
    ['next', nextLine(request)],
    ['person', personLine(request, showIds, deps)],
    [
      'found again',
      request.resurrections > 0 ? `${counted(request.resurrections, 'time')}, and deleted again` : undefined,
    ],
  ];
  for (const [name, value] of facts)
    if (value !== undefined) deps.print(`${name.padEnd(12)} ${shortText(value, 2_500)}`);
  deps.print(`\n${lifeTable(request)}`);
  if (Object.keys(request.targets).length > 0) deps.print(`\n${targetTable(request)}`);
  if (request.checks.length > 0) deps.print(`\n${checkTable(request)}`);
  if (request.receipts.length > 0) deps.print(`\n${await receiptTable(request, deps)}`);
  deps.print(`\nNext: ${adviceFor(request)}`);
};

const dateLine = (request: PrivacyRequest, deadline: string, calendar: Calendar): string =>
  [lastDayOf(deadline, calendar), ...(isKept(request) ? [] : [leftOf(deadline, calendar)])].join(', ');

const extensionOf = ({ extension }: PrivacyRequest): string =>
  extension === undefined
    ? ''
    : `; extended by ${extension.months === 1 ? 'a month' : '2 months'}: ${extension.reason} (told ${minuteOf(extension.told)} UTC)`;

const nextLine = ({ status, next, notBefore, kind }: PrivacyRequest): string | undefined => {
  if (status === 'pending' && kind === 'erasure') return `nothing is deleted before ${minuteOf(notBefore)} UTC`;
  return next && `a run looks at it ${minuteOf(next)} UTC`;
};

const personLine = (request: PrivacyRequest, showIds: boolean, deps: PrivacyDeps): string => {
  if (request.sealed === undefined) return 'destroyed: nobody can tell any more who it was';
  if (!showIds) return 'sealed; --show-ids shows the profile ids';
  const { profiles = [], unclear = [] } = personOf(request, deps) ?? {};
  const asked = unclear.length === 0 ? '' : `; theirs or another's: ${unclear.join(', ')}`;
  return `${profiles.join(', ')}${asked}`;
};

const lifeTable = ({ log }: PrivacyRequest): string =>
  tableOf([
    ['when (UTC)', 'status', 'why'],
    ...log.map(({ at, status, reason = '' }) => [minuteOf(at), status, shortText(reason, SHORT)]),
  ]);

const targetTable = ({ targets }: PrivacyRequest): string =>
  tableOf([
    ['target', 'state', 'since (UTC)', 'removed', 'failed', 'next try (UTC)', 'why'],
    ...Object.entries(targets).map(([name, { state, at, counts = {}, failures, next, reason = '' }]) => [
      name,
      state,
      minuteOf(at),
      Object.entries(counts)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', '),
      failures > 0 ? counted(failures, 'time') : '',
      next && (state === 'failed' || state === 'pending') ? minuteOf(next) : '',
      shortText(reason, SHORT),
    ]),
  ]);

const checkTable = ({ checks }: PrivacyRequest): string =>
  tableOf([
    ['read back, due (UTC)', 'done (UTC)', 'found'],
    ...checks.map(({ due, at, found = {} }) => [
      minuteOf(due),
      at === undefined ? 'planned' : minuteOf(at),
      Object.entries(found)
        .map(([name, what]) => `${name} ${what}`)
        .join(', '),
    ]),
  ]);

const receiptTable = async ({ receipts }: PrivacyRequest, deps: PrivacyDeps): Promise<string> =>
  tableOf([
    ['receipt', 'issued (UTC)', 'of'],
    ...(await findReceipts(receipts, deps)).map(({ receipt }) => [
      String(receipt.sequence),
      minuteOf(receipt.issued),
      receipt.status,
    ]),
  ]);

const SHORT_ID = 8;

const adviceFor = (request: PrivacyRequest): string => {
  const id = request.id.slice(0, SHORT_ID);
  const proof = `npm run privacy -- proof ${id} --to proof.json`;
  switch (request.status) {
    case 'requires_input':
      return `npm run privacy -- status ${id} --show-ids, then release ${id} --with <profile> or --without <profile>`;
    case 'held':
      return `npm run privacy -- release ${id} --because "…", when the reason is gone; the deadline runs on`;
    case 'pending':
      return `nothing to do; npm run privacy -- hold ${id} --because "…", or cancel ${id} --because "…"`;
    case 'partial':
      return `a failing target is tried again; done by hand: npm run privacy -- release ${id} --settled <target> --because "…"`;
    case 'completed':
      return request.kind === 'access' ? `npm run privacy -- export ${id} --to export.jsonl` : proof;
    default:
      return hasEnded(request) && request.receipts.length > 0 ? proof : 'nothing to do';
  }
};
