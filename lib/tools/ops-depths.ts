import type { OpsDeps } from './ops-deps.ts';
import type { Depth } from './queue-depths.ts';
import { shortText } from './table.ts';

/** What the queues hold, and the command or section that helps where something is in a dead-letter queue. */
export interface ToldDepths {
  readonly queues: string;
  readonly dead: string;
  readonly hasDead: boolean;
  /** Whether they could be counted. */
  readonly isKnown: boolean;
}

/** Says how much the queues hold; where that cannot be known here, why. Never rejects. */
export const tellDepths = async (deps: OpsDeps): Promise<ToldDepths> => {
  try {
    const depths = await deps.depths();
    const dead = depths.filter(({ isDead }) => isDead);
    const hasDead = dead.some(({ count }) => count > 0);
    return {
      queues: `Queues: ${textOf(depths.filter(({ isDead }) => !isDead))}`,
      dead: hasDead
        ? `Dead letters: ${textOf(dead.filter(({ count }) => count > 0))} (README, When an alarm rings)`
        : 'No dead letters',
      hasDead,
      isKnown: true,
    };
  } catch (error) {
    const why = shortText(error instanceof Error ? error.message : String(error), 300);
    return {
      queues: `Queues: not counted: ${why}`,
      dead: `Dead letters: not counted: ${why}`,
      hasDead: false,
      isKnown: false,
    };
  }
};

const textOf = (depths: readonly Depth[]): string => depths.map(({ queue, count }) => `${queue} ${count}`).join(', ');
