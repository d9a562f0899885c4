import { effectsOfEvent } from '../contract/effect-tuples.ts';
import type { Effect } from '../contract/effects.ts';
import type { Event } from '../contract/schemas/event.ts';

/** The effects that an answer of another server tells, of either version, as v2 states them: what is published. */
export const answeredEffects = (answer: unknown): readonly Effect[] => {
  const { effects, event } = (answer ?? {}) as { effects?: readonly Effect[]; event?: Event };
  return effects ?? (event ? effectsOfEvent(event) : []);
};
