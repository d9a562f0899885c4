import {
  ADVICE,
  discardFailure,
  type Failure,
  findFailures,
  isRetriable,
  listFailures,
  retryFailure,
} from '../inbox/failures.ts';
import { StaleWriteError } from '../store/store.ts';
import type { OpsDeps } from './ops-deps.ts';
import { tellDepths } from './ops-depths.ts';
import type { OpsRequest } from './ops-options.ts';
import { Refusal } from './refusal.ts';
import { ageOf, minuteOf, shortText, tableOf } from './table.ts';

type Request<Command> = Extract<OpsRequest, { readonly command: Command }>;

/** Characters of an id in a table: enough to tell random ids apart. */
const SHORT_ID = 8;
const SHORT_TEXT = 60;
const SHORT_WORD = 40;

/** Prints the parked messages as a table, oldest first, and how many could not even be parked. */
export const listThem = async ({ limit, ...wanted }: Request<'list'>, deps: OpsDeps): Promise<void> => {
  const rows: string[][] = [];
  let more = 0;
  for await (const failure of listFailures(wanted, deps)) {
    if (rows.length < limit) rows.push(rowOf(failure, deps.now()));
    else more++;
  }
  const { dead, hasDead, isKnown } = await tellDepths(deps);
  const letters = hasDead || !isKnown ? [dead] : [];
  if (rows.length === 0) {
    const nothing = isNarrowed(wanted) ? 'Nothing like that is parked' : 'Nothing is parked';
    return deps.print([nothing, ...letters].join('\n'));
  }
  deps.print(tableOf([['id', 'age', 'reason', 'shop or call', 'session', 'text'], ...rows]));
  if (more > 0) deps.print(`and ${more} more: --limit ${Math.min(1000, limit + more)}`);
  if (letters.length > 0) deps.print(letters.join('\n'));
  deps.print('\nNext: npm run ops -- failures show <id>');
};

const isNarrowed = ({ reason, shop }: Pick<Request<'list'>, 'reason' | 'shop'>): boolean =>
  reason !== undefined || shop !== undefined;

const rowOf = (failure: Failure, now: Date): string[] => {
  const { id, parked, subject } = failure;
  return [
    shortText(id, SHORT_WORD).slice(0, SHORT_ID),
    ageOf(parked.at, now),
    parked.reason,
    shortText(whereOf(failure), SHORT_WORD),
    shortText(subject?.session ?? '-', SHORT_WORD),
    shortText(parked.error, SHORT_TEXT),
  ];
};

const whereOf = ({ shop, application, type }: Failure): string =>
  [shop ?? (application !== undefined && `application ${application}`), type].filter(Boolean).join(' ') || '-';

/** Prints everything about one parked message; its content only when that is asked for. */
export const showOne = async ({ id, content }: Request<'show'>, deps: OpsDeps): Promise<void> => {
  const failure = await only(id, deps);
  const { parked, sentAt, shop, application, type, delivery, subject } = failure;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['id', failure.id],
    ['parked', `${minuteOf(parked.at)} UTC, ${ageOf(parked.at, deps.now())} ago`],
    ['sent', `${minuteOf(sentAt)} UTC`],
    ['received', subject?.received && `${minuteOf(subject.received)} UTC`],
    ['reason', parked.reason],
    ['text', parked.error],
    ['shop', shop],
    ['application', application?.toString()],
    ['type', type],
    ['session', subject?.session],
    ['order', subject?.order],
    ['delivery', delivery],
    ['group', parked.group],
    ['size', `${Buffer.byteLength(parked.message)} bytes`],
  ];
  for (const [name, value] of facts) {
    if (value !== undefined) deps.print(`${name.padEnd(12)} ${shortText(value, 2_500)}`);
  }
  if (content) deps.print(`\n${contentOf(parked.message)}`);
  const short = failure.id.slice(0, SHORT_ID);
  const lines = [
    '',
    `Next: ${ADVICE[parked.reason]}`,
    ...(isRetriable(failure) ? [`  npm run ops -- failures retry ${short} --yes`] : []),
    `  npm run ops -- failures discard ${short} --because "…" --yes`,
    ...(delivery !== undefined && subject ? [`  npm run ops -- trace ${delivery}`] : []),
  ];
  deps.print(lines.join('\n'));
};

/** JSON with its indentation; in it control characters are escaped. */
const contentOf = (message: string): string => {
  try {
    return JSON.stringify(JSON.parse(message), null, 2);
  } catch {
    return JSON.stringify(message);
  }
};

/** The one failure that is meant. @throws Refusal when there is none, or more than one. */
const only = async (id: string, deps: OpsDeps): Promise<Failure> => {
  const found = await findFailures(id, deps);
  const [failure] = found;
  if (!failure) {
    throw new Refusal(`Nothing that begins with ${shortText(id, SHORT_WORD)} is parked: npm run ops -- failures list`);
  }
  if (found.length > 1) {
    throw new Refusal(
      `${found.length} failures begin with ${shortText(id, SHORT_WORD)}: ${found.map((each) => each.id).join(', ')}`,
    );
  }
  return failure;
};

const PROGRESS_EVERY = 25;

/** Sends parked messages to the inbox again; without `--yes` says what it would send. */
export const retryThem = async ({ which, yes, rate }: Request<'retry'>, deps: OpsDeps): Promise<void> => {
  const failures = await chosen(which, deps);
  const retriable = failures.filter(isRetriable);
  const left = failures.length - retriable.length;
  const rest =
    left === 0
      ? ''
      : `; ${left} with reason outcome-unknown ${left === 1 ? 'is' : 'are'} left: ${ADVICE['outcome-unknown']}`;
  if (!yes) {
    const rows = retriable.map((failure) => rowOf(failure, deps.now()));
    if (rows.length > 0) deps.print(tableOf([['id', 'age', 'reason', 'shop or call', 'session', 'text'], ...rows]));
    return deps.print(`Would send ${messages(retriable.length)} to the inbox again${rest}. Do it: --yes`);
  }
  if (retriable.length === 0) return deps.print(`Nothing to send again${rest}`);
  const writing = { ...deps, segment: deps.segment() };
  const inbox = await deps.inbox();
  let sent = 0;
  let gone = 0;
  for (const failure of retriable) {
    await deps.wait(1000 / rate);
    if (await isDone(() => retryFailure(failure, inbox, writing))) sent++;
    else gone++;
    if ((sent + gone) % PROGRESS_EVERY === 0) deps.print(`${sent + gone} of ${retriable.length}`);
  }
  deps.print(
    `Sent ${messages(sent)} to the inbox again${gone > 0 ? `, ${gone} were dealt with by somebody else` : ''}${rest}\n` +
      'Next: npm run ops -- failures list (what is refused again is parked again)',
  );
};

const messages = (count: number): string => `${count} message${count === 1 ? '' : 's'}`;

const chosen = async (which: Request<'retry'>['which'], deps: OpsDeps): Promise<Failure[]> => {
  const { id, ...wanted } = which;
  if (id !== undefined) return [await only(id, deps)];
  const failures: Failure[] = [];
  for await (const failure of listFailures(wanted, deps)) failures.push(failure);
  return failures;
};

/** False: somebody else was faster. */
const isDone = async (act: () => Promise<void>): Promise<boolean> => {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof StaleWriteError) return false;
    throw error;
  }
};

/** Forgets a parked message; without `--yes` says which it would forget. */
export const discardOne = async ({ id, because, yes }: Request<'discard'>, deps: OpsDeps): Promise<void> => {
  const failure = await only(id, deps);
  const { parked, subject } = failure;
  const what = `${failure.id} (${parked.reason}, ${whereOf(failure)}${subject ? `, session ${subject.session}` : ''})`;
  if (!yes) return deps.print(`Would discard ${shortText(what, 300)} for good. Do it: --yes`);
  if (!(await isDone(() => discardFailure(failure, because, { ...deps, segment: deps.segment() })))) {
    throw new Refusal(`${failure.id} was dealt with by somebody else: npm run ops -- failures list`);
  }
  deps.print(
    `Discarded ${shortText(what, 300)}\n${subject ? 'The trace of its session says so, and why' : 'It concerned no session, so no trace tells of it'}`,
  );
};
