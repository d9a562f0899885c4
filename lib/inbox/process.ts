import { profileOf } from '../commerce/mapping.ts';
import type { Shops } from '../commerce/shops.ts';
import type { Call } from '../contract/api.ts';
import { ConfigurationError, UnknownApplicationError } from '../contract/errors.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import { type ApplyDeps, applyEvent } from './apply-event.ts';
import { applyOnce } from './apply-once.ts';
import { inGroups } from './groups.ts';
import { holdWhilePaused, release } from './hold.ts';
import { markKey } from './mark.ts';
import { type CommerceMessage, type OperationMessage, readMessage } from './message.ts';
import { namesIn } from './names.ts';
import { ParkError } from './park.ts';
import type { PauseReader } from './pause.ts';
import type { IncomingMessage } from './queue.ts';
import { type Outcome, settle } from './settle.ts';
import { subjectOfCall, subjectOfEvent } from './subject.ts';
import { type Tracer, tracer } from './trace.ts';

/** What is told of every message, in one line. Ids are the only personal data in it. */
export interface InboxLine extends Omit<Outcome, 'outcome'> {
  readonly outcome: Outcome['outcome'] | 'postponed';
  /** The queue's id of the message. */
  readonly id: string;
  readonly shop?: string;
  /** The event's id, which is the digest of the delivery that brought it, or the operation's request id. */
  readonly delivery?: string;
  readonly operation?: string;
}

/** What the inbox works with. */
export interface InboxDeps extends ApplyDeps {
  readonly shops: Shops;
  readonly pauses: PauseReader;
  /** The owner text of a profile's records. */
  ownerOf(application: number, profileId: string): Promise<string | undefined>;
  log(line: InboxLine): void;
}

/**
 * Applies a batch of inbox messages: groups side by side, each in order, each message once.
 *
 * @returns the ids of the messages that must be delivered again.
 */
export const processInbox = (messages: readonly IncomingMessage[], deps: InboxDeps): Promise<string[]> =>
  inGroups(messages, {
    mayBegin: () => deps.mayBegin(),
    postpone: (message, why) => {
      const { about } = taskOf(message, deps);
      deps.log({ id: message.id, ...about, outcome: 'postponed', reason: why });
    },
    handle: async (message) => {
      const { about, trace, ownerOf, work, done } = taskOf(message, deps);
      const outcome = await finished(await settle(message, work, ownerOf, deps), done);
      await trace.note(outcome, ownerOf);
      deps.log({ id: message.id, ...about, ...outcome });
      return outcome.outcome !== 'failed';
    },
  });

/** A message that was read: what to say of it, whose it is, what to do. */
interface Task {
  readonly about: Pick<InboxLine, 'shop' | 'delivery' | 'operation' | 'session'>;
  readonly trace: Tracer;
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

const taskOf = (message: IncomingMessage, deps: InboxDeps): Task => {
  try {
    const content = readMessage(message.body);
    return content.kind === 'operation' ? operationTask(content, message, deps) : eventTask(content, message, deps);
  } catch (error) {
    const trace = tracer(undefined, message, deps);
    return { about: {}, trace, ownerOf: async () => undefined, work: () => Promise.reject(error) };
  }
};

const eventTask = (content: CommerceMessage, message: IncomingMessage, deps: InboxDeps): Task => {
  const { event, held, receivedAt, effects } = content;
  const known = deps.shops.get(event.shop);
  const shop = known && effects ? { ...known, effects } : known;
  const profile = shop && profileOf(event, shop);
  const ownerOf = async () => (shop && profile !== undefined ? deps.ownerOf(shop.application, profile) : undefined);
  const subject = subjectOfEvent(event, receivedAt, shop?.application);
  const trace = tracer(subject, message, deps);
  return {
    about: { shop: event.shop, delivery: event.id, ...(subject && { session: subject.session }) },
    trace,
    ownerOf,
    work: async () => {
      if (!shop) throw new ParkError('unknown-shop', 'there is no such shop in shops.yaml');
      try {
        const owner = await ownerOf();
        const waits = await holdWhilePaused({ message, shop: event.shop, held, owner }, deps);
        return waits ?? (await applyEvent(event, shop, owner, deps, trace));
      } catch (error) {
        // The event is right, shops.yaml or what is published is not: it waits until they agree.
        if (error instanceof UnknownApplicationError) throw new ConfigurationError(`${event.shop}: ${error.message}`);
        throw error;
      }
    },
    ...(held !== undefined && { done: () => release(event.shop, held, deps) }),
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
    trace,
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
