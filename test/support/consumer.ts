import { type InboxDeps, processInbox } from '../../lib/inbox/process.ts';
import type { IncomingMessage } from '../../lib/inbox/queue.ts';
import type { TestQueue } from './queue-model.ts';

/** One batch, as AWS hands it to the inbox's function: what is not given back is removed. */
export const consume = async (
  queue: Pick<TestQueue, 'receive' | 'remove'>,
  deps: InboxDeps,
): Promise<readonly IncomingMessage[]> => {
  const batch = await queue.receive();
  if (batch.length === 0) return batch;
  const failed = new Set(await processInbox(batch, deps));
  await queue.remove(batch.filter(({ id }) => !failed.has(id)).map(({ receipt = '' }) => receipt));
  return batch;
};
