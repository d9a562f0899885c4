import type { Context } from 'aws-lambda';
import type { EngineDeps } from '../engine/deps.ts';
import type { AnyBulkOperation } from '../engine/operation.ts';
import { sweepBulk } from '../engine/sweep.ts';
import { sweepOutbox } from '../inbox/outbox.ts';
import type { Queue } from '../inbox/queue.ts';
import { log, openQueue } from './deps.ts';
import { openEngine } from './engine.ts';
import type { Logger } from './logger.ts';
import { timeLeft } from './sqs-batch.ts';

/** What the sweep works with. */
export interface SweepHandlerDeps {
  readonly engine: EngineDeps;
  readonly hints: Queue;
  readonly log: Logger;
}

const openSweep = async (): Promise<SweepHandlerDeps> => {
  const [engine, hints] = await Promise.all([openEngine(), openQueue('OUTBOX_QUEUE_URL')]);
  return { engine, hints, log };
};

/** What a run came to. */
export interface SweepAnswer {
  readonly outcome: 'swept' | 'failed';
  /** Hints sent, and parts of bulk requests finished. */
  readonly count: number;
}

/**
 * The Lambda handler of the sweep: finds what should have been published by now and sends a hint for it again, and
 * applies the rows of bulk requests that were accepted and not finished.
 *
 * @param operations those that have rows.
 */
export const sweepHandler =
  (operations: readonly AnyBulkOperation[], open: () => Promise<SweepHandlerDeps> = openSweep) =>
  async (_event: unknown, context?: Context): Promise<SweepAnswer> => {
    let logger: Logger = log;
    try {
      const { engine, hints, ...deps } = await open();
      logger = deps.log;
      const mayBegin = timeLeft(context);
      const warn = (error: unknown) => logger.error('sweep', { reason: 'accepted rows not applied', error });
      const sent = await sweepOutbox({ store: engine.store, now: engine.now, hints, mayBegin });
      const finished = await sweepBulk(operations, engine, { mayBegin, warn });
      const answer = { outcome: 'swept', count: sent + finished } as const;
      logger.info('sweep', answer);
      return answer;
    } catch (error) {
      // The next run is a minute away; AWS's own retries would only come in between.
      logger.error('sweep', { outcome: 'failed', error });
      return { outcome: 'failed', count: 0 };
    }
  };
