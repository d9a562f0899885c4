import { randomUUID } from 'node:crypto';
import type { Effect } from '../contract/effects.ts';
import type { Segment } from '../store/segment.ts';
import { type Change, type Json, StaleWriteError, type Store } from '../store/store.ts';
import { type EffectsInIds, effectsInIds } from './effects-in-ids.ts';
import type { IncomingMessage } from './queue.ts';
import type { Outcome } from './settle.ts';

/** Longer than a return takes; what is older nobody asks about. */
const KEPT_DAYS = 30;

/** What a message says of itself: ids and nothing else. */
export interface Subject {
  readonly session: string;
  /** The digest of the delivery, or the request id of a call. */
  readonly delivery: string;
  readonly application?: number;
  readonly shop?: string;
  /** What kind of event it is, or the operation that is called. */
  readonly type?: string;
  /** The platform's id of the order. */
  readonly order?: string;
  /** When the webhook had verified it, RFC 3339. */
  readonly received?: string;
}

/** One thing that happened to a session, as it is stored. */
export interface TraceEntry extends Subject {
  /** RFC 3339. */
  readonly at: string;
  readonly outcome: Outcome['outcome'] | 'retried' | 'discarded';
  /** A fixed text, or what the operator said. */
  readonly reason?: string;
  /** The call that was made. */
  readonly operation?: string;
  /** The state that the session was moved to. */
  readonly state?: string;
  readonly effects?: EffectsInIds;
  /** The outbox's id of these effects: they are published when it is no longer there. */
  readonly outbox?: string;
  /** The queue's id of the message; the parked message has it too. */
  readonly message?: string;
  /** When the message was sent to the queue, RFC 3339. */
  readonly queued?: string;
}

/** What tracing needs. */
export interface TraceDeps {
  readonly store: Store;
  readonly accountId: number;
  readonly segment: Segment;
  now(): Date;
  /** Told of an error that harms nothing. */
  warn(error: unknown, delivery?: string): void;
}

/** What a call came to. */
export interface StepFacts {
  readonly operation?: string;
  readonly reason?: string;
  readonly state?: string;
  readonly outcome: TraceEntry['outcome'];
  readonly effects?: readonly Effect[];
  readonly outbox?: string | undefined;
}

/** Writes the story of one message. For a message of no session it writes nothing. */
export interface Tracer {
  /** Names where the story is, for a mark to point there. */
  readonly place: string | undefined;
  /**
   * Notes a step in the write that makes it true. Every step has an item of its own, so that it meets no other's: a
   * trace must never be the reason why a call is decided again or, at a hosted account, why nobody knows what became of it.
   *
   * @param name the step's own.
   */
  step(name: string, facts: StepFacts, owner: string | undefined): Change[];
  /** From this the story is found by order. It meets any state. */
  orderPointer(): Change[];
  /** From these it is found by order and, where no mark points there, by delivery. */
  pointers(): Change[];
  /** That a step was written: the message's end needs no line of its own. */
  written(): void;
  /** Notes what became of the message, once for each outcome, if nothing was written so far. Never rejects. */
  note(outcome: Pick<TraceEntry, 'outcome' | 'reason'>, ownerOf: () => Promise<string | undefined>): Promise<void>;
}

/** Where the story of a session is. */
export const tracePlace = (segment: Segment, session: string): string => segment('trace', session);

/** The partition of a session's story. */
export const tracePartition = (accountId: number, place: string): string => `${accountId}/trace/${place}`;

/** The partition that names the stories of an order or a delivery, as the sort keys of counts. */
export const pointerPartition = (accountId: number, segment: Segment, ...name: readonly string[]): string =>
  `${accountId}/trace-of/${segment(...name)}`;

const expiry = (now: Date): Date => new Date(now.getTime() + KEPT_DAYS * 86_400_000);

/** A change that writes an entry under its own name. */
export const entryChange = (
  name: string,
  entry: TraceEntry,
  owner: string | undefined,
  { accountId, segment, now }: Pick<TraceDeps, 'accountId' | 'segment' | 'now'>,
): Change => ({
  put: {
    key: { partition: tracePartition(accountId, tracePlace(segment, entry.session)), sort: name },
    data: entry as unknown as Json,
    expires: expiry(now()),
    ...(owner !== undefined && { owner }),
  },
  expect: 'absent',
});

/** How a message became what its session is. */
export const tracer = (
  subject: Subject | undefined,
  message: Pick<IncomingMessage, 'id' | 'sentAt'>,
  deps: TraceDeps,
): Tracer => {
  if (!subject) return NOTHING;
  const { accountId, segment, now, store } = deps;
  const place = tracePlace(segment, subject.session);
  const of = {
    message: message.id,
    ...(message.sentAt && { queued: message.sentAt.toISOString() }),
  };
  let isWritten = false;

  const pointer = (...name: string[]): Change => ({
    add: { partition: pointerPartition(accountId, segment, ...name), sort: place },
    by: { seen: 1 },
    expires: expiry(now()),
  });
  const orderPointer = () =>
    subject.shop !== undefined && subject.order !== undefined ? [pointer('order', subject.shop, subject.order)] : [];
  const pointers = () => [pointer('delivery', subject.delivery), ...orderPointer()];
  const step: Tracer['step'] = (name, { effects, outbox, ...facts }, owner) => {
    const told = { ...(effects && { effects: effectsInIds(effects) }), ...(outbox !== undefined && { outbox }) };
    return [entryChange(name, { ...subject, ...of, at: now().toISOString(), ...facts, ...told }, owner, deps)];
  };
  const note: Tracer['note'] = async ({ outcome, reason }, ownerOf) => {
    if (isWritten && !UNFINISHED.has(outcome)) return;
    try {
      const facts = { outcome, ...(reason !== undefined && { reason }) };
      // A crash before this loses a line of the story, nothing else.
      await store.write(
        [...step(`${subject.delivery}/${outcome}/${message.id}`, facts, await owner(ownerOf)), ...pointers()],
        randomUUID(),
      );
    } catch (error) {
      // It was noted when the message came before.
      if (!(error instanceof StaleWriteError)) deps.warn(error, subject.delivery);
    }
  };
  const written = () => {
    isWritten = true;
  };
  return { place, step, orderPointer, pointers, written, note };
};

/** Of an Application that there is not nobody owns anything. */
const owner = (ownerOf: () => Promise<string | undefined>): Promise<string | undefined> =>
  ownerOf().catch(() => undefined);

/** Outcomes that say more than the steps before them. */
const UNFINISHED: ReadonlySet<string> = new Set(['failed', 'parked', 'dropped']);

const NOTHING: Tracer = {
  place: undefined,
  step: () => [],
  orderPointer: () => [],
  pointers: () => [],
  written: () => {},
  note: async () => {},
};
