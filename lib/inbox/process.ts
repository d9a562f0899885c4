import type { CommerceEvent } from '../commerce/event.ts';
import { profileOf } from '../commerce/mapping.ts';
import type { Shop, Shops } from '../commerce/shops.ts';
import type { Call } from '../contract/api.ts';
import { ConfigurationError, UnknownApplicationError } from '../contract/errors.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import { ownerOfProfile } from '../privacy/person.ts';
import { applyEvent } from './apply-event.ts';
import { applyOnce } from './apply-once.ts';
import { applyThin, type ThinDeps } from './apply-thin.ts';
import { givingBack } from './give-back.ts';
import { inGroups } from './groups.ts';
import { holdWhilePaused, release } from './hold.ts';
import type { NoteDelivery } from './last-delivery.ts';
import { markKey } from './mark.ts';
import { namesIn } from './names.ts';
import { type ErasureEvent, type OpenRequestDeps, openFromQueue, openFromShop } from './open-request.ts';
import { ParkError } from './park.ts';
import type { PauseReader } from './pause.ts';
import type { Delay, IncomingMessage } from './queue.ts';
import {
  type CommerceMessage,
  type Message,
  type OperationMessage,
  type PrivacyMessage,
  readMessage,
} from './read-message.ts';
import { NOTHING_LEFT, type Outcome, settle, suppressedOutcome } from './settle.ts';
import { subjectOfCall, subjectOfEvent } from './subject.ts';
import { type Checked, checkEvent, checkMessage } from './suppressed-message.ts';
import { tracer } from './trace.ts';

/** What is told of every message, in one line. Ids are the only personal data in it. */
export interface InboxLine extends Omit<Outcome, 'outcome'> {
  readonly outcome: Outcome['outcome'] | 'postponed';
  /** The queue's id of the message. */
  readonly id: string;
  readonly shop?: string;
  /** The event's id, which is the digest of the delivery that brought it, or the operation's request id. */
  readonly delivery?: string;
  readonly operation?: string;
  /** How long it waited before it was done with, in milliseconds. */
  readonly lagMs?: number;
}

/** What the inbox works with. */
export interface InboxDeps extends ThinDeps {
  /** Opens privacy requests. */
  readonly privacy: Pick<OpenRequestDeps, 'accept' | 'profileOfSession' | 'graceDays'>;
  readonly shops: Shops;
  readonly pauses: PauseReader;
  readonly noteDelivery: NoteDelivery;
  /** The owner text of a profile's records. */
  ownerOf(application: number, profileId: string): Promise<string | undefined>;
  log(line: InboxLine): void;
  /** Tells the queue when to deliver again what is given back. */
  readonly delay: Delay;
  /** From 0 to 1. */
  random(): number;
}

/**
 * Applies a batch of inbox messages: groups side by side, each in order, each message once.
 *
 * @returns the ids of the messages that must be delivered again.
 */
export const processInbox = async (messages: readonly IncomingMessage[], deps: InboxDeps): Promise<string[]> => {
  const back = givingBack(deps);
  const failed = await inGroups(messages, {
    mayBegin: () => deps.mayBegin(),
    postpone: (message, why) => {
      const { about } = taskOf(message, deps);
      back.postponed(message);
      deps.log({ id: message.id, ...about, outcome: 'postponed', reason: why });
    },
    handle: async (message) => {
      // From here on nothing is known of a suppressed person, so nothing of them is parked, held, traced or published.
      const checked = await checkMessage(message, deps);
      const { about, note, heard, ownerOf, work, done } = taskOf(checked.message, deps, checked.content);
      const settled = await settle(checked.message, workOn(checked, work), ownerOf, deps);
      const outcome = await finished(checked.without ? suppressedOutcome(settled) : settled, done);
      if (checked.without !== 'everything') await Promise.all([note(outcome), heard(outcome)]);
      if (outcome.outcome === 'failed') back.failed(message, outcome.error);
      deps.log({ id: message.id, ...about, ...outcome, ...lagOf(message, deps.now()) });
      return outcome.outcome !== 'failed';
    },
  });
  const waits = back.waits();
  // When this fails, and after a crash here, they come when their visibility timeout is over.
  if (waits.length > 0) await deps.delay(waits).catch((error: unknown) => deps.warn(error));
  return failed;
};

/** How long a message has waited. */
const lagOf = ({ sentAt }: IncomingMessage, now: Date): Pick<InboxLine, 'lagMs'> =>
  sentAt ? { lagMs: Math.max(0, now.getTime() - sentAt.getTime()) } : {};

/** A message that was read: what to say of it, whose it is, what to do. */
interface Task {
  readonly about: Pick<InboxLine, 'shop' | 'delivery' | 'operation' | 'session'>;
  /** Adds to the trace what became of it. */
  note(outcome: Outcome): Promise<void>;
  /** Notes that its shop was heard of. */
  heard(outcome: Outcome): Promise<void>;
  ownerOf(): Promise<string | undefined>;
  work(): Promise<Outcome>;
  /** What is left to do when it was applied, parked or dropped. */
  done?(): Promise<void>;
}

const finished = async (outcome: Outcome, done: Task['done']): Promise<Outcome> => {
  if (!done || outcome.outcome === 'failed' || outcome.outcome === 'held') return outcome;
  try {
    await done();
    return outcome;
  } catch (error) {
    return { outcome: 'failed', reason: 'not released', error };
  }
};

const workOn =
  ({ without, error }: Checked, work: Task['work']): Task['work'] =>
  async () => {
    if (error !== undefined) throw error;
    return without === 'everything' ? NOTHING_LEFT : work();
  };

/** @param read what it says, where that is known. */
const taskOf = (message: IncomingMessage, deps: InboxDeps, read?: Message): Task => {
  try {
    const content = read ?? readMessage(message.body);
    switch (content.kind) {
      case 'operation':
        return operationTask(content, message, deps);
      case 'privacy':
        return privacyTask(content, deps);
      default:
        return eventTask(content, message, deps);
    }
  } catch (error) {
    return {
      about: {},
      note: async () => {},
      heard: async () => {},
      ownerOf: async () => undefined,
      work: () => Promise.reject(error),
    };
  }
};

const eventTask = (content: CommerceMessage, message: IncomingMessage, deps: InboxDeps): Task => {
  const { event, held, receivedAt, effects } = content;
  const known = deps.shops.get(event.shop);
  const shop = known && effects ? { ...known, effects } : known;
  const ownerOf = async (of: CommerceEvent = event) => {
    const profile = shop && profileOf(of, shop);
    return shop && profile !== undefined ? deps.ownerOf(shop.application, profile) : undefined;
  };
  const traceOf = (of: CommerceEvent) => tracer(subjectOfEvent(of, receivedAt, shop?.application), message, deps);
  const open = (of: ErasureEvent, from: Shop) => openFromShop(of, from, receivedAt, { ...deps, ...deps.privacy });
  // A thin event says only when it is completed which session it is about.
  let current = { trace: traceOf(event), event };
  const subject = subjectOfEvent(event, receivedAt, undefined);
  return {
    about: { shop: event.shop, delivery: event.id, ...(subject && { session: subject.session }) },
    note: (outcome) => current.trace.note(outcome, () => ownerOf(current.event)),
    heard: async ({ outcome, reason }) => {
      if (!known || content.listed || held !== undefined) return;
      const told = { delivery: event.id, type: event.type, outcome, ...(reason !== undefined && { reason }) };
      await deps.noteDelivery(event.shop, told).catch((error: unknown) => deps.warn(error, event.id));
    },
    ownerOf: () => ownerOf(),
    work: async () => {
      if (!shop) throw new ParkError('unknown-shop', 'there is no such shop in shops.yaml');
      try {
        // No pause puts off what has a legal date.
        if (event.type === 'erasure') return await open(event, shop);
        const owner = await ownerOf();
        const waits = await holdWhilePaused({ message, shop: event.shop, held, owner }, deps);
        if (waits) return waits;
        if (event.type !== 'thin') return await applyEvent(event, shop, owner, deps, current.trace);
        const completedTrace = (of: CommerceEvent) => {
          current = { trace: traceOf(of), event: of };
          return current.trace;
        };
        const about = {
          ownerOf,
          traceOf: completedTrace,
          checked: (of: CommerceEvent) => checkEvent(of, shop, deps),
          open: (of: ErasureEvent) => open(of, shop),
        };
        return await applyThin(event, shop, about, deps);
      } catch (error) {
        // The event is right, shops.yaml or what is published is not: it waits until they agree.
        if (error instanceof UnknownApplicationError) throw new ConfigurationError(`${event.shop}: ${error.message}`);
        throw error;
      }
    },
    ...(held !== undefined && { done: () => release(event.shop, held, deps) }),
  };
};

/** Nothing of it is told in a line: profile and id are as their sender chose them. */
const privacyTask = (content: PrivacyMessage, deps: InboxDeps): Task => {
  const { environment, application, profile } = content;
  return {
    about: {},
    note: async () => {},
    heard: async () => {},
    ownerOf: async () =>
      environment ? ownerOfProfile(environment, profile, deps) : deps.ownerOf(application ?? 0, profile),
    work: () => openFromQueue(content, { ...deps, ...deps.privacy }),
  };
};

const operationTask = (content: OperationMessage, message: IncomingMessage, deps: InboxDeps): Task => {
  const { application, operation, requestId } = content;
  // A row wants to see all three parts, also the ones that were left out.
  const { params, query, body } = content.request;
  const request = { params, query, body };
  const known = Object.hasOwn(operations, operation) ? (operation as OperationId) : undefined;
  const { profile, session } = known ? namesIn(operations[known], request) : {};
  const ownerOf = async () => (profile === undefined ? undefined : deps.ownerOf(application, profile));
  const trace = tracer(
    subjectOfCall({ application, operation, requestId, session, received: content.receivedAt }),
    message,
    deps,
  );
  const about = { application, requestId, operation, trace, ownerOf, ...(session !== undefined && { session }) };
  return {
    about: { delivery: requestId, ...(known && { operation: known }), ...(session !== undefined && { session }) },
    note: (outcome) => trace.note(outcome, ownerOf),
    heard: async () => {},
    ownerOf,
    work: async () => {
      const api = deps.connect(application);
      if (!known || !Object.hasOwn(api, known)) throw new ParkError('unknown-operation', 'there is no such operation');
      const method = api[known] as (request: unknown, call: Call) => Promise<unknown>;
      const mark = markKey(deps.accountId, deps.segment, 'operation', String(application), requestId);
      return {
        outcome: await applyOnce(mark, (guard) => method(request, { requestId, guard }), about, deps),
        steps: 1,
      };
    },
  };
};
