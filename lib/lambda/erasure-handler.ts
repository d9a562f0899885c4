import type { Context } from 'aws-lambda';
import { type RunDeps, type RunLine, type RunReport, runErasures, verifyErasures } from '../privacy/run.ts';
import { deadlineOf } from './deadline.ts';
import { log } from './deps.ts';
import { openErasures } from './erasures.ts';
import { timeLeft } from './sqs-batch.ts';

/** What runs work with; the rest comes with each invocation. */
export type ErasureDeps = Omit<RunDeps, 'mayBegin' | 'deadline' | 'log'>;

/** What a run came to. */
export interface ErasureAnswer {
  readonly outcome: 'ran' | 'failed';
  /** Requests that were completed or verified. */
  readonly count: number;
}

/** Alarms are made of these: whoever is on call must see them. */
const ALARMING: ReadonlySet<RunLine['outcome']> = new Set(['deadline', 'breached', 'resurrected', 'braked', 'failed']);

const tell = (line: RunLine): void => (ALARMING.has(line.outcome) ? log.error : log.info)('privacy', line);

const handlerOf =
  (run: (deps: RunDeps) => Promise<RunReport>) =>
  (open: (deadline: Date | undefined) => Promise<ErasureDeps> = openErasures) =>
  async (_event: unknown, context?: Context): Promise<ErasureAnswer> => {
    try {
      const deadline = deadlineOf(context);
      const deps = await open(deadline);
      const { erased } = await run({ ...deps, mayBegin: timeLeft(context), deadline, log: tell });
      return { outcome: 'ran', count: erased };
    } catch (error) {
      // The next run is minutes away; AWS's own retries would only come in between.
      log.error('privacy', { outcome: 'failed', error });
      return { outcome: 'failed', count: 0 };
    }
  };

/** The Lambda handler that erases what is due, and raises alarms of deadlines. */
export const runErasuresHandler = handlerOf(runErasures);

/** The Lambda handler that reads back, a day and a week later, whether what was erased is still gone. */
export const verifyErasuresHandler = handlerOf(verifyErasures);
