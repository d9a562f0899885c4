import type { Context } from 'aws-lambda';
import { type SweepDeps, sweepOutbox } from '../inbox/outbox.ts';
import { log, now, openQueue, openStore } from './deps.ts';
import type { Logger } from './logger.ts';
import { timeLeft } from './sqs-batch.ts';

/** What the sweep works with; the rest comes with each run. */
export interface SweepHandlerDeps extends Omit<SweepDeps, 'mayBegin'> {
  readonly log: Logger;
}

const openSweep = async (): Promise<SweepHandlerDeps> => {
  const [store, hints] = await Promise.all([openStore(), openQueue('OUTBOX_QUEUE_URL')]);
  return { store, hints, now, log };
};

/** What a run came to. */
export interface SweepAnswer {
  readonly outcome: 'swept' | 'failed';
  /** Hints sent. */
  readonly count: number;
}

/** The Lambda handler of the sweep: finds what should have been published by now and sends a hint for it again. */
export const sweepHandler =
  (open: () => Promise<SweepHandlerDeps> = openSweep) =>
  async (_event: unknown, context?: Context): Promise<SweepAnswer> => {
    let logger: Logger = log;
    try {
      const deps = await open();
      logger = deps.log;
      const answer = { outcome: 'swept', count: await sweepOutbox({ ...deps, mayBegin: timeLeft(context) }) } as const;
      logger.info('sweep', answer);
      return answer;
    } catch (error) {
      // The next run is a minute away; AWS's own retries would only come in between.
      logger.error('sweep', { outcome: 'failed', error });
      return { outcome: 'failed', count: 0 };
    }
  };
