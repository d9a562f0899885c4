import { ApiError } from '../contract/errors.ts';
import { planOf } from './advance.ts';
import { type Brake, brakeState, stopAll, tighten } from './brake.ts';
import { isWithin } from './daily-window.ts';
import { checkFor, type EraseDeps, eraseFor } from './erase.ts';
import { move } from './move.ts';
import { openPerson, type Person } from './person.ts';
import { dueRequests, findRequest, type Registered } from './register.ts';
import type { PrivacyRequest } from './request.ts';
import type { Privacy } from './settings.ts';

/** What is told of a run, a line for each thing that happened. No field leads to the person. */
export interface RunLine {
  /** The request's id. */
  readonly id?: string;
  readonly outcome:
    | 'erased'
    | 'progressed'
    | 'checked'
    | 'exported'
    | 'would erase'
    /** An alarm: 50, 75 or 90 % of the time to the legal date are over. */
    | 'deadline'
    /** An alarm: the legal date has passed. */
    | 'breached'
    /** An alarm: something of an erased person was found again. */
    | 'resurrected'
    /** An alarm: so many requests wait that nothing is deleted before somebody has looked. */
    | 'braked'
    | 'stopped'
    | 'failed';
  readonly reason?: string;
  readonly state?: string;
  readonly count?: number;
  readonly error?: unknown;
}

/** What runs need. */
export interface RunDeps extends EraseDeps {
  readonly settings: Privacy;
  log(line: RunLine): void;
  /** Counts the profiles of an environment, up to a number. */
  countProfiles(environment: Person['environment'], most: number): Promise<number>;
  /** Makes what an access request asks for. */
  export(request: PrivacyRequest, person: Person): Promise<void>;
  /** Tells the request's controller of what it was not told yet. */
  callBack(registered: Registered): Promise<unknown>;
}

/** What a run came to. */
export interface RunReport {
  readonly erased: number;
  readonly failed: number;
}

/** A request this near to its safe date does not wait for quiet hours. */
const HURRY_MS = 3 * 86_400_000;

/**
 * Runs what is due: alarms first, then deletions and exports, oldest legal date first and no more than the settings allow
 * in one run. The brakes are looked at before anything is deleted. Controllers are told in what time is left: how
 * long they take to answer is theirs to say.
 */
export const runErasures = async (deps: RunDeps): Promise<RunReport> => {
  const due = await dueByDeadline(deps);
  for (const { request } of due) await guarded(request, deps, () => raiseAlarms(request, deps));
  const { erased, failed } = await eraseDue(due, deps);
  const unmade = await exportDue(due, deps);
  for (const { request } of due) {
    if (request.callbacks && deps.mayBegin()) await guarded(request, deps, () => callBack(request, deps));
  }
  return { erased, failed: failed + unmade };
};

/** As many as the settings allow, oldest legal date first. @returns how many could not be made. */
const exportDue = async (due: readonly Registered[], deps: RunDeps): Promise<number> => {
  const asked = due.filter(({ request }) => planOf(request, deps.now()).export).slice(0, deps.settings.perRun);
  let failed = 0;
  for (const { request } of asked) {
    if (!deps.mayBegin()) break;
    if (!(await guarded(request, deps, () => exportFor(request, deps)))) failed++;
  }
  return failed;
};

/** As it is now: it may have been erased meanwhile. */
const callBack = async ({ id }: PrivacyRequest, deps: RunDeps): Promise<void> => {
  const registered = await findRequest(id, deps);
  if (registered) await deps.callBack(registered);
};

const eraseDue = async (due: readonly Registered[], deps: RunDeps): Promise<RunReport> => {
  let erased = 0;
  let failed = 0;
  const waiting = due.filter(({ request }) => {
    const { begin, erase } = planOf(request, deps.now());
    return begin || erase.length > 0;
  });
  if (await isBraked(waiting, deps)) return { erased, failed };
  const done: { readonly before: PrivacyRequest; readonly after: PrivacyRequest | undefined }[] = [];
  const turns = turnsOf(waiting, deps);
  for (const [index, { request }] of turns.entries()) {
    if (!deps.mayBegin() || isStopped(await brakeState(deps), turns.length - index, deps)) break;
    const isDone = await guarded(request, deps, async () => {
      done.push({ before: request, after: await eraseFor(request.id, deps) });
    });
    if (!isDone) failed++;
  }
  // What a crash keeps from being read back here, the next verification does.
  const purged = purgedOnce(deps);
  for (const { before, after } of done) {
    const isRead = await guarded(before, deps, async () => {
      const read = after && deps.mayBegin() ? await checkFor(after, purged) : after;
      tell(before, read, deps);
      if (read?.status === 'completed') erased++;
    });
    if (!isRead) failed++;
  }
  return { erased, failed };
};

/** To purge may take rewriting all of a file: once for everything that was deleted before it. */
const purgedOnce = (deps: RunDeps): RunDeps => {
  let purge: Promise<void> | undefined;
  return { ...deps, purge: () => (purge ??= deps.purge()) };
};

/** Reads back what is due, a day and a week after a deletion; what was found again is deleted by the next run. */
export const verifyErasures = async (deps: RunDeps): Promise<RunReport> => {
  let erased = 0;
  let failed = 0;
  const purged = purgedOnce(deps);
  for (const { request } of await dueByDeadline(deps)) {
    if (!planOf(request, deps.now()).check || !deps.mayBegin()) continue;
    const done = await guarded(request, deps, async () => {
      const after = await checkFor(request, purged);
      tell(request, after, deps);
      if (after?.status === 'verified') erased++;
      if (after && isUnread(request, after)) failed++;
    });
    if (!done) failed++;
  }
  return { erased, failed };
};

const dueByDeadline = async (deps: RunDeps): Promise<Registered[]> => {
  const due: Registered[] = [];
  for await (const registered of dueRequests(deps.now(), deps)) due.push(registered);
  return due.sort((one, other) => (one.request.legal < other.request.legal ? -1 : 1));
};

/**
 * Who has a turn: as many as the settings allow for the first time, oldest legal date first, and as many once more, those
 * who have waited longest first. So what is never done takes no turn of anybody else.
 */
const turnsOf = (waiting: readonly Registered[], deps: RunDeps): readonly Registered[] => {
  const { perRun } = deps.settings;
  const [first, again]: [Registered[], Registered[]] = [[], []];
  for (const each of waiting) {
    if (isTime(each.request, deps)) (each.request.status === 'pending' ? first : again).push(each);
  }
  again.sort((one, other) => ((one.request.next ?? '') < (other.request.next ?? '') ? -1 : 1));
  return [...first.slice(0, perRun), ...again.slice(0, perRun)];
};

const madeOf = ({ checks }: PrivacyRequest): number => checks.filter(({ at }) => at !== undefined).length;

/** Whether reading back, which was due, told nothing. */
const isUnread = (before: PrivacyRequest, after: PrivacyRequest): boolean =>
  after.status === before.status && madeOf(after) === madeOf(before);

/** One request's fault stops no other. */
const guarded = async (request: PrivacyRequest, deps: RunDeps, work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    // What another server said may name the person.
    const what = error instanceof ApiError ? { reason: error.name } : { error };
    deps.log({ id: request.id, outcome: 'failed', ...what });
    return false;
  }
};

const raiseAlarms = async (request: PrivacyRequest, deps: RunDeps): Promise<void> => {
  const { alarms, reminder } = planOf(request, deps.now());
  if (alarms.length === 0) return reminder && remind(request, reminder, deps);
  const percent = Math.max(...alarms);
  // Told before it is noted: after a crash in between it is told again.
  deps.log({
    id: request.id,
    outcome: percent === 100 ? 'breached' : 'deadline',
    reason: `${percent} % of the time to ${request.legal} are over`,
    state: request.status,
  });
  await move(request.id, { kind: 'alarmed', percent: alarms }, deps, ({ legal }) => legal === request.legal);
};

const remind = async (request: PrivacyRequest, why: 'breached' | 'review', deps: RunDeps): Promise<void> => {
  const { id, status: state, legal, hold } = request;
  const reason = why === 'breached' ? `it was due before ${legal}` : `its hold was to be reviewed on ${hold?.review}`;
  deps.log({ id, outcome: why === 'breached' ? 'breached' : 'deadline', reason, state });
  await move(id, { kind: 'reminded' }, deps);
};

const exportFor = async (request: PrivacyRequest, deps: RunDeps): Promise<void> => {
  try {
    await deps.export(request, openPerson(request.sealed ?? '', request.id, deps.seal));
  } catch (error) {
    const reason = `not exported: ${error instanceof Error ? error.name : typeof error}`;
    await move(request.id, { kind: 'unexported', reason }, deps, ({ status }) => status === 'pending');
    throw error;
  }
  await move(request.id, { kind: 'exported' }, deps, ({ status }) => status === 'pending');
  deps.log({ id: request.id, outcome: 'exported' });
};

const isTime = ({ safe }: PrivacyRequest, { settings: { hours, timezone }, now }: RunDeps): boolean =>
  hours === undefined || isWithin(now(), hours, timezone) || Date.parse(safe) - now().getTime() < HURRY_MS;

/** Whether nothing may be deleted: somebody stopped it, there is a flood, or it is only tried. */
const isBraked = async (waiting: readonly Registered[], deps: RunDeps): Promise<boolean> => {
  const brake = await brakeState(deps);
  if (isStopped(brake, waiting.length, deps)) return true;
  const flood = await floodOf(waiting, brake, deps);
  if (flood !== undefined) {
    await stopAll(flood, deps, 'flood');
    deps.log({ outcome: 'braked', reason: flood, count: waiting.length });
    return true;
  }
  if (deps.settings.dryRun && waiting.length > 0) {
    for (const { request } of waiting) deps.log({ id: request.id, outcome: 'would erase', state: request.status });
    return true;
  }
  return false;
};

/** Whether somebody has stopped it: asked again before each request. */
const isStopped = (brake: Brake | undefined, count: number, deps: RunDeps): boolean => {
  if (brake?.state !== 'stopped' || count === 0) return false;
  deps.log({ outcome: 'stopped', reason: brake.because, count });
  return true;
};

const floodOf = async (
  waiting: readonly Registered[],
  brake: Brake | undefined,
  deps: RunDeps,
): Promise<string | undefined> => {
  const { brake: limits } = deps.settings;
  const fresh = waiting.filter(({ request }) => request.status === 'pending');
  if (fresh.length <= limits.requests && (await isSmallShare(fresh, limits.percent, deps))) {
    if (brake?.state === 'released') await tighten(deps);
    return undefined;
  }
  if (brake?.state === 'released' && fresh.length <= brake.most) return undefined;
  return fresh.length > limits.requests
    ? `${fresh.length} requests wait, ${limits.requests} are allowed in one run`
    : `${fresh.length} requests wait, more than ${limits.percent} % of all profiles`;
};

/**
 * One person is never a flood, however few there are. Of profiles that are all in a hosted account nobody knows how many
 * there are.
 */
const isSmallShare = async (fresh: readonly Registered[], percent: number, deps: RunDeps): Promise<boolean> => {
  for (const [environment, some] of Map.groupBy(fresh, ({ request }) => request.environment)) {
    if (some.length <= FEW) continue;
    const enough = Math.ceil((some.length * 100) / percent);
    const known = await deps.countProfiles(environment, enough);
    if (known > 0 && known < enough) return false;
  }
  return true;
};

/** In a small shop a handful is soon a large share. */
const FEW = 5;

const tell = (before: PrivacyRequest, after: PrivacyRequest | undefined, deps: RunDeps): void => {
  if (!after) return;
  const about = { id: after.id, state: after.status, ...(after.reason !== undefined && { reason: after.reason }) };
  if (after.resurrections > before.resurrections) deps.log({ ...about, outcome: 'resurrected' });
  else if (after.status === 'completed' && isUnread(before, after)) deps.log({ ...about, outcome: 'failed' });
  else if (after.status === 'completed' && before.status !== 'completed') deps.log({ ...about, outcome: 'erased' });
  else deps.log({ ...about, outcome: after.checks.length > before.checks.length ? 'checked' : 'progressed' });
};
