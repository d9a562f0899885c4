import { randomUUID } from 'node:crypto';
import { type OperationId, operations } from '../contract/operations/table.ts';
import type { Segment } from '../store/segment.ts';
import type { Change, Store } from '../store/store.ts';
import { retriedMessage } from './message.ts';
import { namesIn } from './names.ts';
import { listParked, type ParkDeps, type Parked, type ParkReason } from './park.ts';
import type { Queue } from './queue.ts';
import { type Message, readMessage } from './read-message.ts';
import { removeMessage } from './stored-message.ts';
import { subjectOfCall, subjectOfEvent } from './subject.ts';
import { entryChange, type Subject } from './trace.ts';

/** A parked message and what can be read of it without its content. */
export interface Failure {
  /** The queue's id of the message. */
  readonly id: string;
  readonly parked: Parked;
  /** When the message was sent, RFC 3339. */
  readonly sentAt: string;
  readonly shop?: string;
  readonly application?: number;
  /** What kind of event it is, or the operation that it calls. */
  readonly type?: string;
  /** The digest of the delivery, or the call's request id. */
  readonly delivery?: string;
  /** What the trace tells of it; undefined when it concerns no session. */
  readonly subject?: Subject;
}

/** Which parked messages are meant. */
export interface Wanted {
  readonly reason?: ParkReason;
  readonly shop?: string;
}

/** What trying again and discarding need. */
export interface FailureDeps extends ParkDeps {
  readonly store: Store;
  readonly segment: Segment;
  now(): Date;
}

/** Why messages are parked, and what helps. */
export const ADVICE: Readonly<Record<ParkReason, string>> = {
  unreadable: 'find out who sent it to the inbox (it is no message of ours), then discard it',
  'unknown-version': 'deploy the version of the functions that wrote it, then retry',
  'unknown-shop': 'add the shop to shops.yaml and deploy, then retry; or discard it',
  'unknown-operation': 'correct whoever sends it, then discard it',
  unusable: 'do what the text says, then retry; or settle it by hand and discard it',
  'outcome-unknown': 'look at the hosted account whether the call was made, settle it by hand, then discard it',
  refused: 'mend what the text names (promotions, shops.yaml), then retry; or discard it',
  outlasted: 'look whether what was away is back (Failed alarm, /health), then retry',
  unexpected: 'a fault of ours: find its error in the log by the delivery, deploy the repair, then retry',
};

/** Whether it can do any good to try again: a hosted account may have made the call, and is never asked twice. */
export const isRetriable = ({ parked }: Failure): boolean => parked.reason !== 'outcome-unknown';

/** What is known of a parked message. */
export const failureOf = (parked: Parked): Failure => {
  const { sort } = parked.key;
  const slash = sort.indexOf('/');
  return { id: sort.slice(slash + 1), sentAt: sort.slice(0, slash), parked, ...aboutOf(parked.message) };
};

const aboutOf = (body: string): Omit<Failure, 'id' | 'sentAt' | 'parked'> => {
  let message: Message;
  try {
    message = readMessage(body);
  } catch {
    return {};
  }
  if (message.kind === 'commerce-event') {
    const { event, receivedAt } = message;
    const subject = subjectOfEvent(event, receivedAt, undefined);
    return { shop: event.shop, type: event.type, delivery: event.id, ...(subject && { subject }) };
  }
  // Its own id may be personal: nobody but its sender chose it.
  if (message.kind === 'privacy') {
    const { application, request } = message;
    return { ...(application !== undefined && { application }), type: request };
  }
  const { application, operation, requestId, request, receivedAt: received } = message;
  const known = Object.hasOwn(operations, operation) ? operations[operation as OperationId] : undefined;
  const { session } = known ? namesIn(known, request) : {};
  const subject = subjectOfCall({ application, operation, requestId, session, received });
  return { application, type: operation, delivery: requestId, ...(subject && { subject }) };
};

/** The parked messages that are wanted, oldest first. */
export async function* listFailures(wanted: Wanted, deps: ParkDeps): AsyncGenerator<Failure> {
  for await (const parked of listParked(deps)) {
    if (wanted.reason !== undefined && parked.reason !== wanted.reason) continue;
    const failure = failureOf(parked);
    if (wanted.shop === undefined || failure.shop === wanted.shop) yield failure;
  }
}

/** The parked messages whose id begins so. */
export const findFailures = async (id: string, deps: ParkDeps): Promise<Failure[]> => {
  const found: Failure[] = [];
  for await (const failure of listFailures({}, deps)) if (failure.id.startsWith(id)) found.push(failure);
  return found;
};

/**
 * Sends a parked message to the inbox again, into its own group, and forgets that it was parked.
 *
 * @throws StaleWriteError when somebody else dealt with it meanwhile; it may have been sent twice then, and is applied once.
 */
export const retryFailure = async (failure: Failure, inbox: Queue, deps: FailureDeps): Promise<void> => {
  const { id, parked } = failure;
  // Sent before it is removed: after a crash in between it is parked and queued, and whoever retries it again within five
  // minutes sends nothing, later a message that is found to be applied before.
  await inbox.send({
    body: retriedMessage(parked.message),
    group: parked.group ?? id,
    deduplicationId: `retry/${parked.key.sort}`,
  });
  await deps.store.write([...removeMessage(parked.item), ...noted(failure, 'retried', undefined, deps)], randomUUID());
};

/**
 * Forgets a parked message for good. The trace keeps who it was and why.
 *
 * @throws StaleWriteError when somebody else dealt with it meanwhile.
 */
export const discardFailure = async (failure: Failure, because: string, deps: FailureDeps): Promise<void> => {
  // One write: a crash leaves it parked or gone.
  await deps.store.write(
    [...removeMessage(failure.parked.item), ...noted(failure, 'discarded', because, deps)],
    randomUUID(),
  );
};

const noted = (
  { id, subject, parked }: Failure,
  outcome: 'retried' | 'discarded',
  reason: string | undefined,
  deps: FailureDeps,
): Change[] => {
  if (!subject) return [];
  const facts = { at: deps.now().toISOString(), outcome, message: id, ...(reason !== undefined && { reason }) };
  return [entryChange(`${subject.delivery}/${outcome}/${id}`, { ...subject, ...facts }, parked.item.owner, deps)];
};
