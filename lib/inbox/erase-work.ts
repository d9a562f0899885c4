import { randomUUID } from 'node:crypto';
import type { Person } from '../privacy/person.ts';
import { type Change, type Json, keyOf, keyText, LIMITS, StaleWriteError } from '../store/store.ts';
import { type Work, type WorkDeps, workOf } from './work-of.ts';

/** What erasing a person's work needs. */
export interface EraseWorkDeps extends WorkDeps {
  /** The rows of calls on many profiles that were accepted and are not applied yet: the sweep applies them in minutes. */
  acceptedRows(): AsyncIterable<Json>;
}

/** What erasing a person's work came to. */
export interface ErasedWork {
  /** How much there was, by what became of it. */
  readonly counts: Readonly<Partial<Record<Work['count'], number>>>;
  /** Why it is to be called again; absent: all is done. */
  readonly unfinished?: 'time was up' | 'changed meanwhile' | 'accepted rows name the person';
}

/**
 * Leaves nothing of a person in what waits or is noted here: messages are rewritten without them and belong to nobody, so
 * that a paid order which is parked still closes; what is nothing without them is removed, and so are their publications,
 * traces and histories. The person is suppressed before: nothing new comes to be. Interrupted anywhere, it is called again
 * and goes on; called again, it finds nothing.
 *
 * @param mayBegin whether there is time for more.
 */
export const eraseWork = async (
  person: Person,
  deps: EraseWorkDeps,
  mayBegin: () => boolean = () => true,
): Promise<ErasedWork> => {
  const counts: Partial<Record<Work['count'], number>> = {};
  let unfinished: ErasedWork['unfinished'];
  let waiting = new Map<string, Work>();
  const flush = async (): Promise<void> => {
    const works = [...waiting.values()];
    waiting = new Map();
    // After a crash here the next call finds the rest.
    if (
      await written(
        works.flatMap(({ changes }) => changes),
        deps,
      )
    ) {
      for (const { count } of works) counts[count] = (counts[count] ?? 0) + 1;
    } else unfinished = 'changed meanwhile';
  };
  for await (const work of workOf(person, deps)) {
    if (!mayBegin()) {
      unfinished = 'time was up';
      break;
    }
    // What demands a state is written by itself: when it changed, nothing else waits for it.
    if (work.changes.some((change) => 'expect' in change)) {
      await flush();
      waiting.set('', work);
      await flush();
      continue;
    }
    for (const change of work.changes) waiting.set(keyText(keyOf(change)), work);
    if (waiting.size >= LIMITS.changesPerWrite) await flush();
  }
  await flush();
  if (unfinished === undefined && (await isAccepted(person, deps))) unfinished = 'accepted rows name the person';
  return { counts, ...(unfinished !== undefined && { unfinished }) };
};

/** Whether any work of a person is left. */
export const isWorkLeft = async (person: Person, deps: EraseWorkDeps): Promise<boolean> => {
  for await (const _ of workOf(person, deps)) return true;
  return isAccepted(person, deps);
};

/** @returns false when something was not as it was read. */
const written = async (changes: readonly Change[], { store }: WorkDeps): Promise<boolean> => {
  if (changes.length === 0) return true;
  try {
    await store.write(changes, randomUUID());
    return true;
  } catch (error) {
    if (error instanceof StaleWriteError) return false;
    throw error;
  }
};

const isAccepted = async ({ profiles }: Person, deps: EraseWorkDeps): Promise<boolean> => {
  const texts = profiles.map((profile) => JSON.stringify(profile));
  for await (const row of deps.acceptedRows()) {
    const text = JSON.stringify(row);
    if (texts.some((profile) => text.includes(profile))) return true;
  }
  return false;
};
