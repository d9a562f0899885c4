import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { OperationId } from '../contract/operations/table.ts';
import { connectWith, type EngineOperations } from '../engine/connect.ts';
import { type PauseReader, pauseReader } from '../inbox/pause.ts';
import { type InboxDeps, type InboxLine, processInbox } from '../inbox/process.ts';
import { openCalls } from './calls.ts';
import { deadlineOf } from './deadline.ts';
import { log, now, once, openQueue, openStore } from './deps.ts';
import { openShops } from './shops.ts';
import { batchAnswer, incoming, timeLeft } from './sqs-batch.ts';

/** What the inbox's function works with; the rest comes with each batch. */
export type InboxHandlerDeps = Omit<InboxDeps, 'mayBegin'>;

const logLine = (line: InboxLine): void => (line.error === undefined ? log.info : log.error)('inbox', line);

/** One for each process: it remembers who is paused. */
const openPauses = (): Promise<PauseReader> =>
  once('pauses', ['STORE', 'ACCOUNT_ID'], async ({ ACCOUNT_ID: accountId }) =>
    pauseReader({ store: await openStore(), accountId, now }),
  );

const openInbox = async (
  operations: EngineOperations<OperationId>,
  deadline: Date | undefined,
): Promise<InboxHandlerDeps> => {
  const [calls, shops, hints, pauses] = await Promise.all([
    openCalls(),
    openShops(),
    openQueue('OUTBOX_QUEUE_URL'),
    openPauses(),
  ]);
  const { store, accountId, segment, now } = calls.engine;
  const connect = connectWith(operations, (row, operation, input, call) =>
    calls.make(row, operation, input, { ...call, deadline }),
  );
  const warn = (error: unknown, delivery?: string) =>
    log.error('inbox', {
      reason: 'a hint or a line of the trace was lost; nothing else was',
      ...(delivery !== undefined && { delivery }),
      error,
    });
  const { ownerOf } = calls;
  return { store, accountId, segment, now, shops, pauses, hints, connect, ownerOf, warn, log: logLine };
};

/**
 * The Lambda handler of the inbox: applies each message once, groups side by side and each in order, and reports what
 * must be delivered again.
 *
 * @param operations every operation of the table: a message may name any.
 */
export const inboxHandler =
  (
    operations: EngineOperations<OperationId>,
    open: (deadline: Date | undefined) => Promise<InboxHandlerDeps> = (deadline) => openInbox(operations, deadline),
  ) =>
  async (event: unknown, context?: Context): Promise<SQSBatchResponse> => {
    const messages = incoming(event);
    try {
      return batchAnswer(
        await processInbox(messages, { ...(await open(deadlineOf(context))), mayBegin: timeLeft(context) }),
      );
    } catch (error) {
      log.error('inbox', { outcome: 'failed', count: messages.length, error });
      return batchAnswer(messages.map(({ id }) => id));
    }
  };
