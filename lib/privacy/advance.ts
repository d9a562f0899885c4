import { RefusedChangeError } from './errors.ts';
import { type Check, hasEnded, type PrivacyRequest, type Status, type TargetState } from './request.ts';
import type { Checked, Erased } from './targets/target.ts';

/** Something that happens to a request: what a run did, or what an officer decides. */
export type Happening =
  /** The first destructive call follows: from now on it is too late to cancel. */
  | { readonly kind: 'begun'; readonly targets: readonly string[] }
  | { readonly kind: 'erased'; readonly target: string; readonly result: Erased }
  | { readonly kind: 'failed'; readonly target: string; readonly reason: string }
  /** Read back, from the targets that could be asked. */
  | { readonly kind: 'checked'; readonly found: Readonly<Record<string, Checked>> }
  /** A check that could not be made. */
  | { readonly kind: 'unchecked'; readonly reason: string }
  /** What an access request asks for is made. */
  | { readonly kind: 'exported' }
  /** What an access request asks for could not be made now. */
  | { readonly kind: 'unexported'; readonly reason: string }
  | { readonly kind: 'alarmed'; readonly percent: readonly number[] }
  /** Somebody was told once more of what waits for people. */
  | { readonly kind: 'reminded' }
  /** What a person's profiles are was found out, or could not be. */
  | { readonly kind: 'identified'; readonly sealed: string; readonly unclear: number }
  | { readonly kind: 'hold'; readonly reason: string; readonly review: Date }
  | { readonly kind: 'release'; readonly reason: string }
  | { readonly kind: 'cancel'; readonly reason: string }
  | {
      readonly kind: 'extend';
      readonly months: 1 | 2;
      readonly reason: string;
      readonly told: Date;
      readonly legal: Date;
      readonly safe: Date;
    }
  /** An officer saw to a target by hand. */
  | { readonly kind: 'settled'; readonly target: string; readonly reason: string };

/** What is to be done for a request now. */
export interface Plan {
  /** Whether the first deletion is due. */
  readonly begin: boolean;
  /** Targets to erase the person from, once deleting has begun. */
  readonly erase: readonly string[];
  /** Whether to read back. */
  readonly check: boolean;
  /** Whether to make what an access request asks for. */
  readonly export: boolean;
  /** Percent of the time that is over, of which nobody was told yet. */
  readonly alarms: readonly number[];
  /** Why to tell somebody once more; undefined: nothing is overdue. */
  readonly reminder: 'breached' | 'review' | undefined;
}

/** Percent of the time from receipt to the legal date at which an alarm is raised; 100 is the breach. */
export const ALARMS = [50, 75, 90, 100] as const;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When it is read back whether anything is left, counted from the last deletion. */
export const CHECKS_AFTER = [0, DAY, 7 * DAY] as const;

/** Waits between tries of a target that fails: from five minutes, doubled up to six hours. */
export const retryAfter = (failures: number): number => Math.min(5 * MINUTE * 2 ** (failures - 1), 6 * HOUR);

/** For a target that says it is not done yet. */
const UNFINISHED_MS = MINUTE;

const DONE: ReadonlySet<TargetState['state']> = new Set(['sent', 'confirmed', 'not_found', 'verified']);

/** What is due for a request at a moment. Pure. */
export const planOf = (request: PrivacyRequest, now: Date): Plan => {
  const at = now.toISOString();
  const reminder = reminderOf(request);
  const nothing: Plan = {
    begin: false,
    erase: [],
    check: false,
    export: false,
    alarms: dueAlarms(request, now),
    reminder: reminder && reminder.at <= at ? reminder.why : undefined,
  };
  if (hasEnded(request)) return { ...nothing, alarms: [] };
  switch (request.status) {
    case 'pending':
      if (request.notBefore > at) return nothing;
      return request.kind === 'access' ? { ...nothing, export: true } : { ...nothing, begin: true };
    case 'in_progress':
    case 'partial':
    case 'completed': {
      const erase = Object.entries(request.targets)
        .filter(([, target]) => isToErase(target) && (target.next ?? '') <= at)
        .map(([name]) => name);
      if (erase.length > 0) return { ...nothing, erase };
      if (Object.values(request.targets).some(isToErase)) return nothing;
      return { ...nothing, check: (openCheck(request)?.due ?? '~') <= at };
    }
    default:
      return nothing;
  }
};

const isToErase = ({ state }: TargetState): boolean => state === 'pending' || state === 'failed';

const openCheck = ({ checks }: PrivacyRequest): Check | undefined => checks.find(({ at }) => at === undefined);

const alarmMoment = ({ received, legal }: PrivacyRequest, percent: number): Date =>
  new Date(Date.parse(received) + ((Date.parse(legal) - Date.parse(received)) * percent) / 100);

/** Deleted and read back once, or ended: the deadline is kept. */
const isKept = (request: PrivacyRequest): boolean => request.status === 'completed' || hasEnded(request);

const dueAlarms = (request: PrivacyRequest, now: Date): readonly number[] =>
  isKept(request)
    ? []
    : ALARMS.filter((percent) => !request.alarmed.includes(percent) && alarmMoment(request, percent) <= now);

/** The next time to tell somebody of what waits for people: when a hold is to be reviewed, and each day after the breach. */
const reminderOf = (
  request: PrivacyRequest,
): { readonly at: string; readonly why: 'breached' | 'review' } | undefined => {
  const { hold, reminded = '', alarmed, legal } = request;
  if (isKept(request)) return undefined;
  if (alarmed.includes(100)) {
    const last = reminded > legal ? reminded : legal;
    return { at: new Date(Date.parse(last) + DAY).toISOString(), why: 'breached' };
  }
  return hold && reminded < hold.review ? { at: hold.review, why: 'review' } : undefined;
};

/** When to look at it next; undefined: never by itself. */
export const nextOf = (request: PrivacyRequest): string | undefined => {
  const moments: (string | undefined)[] = [];
  if (!isKept(request)) {
    const open = ALARMS.find((percent) => !request.alarmed.includes(percent));
    if (open !== undefined) moments.push(alarmMoment(request, open).toISOString());
    moments.push(reminderOf(request)?.at);
  }
  if (request.status === 'pending') moments.push(request.notBefore);
  if (request.status === 'in_progress' || request.status === 'partial' || request.status === 'completed') {
    const targets = Object.values(request.targets).filter(isToErase);
    moments.push(...targets.map(({ next, at }) => next ?? at));
    if (targets.length === 0) moments.push(openCheck(request)?.due);
  }
  moments.push(request.callbacks?.next);
  return moments.filter((each) => each !== undefined).sort()[0];
};

/**
 * The request as it is after something happened. Pure: every state with its reason is in its log.
 *
 * @throws RefusedChangeError for what an officer may not do now.
 */
export const advance = (request: PrivacyRequest, happening: Happening, now: Date): PrivacyRequest => {
  const after = changed(request, happening, now);
  if (after === request) return request;
  const at = now.toISOString();
  const moved = after.status !== request.status || after.reason !== request.reason;
  const told = moved && after.callbacks ? { ...after.callbacks, next: at, failures: 0 } : after.callbacks;
  const { next: _, ...rest } = after;
  const logged: PrivacyRequest = {
    ...rest,
    ...(told && { callbacks: told }),
    log: moved
      ? [...after.log, { at, status: after.status, ...(after.reason !== undefined && { reason: after.reason }) }]
      : after.log,
  };
  const next = nextOf(logged);
  return { ...logged, ...(next !== undefined && { next }) };
};

const changed = (request: PrivacyRequest, happening: Happening, now: Date): PrivacyRequest => {
  const at = now.toISOString();
  switch (happening.kind) {
    case 'begun':
      return inStatus({ ...request, targets: fresh(happening.targets, at) }, 'in_progress');
    case 'erased':
      if (isDone(request, happening.target)) return request;
      return settled(withTarget(request, happening.target, erasedState(request, happening, now)), now);
    case 'failed':
      if (isDone(request, happening.target)) return request;
      return settled(withTarget(request, happening.target, failedState(request, happening, now)), now);
    case 'settled':
      return settledByHand(request, happening, now);
    case 'checked':
      return afterCheck(request, happening.found, now);
    case 'unchecked':
      return postponedCheck(request, happening.reason, now);
    case 'exported':
      return inStatus(without(request, 'sealed'), 'completed');
    case 'unexported':
      return inStatus(
        { ...request, notBefore: new Date(now.getTime() + HOUR).toISOString() },
        request.status,
        happening.reason,
      );
    case 'reminded':
      return { ...request, reminded: at };
    case 'alarmed':
      return { ...request, alarmed: [...request.alarmed, ...happening.percent] };
    case 'identified':
      return identified(request, happening);
    case 'hold':
      return held(request, happening);
    case 'release':
      return released(request, happening.reason);
    case 'cancel':
      return cancelled(request, happening.reason);
    case 'extend':
      return extended(request, happening);
  }
};

/** Another run was faster: what this one says comes late. */
const isDone = ({ targets }: PrivacyRequest, target: string): boolean => {
  const { state } = targets[target] ?? {};
  return state !== undefined && DONE.has(state);
};

const inStatus = (request: PrivacyRequest, status: Status, reason?: string): PrivacyRequest => ({
  ...without(request, 'reason'),
  status,
  ...(reason !== undefined && { reason }),
});

const without = <K extends 'reason' | 'sealed' | 'hold'>(request: PrivacyRequest, field: K): PrivacyRequest => {
  const { [field]: _, ...rest } = request;
  return rest as PrivacyRequest;
};

const fresh = (names: readonly string[], at: string): Record<string, TargetState> =>
  Object.fromEntries(names.map((name) => [name, { state: 'pending', failures: 0, at, next: at }]));

const withTarget = (request: PrivacyRequest, name: string, state: TargetState): PrivacyRequest => ({
  ...request,
  targets: { ...request.targets, [name]: state },
});

const erasedState = (
  { targets }: PrivacyRequest,
  { target, result }: Extract<Happening, { kind: 'erased' }>,
  now: Date,
): TargetState => {
  const at = now.toISOString();
  const before = targets[target]?.counts;
  if (result.outcome === 'unfinished') {
    const next = new Date(now.getTime() + UNFINISHED_MS).toISOString();
    return { state: 'pending', failures: 0, at, next, reason: result.reason, ...(before && { counts: before }) };
  }
  const removed = result.outcome === 'confirmed' ? result.counts : undefined;
  const counts = added(before, removed);
  // Deleted again after a crash it is not there any more, and was confirmed all the same.
  const state = result.outcome === 'not_found' && before ? 'confirmed' : result.outcome;
  return { state, failures: 0, at, ...(counts && { counts }) };
};

const added = (
  before: TargetState['counts'],
  more: TargetState['counts'],
): Readonly<Record<string, number>> | undefined => {
  if (!before || !more) return before ?? more;
  const sum: Record<string, number> = { ...before };
  for (const [kind, count] of Object.entries(more)) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
};

const failedState = (
  { targets }: PrivacyRequest,
  { target, reason }: Extract<Happening, { kind: 'failed' }>,
  now: Date,
): TargetState => {
  const before = targets[target];
  const failures = (before?.failures ?? 0) + 1;
  const next = new Date(now.getTime() + retryAfter(failures)).toISOString();
  const { counts } = before ?? {};
  return { state: 'failed', failures, at: now.toISOString(), next, reason, ...(counts && { counts }) };
};

/** The status that the targets come to: with all of them done, the checks begin. What was under way ends no hold. */
const settled = (request: PrivacyRequest, now: Date): PrivacyRequest => {
  const states = Object.entries(request.targets);
  const open = states.filter(([, { state }]) => !DONE.has(state));
  const isHeld = request.status === 'held';
  if (open.length === 0 && states.length > 0) {
    return { ...(isHeld ? request : inStatus(request, 'in_progress')), checks: [...made(request), ...planned(now)] };
  }
  if (isHeld) return request;
  const stuck = open.filter(([, { state }]) => state === 'failed' || state === 'unsupported').map(([name]) => name);
  return stuck.length === 0 || stuck.length < open.length
    ? request
    : inStatus(request, 'partial', `not erased: ${stuck.sort().join(', ')}`);
};

const made = ({ checks }: PrivacyRequest): readonly Check[] => checks.filter(({ at }) => at !== undefined);

const planned = (from: Date): Check[] =>
  CHECKS_AFTER.map((after) => ({ due: new Date(from.getTime() + after).toISOString() }));

const settledByHand = (
  request: PrivacyRequest,
  { target, reason }: Extract<Happening, { kind: 'settled' }>,
  now: Date,
): PrivacyRequest => {
  const known = request.targets[target];
  if (!known) throw new RefusedChangeError('no_effect', `it has no target ${target}: see \`status\``);
  if (DONE.has(known.state)) throw new RefusedChangeError('no_effect', `${target} is done already`);
  const { counts } = known;
  const state: TargetState = { state: 'sent', failures: 0, at: now.toISOString(), reason, ...(counts && { counts }) };
  return settled(withTarget(request, target, state), now);
};

/**
 * Whether somebody else was faster. Another run has made the check, and this is no word on the next one; or it is held, and
 * read back when that is over: what was found may not be deleted now.
 */
const isUntimely = ({ status }: PrivacyRequest, { due }: Check, at: string): boolean => status === 'held' || due > at;

const afterCheck = (request: PrivacyRequest, found: Readonly<Record<string, Checked>>, now: Date): PrivacyRequest => {
  const open = openCheck(request);
  const at = now.toISOString();
  if (!open || isUntimely(request, open, at)) return request;
  const checks = request.checks.map((check) => (check === open ? { due: check.due, at, found } : check));
  const present = Object.keys(found).filter((name) => found[name] === 'present');
  if (present.length > 0) {
    const wasAbsent = present.some((name) => made(request).some((check) => check.found?.[name] === 'absent'));
    const again = present.map((name) => [name, { ...request.targets[name], ...fresh([name], at)[name] }] as const);
    return {
      ...inStatus(request, 'in_progress', wasAbsent ? 'found again, and deleted again' : 'not gone yet'),
      targets: { ...request.targets, ...(Object.fromEntries(again) as Record<string, TargetState>) },
      checks: checks.filter((check) => check.at !== undefined),
      resurrections: request.resurrections + (wasAbsent ? 1 : 0),
    };
  }
  const last = checks.every((check) => check.at !== undefined);
  const targets = Object.fromEntries(
    Object.entries(request.targets).map(([name, target]) => [
      name,
      last && found[name] === 'absent' && target.state !== 'not_found'
        ? { ...target, state: 'verified' as const, at }
        : target,
    ]),
  );
  const after = { ...request, targets, checks };
  return last ? inStatus(without(after, 'sealed'), 'verified') : inStatus(after, 'completed');
};

/** Asked again as a failing target is tried again. */
const postponedCheck = (request: PrivacyRequest, reason: string, now: Date): PrivacyRequest => {
  const open = openCheck(request);
  if (!open || isUntimely(request, open, now.toISOString())) return request;
  const due = new Date(now.getTime() + HOUR).toISOString();
  const checks = request.checks.map((check) => (check === open ? { due } : check));
  return { ...inStatus(request, request.status, reason), checks };
};

const identified = (
  request: PrivacyRequest,
  { sealed, unclear }: Extract<Happening, { kind: 'identified' }>,
): PrivacyRequest => {
  const after = { ...request, sealed };
  if (unclear > 0) return inStatus(after, 'requires_input', unclearReason(unclear));
  return request.status === 'requires_input' ? inStatus(after, hasBegun(request) ? 'in_progress' : 'pending') : after;
};

const hasBegun = ({ targets }: PrivacyRequest): boolean => Object.keys(targets).length > 0;

const held = (request: PrivacyRequest, { reason, review }: Extract<Happening, { kind: 'hold' }>): PrivacyRequest => {
  if (isKept(request)) throw new RefusedChangeError('too_late', 'everything is deleted: there is nothing to hold');
  return { ...inStatus(request, 'held', reason), hold: { reason, review: review.toISOString() } };
};

const released = (request: PrivacyRequest, reason: string): PrivacyRequest => {
  if (request.status !== 'held') throw new RefusedChangeError('no_effect', 'it is not held');
  return inStatus(without(request, 'hold'), hasBegun(request) ? 'in_progress' : 'pending', reason);
};

const cancelled = (request: PrivacyRequest, reason: string): PrivacyRequest => {
  if (request.status === 'cancelled') throw new RefusedChangeError('no_effect', 'it is cancelled already');
  if (hasBegun(request) || hasEnded(request)) {
    throw new RefusedChangeError('too_late', 'deleting has begun, and what is deleted cannot be brought back');
  }
  return inStatus(without(without(request, 'sealed'), 'hold'), 'cancelled', reason);
};

const extended = (
  request: PrivacyRequest,
  { months, reason, told, legal, safe }: Extract<Happening, { kind: 'extend' }>,
): PrivacyRequest => {
  if (hasEnded(request)) throw new RefusedChangeError('no_effect', 'it has ended');
  if (request.extension)
    throw new RefusedChangeError('not_allowed', 'it was extended before, and the law allows that once');
  if (told.toISOString() >= request.legal) {
    throw new RefusedChangeError('not_allowed', `the person must be told before ${request.legal}`);
  }
  return {
    ...request,
    legal: legal.toISOString(),
    safe: safe.toISOString(),
    extension: { months, reason, told: told.toISOString() },
    alarmed: [],
  };
};

/** What is said of profiles that may be somebody else's. */
export const unclearReason = (unclear: number): string =>
  `${unclear} more ${unclear === 1 ? 'profile' : 'profiles'} may be theirs or another customer's`;
