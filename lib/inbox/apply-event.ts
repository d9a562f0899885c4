import { randomUUID } from 'node:crypto';
import { decide, type History, historyOf, historyOfProfile, type Step } from '../commerce/decide.ts';
import type { CommerceEvent } from '../commerce/event.ts';
import type { Shop } from '../commerce/shops.ts';
import type { Call, Connect, Guard } from '../contract/api.ts';
import { ApiError } from '../contract/errors.ts';
import { operations } from '../contract/operations/table.ts';
import type { Environment } from '../privacy/person.ts';
import type { Segment } from '../store/segment.ts';
import { type Change, type Json, type Key, keyText, StaleWriteError, type Store } from '../store/store.ts';
import { historyLease, leaseKey } from './lease.ts';
import { eventName, markChange, markKey } from './mark.ts';
import { namesIn } from './names.ts';
import { noteLinks } from './note-links.ts';
import { outboxChange, sendHint } from './outbox.ts';
import type { Queue } from './queue.ts';
import type { Outcome } from './settle.ts';
import { sessionOfEvent } from './subject.ts';
import type { Tracer } from './trace.ts';

/** What applying events needs. */
export interface ApplyDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  readonly connect: Connect;
  /** The environment of an Application. @throws UnknownApplicationError (rejects) when nothing knows it. */
  environmentOf(application: number): Promise<Environment>;
  /** Whether another server answers for the Application, which cannot write our changes with its own. */
  isHosted(application: number): boolean;
  /** Told what waits in the outbox. */
  readonly hints: Queue;
  now(): Date;
  /** Whether there is time for another call. */
  mayBegin(): boolean;
  /** Told of an error that harms nothing. */
  warn(error: unknown, delivery?: string): void;
}

/** Time is nearly up: what is left is done when the message comes again. */
export class OutOfTimeError extends Error {
  override readonly name = 'TimeoutError';
}

/** How often an event is decided again because something else changed what it had been decided on. */
const ATTEMPTS = 5;

/**
 * Applies one event: reads what is known of its session, decides, and makes the calls that lead there. Delivered again,
 * it does nothing; interrupted anywhere, it goes on from where it stopped.
 *
 * @param owner whose effects these are.
 * @param trace where it is told what was done, in the same writes.
 * @param name what the event is called in requests; no two events have the same.
 * @param applied by what it is noted that it was applied. Default: its name.
 * @throws ApiError as the API answers; UnusableEventError; StaleWriteError when others were faster time and again.
 */
export const applyEvent = async (
  event: CommerceEvent,
  shop: Shop,
  owner: string | undefined,
  deps: ApplyDeps,
  trace: Tracer,
  name: string = eventName(event),
  applied: string = name,
): Promise<Outcome> => {
  await noteLinks(event, shop, deps);
  const work: Work = { event, name, shop, owner, deps, trace, ...placesOf(event, applied, shop, deps) };
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptEvent(work);
    } catch (error) {
      if (!(error instanceof StaleWriteError) || attempt >= ATTEMPTS) throw error;
    }
  }
};

interface Work {
  readonly event: CommerceEvent;
  readonly name: string;
  readonly shop: Shop;
  readonly owner: string | undefined;
  readonly deps: ApplyDeps;
  readonly trace: Tracer;
  /** Where it is noted that the event was applied. */
  readonly mark: Key;
  /** Where it is kept what is known of the event's session or profile. */
  readonly history: Key;
}

const placesOf = (event: CommerceEvent, applied: string, shop: Shop, { accountId, segment }: ApplyDeps) => ({
  mark: markKey(accountId, segment, applied),
  history: historyKey(event, shop, { accountId, segment }),
});

/** Where it is kept what is known of an event's session or profile (`History`). */
export const historyKey = (
  event: CommerceEvent,
  shop: Shop,
  { accountId, segment }: Pick<ApplyDeps, 'accountId' | 'segment'>,
): Key => placeOfHistory(historyOf(event, shop), { accountId, segment });

/** Where it is kept what is known of a customer's record. */
export const profileHistoryKey = (profile: string, deps: Pick<ApplyDeps, 'accountId' | 'segment'>): Key =>
  placeOfHistory(historyOfProfile(profile), deps);

const placeOfHistory = (
  name: readonly string[],
  { accountId, segment }: Pick<ApplyDeps, 'accountId' | 'segment'>,
): Key => ({ partition: `${accountId}/history/${segment(...name)}`, sort: 'history' });

const attemptEvent = async (work: Work): Promise<Outcome> => {
  const { event, shop, owner, deps, trace, mark, history } = work;
  const [applied, held] = await deps.store.get([mark, history]);
  const session = sessionOfEvent(event);
  const about = session === undefined ? {} : { session };
  if (applied) return { outcome: 'duplicate', reason: 'applied before', ...about };

  const { outcome, reason, steps, history: seen } = decide(event, held?.data as History | undefined, shop);
  let version = held?.version ?? 0;
  // A mark of the delivery's own name leads to the trace; from the order leads what its first picture leaves.
  const orderPointer = isOrderKnown(held?.data as History | undefined) ? [] : trace.orderPointer();
  const pointers = work.name === eventName(event) ? orderPointer : trace.pointers();
  if (steps.length === 0 && seen) {
    // A crash after this loses the reply alone: delivered again, the event finds its mark.
    await deps.store.write(
      [
        historyChange(work, seen, version),
        markChange(mark, deps.now(), trace.place),
        ...trace.step(stepName(work, version), { outcome, reason }, owner),
        ...pointers,
        ...nothingUnderWay(work),
      ],
      randomUUID(),
    );
    trace.written();
  }
  for (const step of steps) {
    if (!deps.mayBegin()) throw new OutOfTimeError('time was up between two calls');
    // After a crash here the history tells which calls were made: delivered again, the event goes on with the next.
    const name = stepName(work, version);
    const told = { operation: step.operation, reason, ...stateIn(step) };
    await makeCall(work, step, { name, version, last: step === steps.at(-1), told, pointers });
    trace.written();
    version++;
  }
  const state = steps.map(stateOf).findLast((each) => each !== undefined);
  return { outcome, reason, steps: steps.length, ...about, ...(state !== undefined && { state }) };
};

/** What a call was decided on stays as it is until it is known what became of the call. */
const nothingUnderWay = ({ shop, history, deps }: Work): Change[] => {
  if (!deps.isHosted(shop.application)) return [];
  return [{ check: leaseKey(shop.application, historyLease(keyText(history)), deps), expect: 'absent' }];
};

/** Unlike its place among the steps, the version that it gives the history is the step's own, also after a crash. */
const stepName = ({ name }: Work, version: number): string => `${name}/${version + 1}`;

interface StepAbout {
  readonly name: string;
  /** Of the history that the step was decided on; 0: there is none. */
  readonly version: number;
  readonly last: boolean;
  /** What the trace tells of it. */
  readonly told: { readonly operation: string; readonly reason: string; readonly state?: string };
  /** What leads to the trace. */
  readonly pointers: readonly Change[];
}

const makeCall = async (work: Work, step: Step, { name, version, last, told, pointers }: StepAbout): Promise<void> => {
  const { event, shop, owner, deps, mark, trace } = work;
  let waiting: Key | undefined;
  const guard: Guard = (effects) => {
    const isPublished = effects.length > 0 && shop.effects !== 'none';
    const changes = [
      historyChange(work, step.history, version),
      ...(last ? [markChange(mark, deps.now(), trace.place)] : []),
      ...trace.step(name, { outcome: 'applied', ...told, effects, outbox: isPublished ? name : undefined }, owner),
      ...pointers,
    ];
    if (!isPublished) return changes;
    const { session } = namesIn(operations[step.operation], step.input);
    const about = {
      id: name,
      shop: event.shop,
      application: shop.application,
      event: event.id,
      ...(session !== undefined && { session }),
    };
    const { key, change } = outboxChange(
      { v: 1, ...about, effects },
      { accountId: deps.accountId, now: deps.now(), owner },
    );
    waiting = key;
    return [...changes, change];
  };
  // The pair belongs together by the type of Step, which the compiler cannot follow through the index.
  const method = deps.connect(shop.application)[step.operation] as (request: unknown, call: Call) => Promise<unknown>;
  try {
    await method(step.input, { requestId: name, guard, decidedOn: keyText(work.history) });
  } catch (error) {
    throw (await wasOvertaken(error, work, version)) ? new StaleWriteError([work.history]) : error;
  }
  // After a crash here, or when the hint is lost, the sweep finds what waits in the outbox.
  if (waiting) await sendHint(waiting, deps.hints).catch((error: unknown) => deps.warn(error, event.id));
};

/**
 * Whether a call was refused because another group moved the session on after it was decided: an open picture cannot
 * update what was closed meanwhile. Then not the event is wrong but what it was decided on.
 */
const wasOvertaken = async (error: unknown, { history, deps }: Work, version: number): Promise<boolean> => {
  if (!(error instanceof ApiError) || error.onQueue !== 'park') return false;
  const [held] = await deps.store.get([history]);
  return (held?.version ?? 0) !== version;
};

/** What is known of a customer's record is the customer's; of a session nothing is kept that leads to its person. */
const historyChange = ({ history, owner }: Work, next: History, version: number): Change => ({
  put: {
    key: history,
    data: next as unknown as Json,
    ...(next.kind === 'profile' && owner !== undefined && { owner }),
  },
  expect: version === 0 ? 'absent' : version,
});

const isOrderKnown = (history: History | undefined): boolean =>
  history !== undefined && history.kind !== 'profile' && history.order !== undefined;

const stateIn = (step: Step) => {
  const state = stateOf(step);
  return state === undefined ? {} : { state };
};

const stateOf = (step: Step): string | undefined =>
  step.operation === 'updateCustomerSessionV2' ? (step.input.body.customerSession.state ?? 'open') : undefined;
