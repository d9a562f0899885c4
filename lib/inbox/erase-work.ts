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
  const seen = new Set<string>();
  let waiting: Work[] = [];
  let room = EMPTY;
  const flush = async (): Promise<void> => {
    const works = waiting;
    waiting = [];
    room = EMPTY;
    // After a crash here the next call finds the rest.
    const done = await written(works, deps);
    for (const { count } of done) counts[count] = (counts[count] ?? 0) + 1;
    if (done.length < works.length) unfinished = 'changed meanwhile';
  };
  for await (const work of workOf(person, deps)) {
    if (!mayBegin()) {
      unfinished = 'time was up';
      break;
    }
    // What is found by its owner is found by whom it names as well, as long as its change waits.
    const changes = work.changes.filter((change) => !seen.has(keyText(keyOf(change))));
    if (changes.length === 0) continue;
    for (const change of changes) seen.add(keyText(keyOf(change)));
    const left: Work = { ...work, changes };
    if (isOver(after(room, left))) await flush();
    room = after(room, left);
    waiting.push(left);
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

/** Well below what a write may hold, for its keys are not counted here. */
const WRITE_BYTES = 3 * 1024 * 1024;

/** What a write has room for. */
interface Room {
  readonly changes: number;
  readonly bytes: number;
}

const EMPTY: Room = { changes: LIMITS.changesPerWrite, bytes: WRITE_BYTES };

const after = ({ changes, bytes }: Room, work: Work): Room => ({
  changes: changes - work.changes.length,
  bytes: work.changes.reduce((left, change) => left - bytesOf(change), bytes),
});

const isOver = ({ changes, bytes }: Room): boolean => changes < 0 || bytes < 0;

const bytesOf = (change: Change): number => ('put' in change ? Buffer.byteLength(JSON.stringify(change.put.data)) : 0);

/**
 * Writes as many as there are together; when one of them is not as it was read, each by itself, so that none waits for it.
 *
 * @returns those that were written.
 */
const written = async (works: readonly Work[], deps: WorkDeps): Promise<readonly Work[]> => {
  const changes = works.flatMap((work) => work.changes);
  if (changes.length === 0) return works;
  try {
    await deps.store.write(changes, randomUUID());
    return works;
  } catch (error) {
    if (!(error instanceof StaleWriteError)) throw error;
    if (works.length === 1) return [];
    const done: Work[] = [];
    for (const work of works) done.push(...(await written([work], deps)));
    return done;
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
