import { advance, type Happening } from '../privacy/advance.ts';
import { releaseAll, stopAll } from '../privacy/brake.ts';
import { deadlines } from '../privacy/calendar.ts';
import { cancelRequest } from '../privacy/cancel.ts';
import { clarify, releaseRequest } from '../privacy/clarify.ts';
import { PERSON_SEAL } from '../privacy/person.ts';
import { changeRequest } from '../privacy/register.ts';
import type { PrivacyRequest } from '../privacy/request.ts';
import { sealFor } from '../store/seal.ts';
import { segments } from '../store/segment.ts';
import { calendarOf, lastDayOf, leftOf } from './privacy-dates.ts';
import { changing, only, type PrivacyDeps, personOf } from './privacy-deps.ts';
import type { PrivacyCommand } from './privacy-usage.ts';
import { Refusal } from './refusal.ts';
import { minuteOf } from './table.ts';

type Request<Command> = Extract<PrivacyCommand, { readonly command: Command }>;

/** Holds a request: nothing is deleted while it lasts. */
export const holdIt = async ({ id, because, review }: Request<'hold'>, deps: PrivacyDeps): Promise<void> => {
  const request = await changed(id, because, deps, () => ({ kind: 'hold', reason: because, review }));
  const calendar = await calendarOf(deps);
  deps.print(
    [
      `${request.id} is held: nothing is deleted. To be reviewed ${minuteOf(review.toISOString())} UTC`,
      `The deadline runs on: legal date ${lastDayOf(request.legal, calendar)}, ${leftOf(request.legal, calendar)}`,
      `Next: npm run privacy -- release ${request.id} --because "…"`,
    ].join('\n'),
  );
};

/** Ends a hold. */
export const releaseIt = async ({ id, because }: Request<'release'>, deps: PrivacyDeps): Promise<void> => {
  const { request } = await only(id, deps);
  demandImpersonal(because, request, deps);
  if (request.status === 'requires_input') {
    throw new Refusal(
      `It is not held: it asks whose profiles are. npm run privacy -- status ${request.id} --show-ids, then release ${request.id} --with <profile> or --without <profile>`,
    );
  }
  const after = await changing(request.id, () => releaseRequest(request.id, because, { ...deps, seal: sealOf(deps) }));
  deps.print(`${request.id} is released: ${after?.status}\nNext: npm run privacy -- status ${request.id}`);
};

/** Says whose the profiles are that may be the person's or another customer's. */
export const clarifyIt = async ({ id, theirs, others }: Request<'clarify'>, deps: PrivacyDeps): Promise<void> => {
  const { request } = await only(id, deps);
  personOf(request, deps);
  const settings = await deps.settings();
  const segment = segments(deps.keySecret());
  const after = await changing(request.id, () =>
    clarify(request.id, { theirs, others }, { ...deps, settings, segment, seal: sealOf(deps) }),
  );
  const left = after?.status === 'requires_input' ? after.reason : 'nothing more is asked';
  deps.print(
    [
      `${request.id}: ${theirs.length} more of the person, suppressed from now on; ${others.length} somebody else's, left alone`,
      `It is ${after?.status}: ${left}`,
      `Next: npm run privacy -- status ${request.id}`,
    ].join('\n'),
  );
};

/** Notes that a target was erased by hand. */
export const settleIt = async ({ id, target, because }: Request<'settle'>, deps: PrivacyDeps): Promise<void> => {
  const request = await changed(id, because, deps, () => ({ kind: 'settled', target, reason: because }));
  deps.print(
    `${target} counts as erased by hand: a receipt says "sent", and why. It is ${request.status}\nNext: npm run privacy -- status ${request.id}`,
  );
};

/** Cancels a request, and lifts the suppression where no other request needs it. */
export const cancelIt = async ({ id, because }: Request<'cancel'>, deps: PrivacyDeps): Promise<void> => {
  const { request } = await only(id, deps);
  demandImpersonal(because, request, deps);
  const segment = segments(deps.keySecret());
  await changing(request.id, () => cancelRequest(request.id, because, { ...deps, segment, seal: sealOf(deps) }));
  const lifted =
    request.kind === 'erasure' ? '; the person is suppressed no longer, where no other request needs it' : '';
  deps.print(`${request.id} is cancelled: nothing was deleted${lifted}`);
};

/** Gives a request one or two months more, once. */
export const extendIt = async ({ id, months, because, told }: Request<'extend'>, deps: PrivacyDeps): Promise<void> => {
  const settings = await deps.settings();
  const request = await changed(id, because, deps, ({ received }) => {
    const { legal, safe } = deadlines(new Date(received), settings, months);
    return { kind: 'extend', months, reason: because, told, legal, safe };
  });
  const calendar = await calendarOf(deps);
  deps.print(
    [
      `${request.id} is extended: legal date ${lastDayOf(request.legal, calendar)}, ${leftOf(request.legal, calendar)}`,
      `The date to work towards stays ${lastDayOf(request.safe, calendar)}, ${leftOf(request.safe, calendar)}`,
      `Next: npm run privacy -- status ${request.id}`,
    ].join('\n'),
  );
};

/** Stops all deleting. */
export const stopIt = async ({ because }: Request<'stop'>, deps: PrivacyDeps): Promise<void> => {
  const stopped = await changing('', () => stopAll(because, deps));
  deps.print(
    [
      stopped ? 'All deleting is stopped from the next request on' : 'All deleting was stopped already',
      'Requests are still accepted and people suppressed; deadlines run on',
      'Next: npm run privacy -- release --all',
    ].join('\n'),
  );
};

/** Lets runs delete again. */
export const goIt = async ({ most }: Request<'go'>, deps: PrivacyDeps): Promise<void> => {
  const wasStopped = await changing('', () => releaseAll(most, deps));
  const allowed = most === undefined ? 'as many as the settings allow' : `up to ${most} requests in one run`;
  deps.print(
    `${wasStopped ? 'Deleting goes on' : 'Deleting was not stopped'}: ${allowed}\nNext: npm run privacy -- list`,
  );
};

const changed = async (
  id: string,
  because: string,
  deps: PrivacyDeps,
  happening: (request: PrivacyRequest) => Happening,
): Promise<PrivacyRequest> => {
  const { request } = await only(id, deps);
  demandImpersonal(because, request, deps);
  const decide = (before: PrivacyRequest) => ({ request: advance(before, happening(before), deps.now()) });
  return (await changing(request.id, () => changeRequest(request.id, decide, deps))) ?? request;
};

const sealOf = (deps: PrivacyDeps) => sealFor(deps.keySecret(), PERSON_SEAL);

/** Shorter ids are part of many words. */
const SHORTEST_ID = 4;

/** What an officer writes is kept for good, and goes into receipts. @throws Refusal when it names the person. */
const demandImpersonal = (text: string, request: PrivacyRequest, deps: PrivacyDeps): void => {
  const { profiles = [], unclear = [] } = personOf(request, deps) ?? {};
  const said = text.toLowerCase();
  const named = [...profiles, ...unclear].filter((profile) => profile.length >= SHORTEST_ID);
  if (named.some((profile) => said.includes(profile.toLowerCase()))) {
    throw new Refusal('--because is refused: it holds a profile id of the person, and it is kept when they are not');
  }
};
