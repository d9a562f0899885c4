import type { CommerceEvent } from '../commerce/event.ts';
import { profileOf } from '../commerce/mapping.ts';
import type { Shops } from '../commerce/shops.ts';
import type { Call } from '../contract/api.ts';
import { ConfigurationError, UnknownApplicationError } from '../contract/errors.ts';
import { type OperationId, operations } from '../contract/operations/table.ts';
import { applyEvent } from './apply-event.ts';
import { applyOnce } from './apply-once.ts';
import { applyThin, type ThinDeps } from './apply-thin.ts';
import { givingBack } from './give-back.ts';
import { inGroups } from './groups.ts';
import { markKey } from './mark.ts';
import { type OperationMessage, readMessage } from './message.ts';
import { namesIn } from './names.ts';
import { ParkError } from './park.ts';
import type { Delay, IncomingMessage } from './queue.ts';
import { type Outcome, settle } from './settle.ts';

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
export interface InboxDeps extends ThinDeps {
  readonly shops: Shops;
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
      back.postponed(message);
      deps.log({ id: message.id, outcome: 'postponed', reason: why });
    },
    handle: async (message) => {
      const { about, ownerOf, work } = taskOf(message, deps);
      const outcome = await settle(message, work, ownerOf, deps);
      if (outcome.outcome === 'failed') back.failed(message, outcome.error);
      deps.log({ id: message.id, ...about, ...outcome });
      return outcome.outcome !== 'failed';
    },
  });
  const waits = back.waits();
  // When this fails, and after a crash here, they come when their visibility timeout is over.
  if (waits.length > 0) await deps.delay(waits).catch(deps.warn);
  return failed;
};

/** A message that was read: what to say of it, whose it is, what to do. */
interface Task {
  readonly about: Pick<InboxLine, 'shop' | 'delivery' | 'operation' | 'session'>;
  ownerOf(): Promise<string | undefined>;
  work(): Promise<Outcome>;
}

const taskOf = ({ body }: IncomingMessage, deps: InboxDeps): Task => {
  try {
    const message = readMessage(body);
    return message.kind === 'operation' ? operationTask(message, deps) : eventTask(message.event, deps);
  } catch (error) {
    return { about: {}, ownerOf: async () => undefined, work: () => Promise.reject(error) };
  }
};

const eventTask = (event: CommerceEvent, deps: InboxDeps): Task => {
  const shop = deps.shops.get(event.shop);
  const ownerOf = async (of: CommerceEvent = event) => {
    const profile = shop && profileOf(of, shop);
    return shop && profile !== undefined ? deps.ownerOf(shop.application, profile) : undefined;
  };
  return {
    about: { shop: event.shop, delivery: event.id },
    ownerOf: () => ownerOf(),
    work: async () => {
      if (!shop) throw new ParkError('unknown-shop', 'there is no such shop in shops.yaml');
      try {
        if (event.type === 'thin') return await applyThin(event, shop, ownerOf, deps);
        return await applyEvent(event, shop, await ownerOf(), deps);
      } catch (error) {
        // The event is right, shops.yaml or what is published is not: it waits until they agree.
        if (error instanceof UnknownApplicationError) throw new ConfigurationError(`${event.shop}: ${error.message}`);
        throw error;
      }
    },
  };
};

const operationTask = (message: OperationMessage, deps: InboxDeps): Task => {
  const { application, operation, requestId } = message;
  // A row wants to see all three parts, also the ones that were left out.
  const { params, query, body } = message.request;
  const request = { params, query, body };
  const known = Object.hasOwn(operations, operation) ? (operation as OperationId) : undefined;
  const { profile, session } = known ? namesIn(operations[known], request) : {};
  const ownerOf = async () => (profile === undefined ? undefined : deps.ownerOf(application, profile));
  const about = { application, requestId, ownerOf, ...(session !== undefined && { session }) };
  return {
    about: { delivery: requestId, ...(known && { operation: known }), ...(session !== undefined && { session }) },
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
