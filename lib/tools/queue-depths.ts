import { type SqsClient, sqsQueue } from '../lambda/sqs-queue.ts';
import { Refusal } from './refusal.ts';

/** About how many messages a queue of the stage holds. */
export interface Depth {
  /** As people call it. */
  readonly queue: string;
  readonly count: number;
  /** Whether nothing takes them from there by itself. */
  readonly isDead: boolean;
}

/** The queues of a stage, by how serverless.yml ends their names. */
const QUEUES = [
  { ending: 'inbox.fifo', queue: 'inbox', isDead: false },
  { ending: 'outbox', queue: 'outbox', isDead: false },
  { ending: 'commercetools', queue: 'commercetools', isDead: false },
  { ending: 'partner-events', queue: 'partner events', isDead: false },
  { ending: 'inbox-dead-letters.fifo', queue: 'inbox', isDead: true },
  { ending: 'intake-dead-letters', queue: 'intake', isDead: true },
  { ending: 'outbox-dead-letters', queue: 'outbox', isDead: true },
] as const;

const INBOX = QUEUES[0].ending;

/**
 * Counts what is in the queues of a stage, which are called as its inbox is.
 *
 * @param inboxUrl the address of the inbox.
 * @throws Refusal when that is no address of an inbox; what Amazon SQS answers when one cannot be asked.
 */
export const queueDepths = async (inboxUrl: string, client: SqsClient): Promise<Depth[]> => {
  if (!inboxUrl.endsWith(INBOX)) {
    throw new Refusal(`INBOX_QUEUE_URL does not end with ${INBOX}: the queues beside it are not known`);
  }
  const stage = inboxUrl.slice(0, -INBOX.length);
  return Promise.all(
    QUEUES.map(async ({ ending, ...about }) => ({
      ...about,
      count: await sqsQueue(`${stage}${ending}`, client).waiting(),
    })),
  );
};
