import type { Target, TargetCall } from '../privacy/targets/target.ts';
import { type EraseWorkDeps, eraseWork, isWorkLeft } from './erase-work.ts';

/** What the target needs. */
export interface WorkTargetDeps extends EraseWorkDeps {
  now(): Date;
}

/** Time that the last write of a call may take, in milliseconds. */
const RESERVE_MS = 3_000;

/** What waits in the inbox and the outbox, and what is noted of it: the first target, since deletion takes what is owned. */
export const workTarget = (deps: WorkTargetDeps): Target => ({
  name: 'work',
  about: {
    checked: 'parked and held messages, effects that wait to be published, traces, histories, links, accepted rows',
    unchecked: 'messages that a queue holds: they are applied without the person when they come',
  },
  erase: async (person, call) => {
    const { counts, unfinished } = await eraseWork(person, deps, timeIn(call, deps));
    if (unfinished !== undefined) return { outcome: 'unfinished', reason: unfinished };
    return Object.keys(counts).length === 0 ? { outcome: 'not_found' } : { outcome: 'confirmed', counts };
  },
  check: async (person) => ((await isWorkLeft(person, deps)) ? 'present' : 'absent'),
});

const timeIn =
  ({ deadline }: TargetCall, { now }: WorkTargetDeps) =>
  (): boolean =>
    deadline === undefined || now().getTime() < deadline.getTime() - RESERVE_MS;
