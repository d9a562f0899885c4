import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { OperationId } from '../contract/operations/table.ts';
import { connectWith, type EngineOperations } from '../engine/connect.ts';
import type { Platforms } from '../inbox/complete.ts';
import { deliveryNotes, type NoteDelivery } from '../inbox/last-delivery.ts';
import { type PauseReader, pauseReader } from '../inbox/pause.ts';
import { type InboxDeps, type InboxLine, processInbox } from '../inbox/process.ts';
import { openCalls } from './calls.ts';
import { deadlineOf } from './deadline.ts';
import { log, now, once, openQueue, openStore } from './deps.ts';
import { openRequestOpening } from './request-opening.ts';
import { openSecrets } from './secrets.ts';
import { openShops } from './shops.ts';
import { batchAnswer, incoming, timeLeft } from './sqs-batch.ts';

/** What the inbox's function works with; the rest comes with each batch. */
export type InboxHandlerDeps = Omit<InboxDeps, 'mayBegin' | 'deadline'>;

const logLine = (line: InboxLine): void => (line.error === undefined ? log.info : log.error)('inbox', line);

/** One for each process: it remembers who is paused. */
const openPauses = (): Promise<PauseReader> =>
  once('pauses', ['STORE', 'ACCOUNT_ID'], async ({ ACCOUNT_ID: accountId }) =>
    pauseReader({ store: await openStore(), accountId, now }),
  );

/** One for each process: it remembers what it has noted. */
const openNotes = (): Promise<NoteDelivery> =>
  once('last deliveries', ['STORE', 'ACCOUNT_ID'], async ({ ACCOUNT_ID: accountId }) =>
    deliveryNotes({ store: await openStore(), accountId, now }),
  );

const openInbox = async (
  operations: EngineOperations<OperationId>,
  platforms: Platforms,
  deadline: Date | undefined,
): Promise<InboxHandlerDeps> => {
  const [calls, shops, hints, inbox, pauses, noteDelivery, privacy] = await Promise.all([
    openCalls(),
    openShops(),
    openQueue('OUTBOX_QUEUE_URL'),
    openQueue('INBOX_QUEUE_URL'),
    openPauses(),
    openNotes(),
    openRequestOpening(),
  ]);
  const { store, accountId, segment, now } = calls.engine;
  const connect = connectWith(operations, (row, operation, input, call) =>
    calls.make(row, operation, input, { ...call, deadline }),
  );
  const warn = (error: unknown, delivery?: string) =>
    log.error('inbox', {
      reason:
        'a queue was not told, or a line of the trace or of the last delivery is missing; nothing else is lost by it',
      ...(delivery !== undefined && { delivery }),
      error,
    });
  const { delay } = inbox;
  const { random } = Math;
  const { ownerOf, environmentOf, isHosted } = calls;
  return {
    ...{
      store,
      accountId,
      segment,
      now,
      random,
      shops,
      platforms,
      pauses,
      privacy,
      noteDelivery,
      hints,
      delay,
      connect,
      ownerOf,
      environmentOf,
      isHosted,
      warn,
      log: logLine,
      fetch,
    },
    apiSecret: async (name) => (await (await openSecrets()).get([name]))[0] ?? '',
  };
};

/**
 * The Lambda handler of the inbox: applies each message once, groups side by side and each in order, and reports what
 * must be delivered again.
 *
 * @param operations every operation of the table: a message may name any.
 * @param platforms those that shops are on: an event that says too little is completed by its own.
 */
export const inboxHandler =
  (
    operations: EngineOperations<OperationId>,
    platforms: Platforms,
    open: (deadline: Date | undefined) => Promise<InboxHandlerDeps> = (deadline) =>
      openInbox(operations, platforms, deadline),
  ) =>
  async (event: unknown, context?: Context): Promise<SQSBatchResponse> => {
    const messages = incoming(event);
    try {
      const deadline = deadlineOf(context);
      const deps = { ...(await open(deadline)), mayBegin: timeLeft(context), deadline };
      return batchAnswer(await processInbox(messages, deps));
    } catch (error) {
      log.error('inbox', { outcome: 'failed', count: messages.length, error });
      return batchAnswer(messages.map(({ id }) => id));
    }
  };
