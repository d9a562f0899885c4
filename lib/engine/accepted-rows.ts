import { randomUUID } from 'node:crypto';
import type { AnyOperation } from '../contract/operation.ts';
import { everyDue } from '../store/every.ts';
import { type Change, type Due, ItemTooLargeError, type Json, type Key, StaleWriteError } from '../store/store.ts';
import { backoff, type EngineDeps, momentOf } from './deps.ts';
import { gather, withIds } from './gather.ts';
import type { BulkOperation } from './operation.ts';
import { isSuppressed } from './suppressed.ts';
import { WorkingSet } from './working-set.ts';

/** The work list of accepted rows that nobody finished in time. */
export const BULK_LIST = 'bulk';

/** Whose rows they are. */
export interface Rows {
  /** The id of the operation's row. */
  readonly operation: string;
  readonly application: number;
}

/** How far the rows of one part are applied; the rows themselves lie beside it and never change. */
interface Progress extends Rows {
  readonly next: number;
}

/** Longer than any function may run: who finds rows overdue finds nobody at work on them. */
const LEASE_MS = 5 * 60_000;

/** Bytes of JSON of one part: with room to the store's limit for an item. */
const PART_BYTES = 300 * 1024;

const rowsKey = ({ partition, sort }: Key): Key => ({ partition, sort: sort.replace(/^progress/, 'rows') });

/**
 * The changes that accept rows, in parts of bounded size, and where to finish each part; in order.
 *
 * @param partition a new one: no two requests share it.
 */
export const acceptedChanges = (
  rows: readonly Json[],
  about: Rows,
  partition: string,
  now: Date,
): { readonly changes: readonly Change[]; readonly keys: readonly Key[] } => {
  const parts = inParts(rows);
  const keys = parts.map((_, index) => ({ partition, sort: `progress/${String(index).padStart(4, '0')}` }));
  const changes = keys.flatMap((key, index): Change[] => [
    { put: { key: rowsKey(key), data: parts[index] ?? [] }, expect: 'absent' },
    progressChange(key, { ...about, next: 0 }, 'absent', {
      list: BULK_LIST,
      at: new Date(now.getTime() + LEASE_MS + index),
    }),
  ]);
  return { changes, keys };
};

/** Every row that is accepted and not applied yet. On DynamoDB what was accepted a moment ago may be missing. */
export async function* acceptedRows({ store, now }: Pick<EngineDeps, 'store' | 'now'>): AsyncGenerator<Json> {
  for await (const keys of everyDue(store, BULK_LIST, new Date(now().getTime() + 2 * LEASE_MS))) {
    for (const key of keys) {
      const [stored] = await store.get([rowsKey(key)]);
      yield* (stored?.data ?? []) as readonly Json[];
    }
  }
}

const inParts = (rows: readonly Json[]): Json[][] => {
  const parts: Json[][] = [];
  let room = 0;
  for (const row of rows) {
    const bytes = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes > room) {
      parts.push([]);
      room = PART_BYTES;
    }
    parts.at(-1)?.push(row);
    room -= bytes;
  }
  return parts;
};

const progressChange = (
  key: Key,
  { operation, application, next }: Progress,
  expect: number | 'absent',
  due: Due | undefined,
): Change => ({ put: { key, data: { operation, application, next }, ...(due && { due }) }, expect });

/**
 * Applies the rows of one part that are not applied yet: as many at once as one write takes, each together with the note
 * of how far it is. Whatever crashes in between, each row is applied once. A row about a profile that was suppressed
 * since is left out, and counts as applied.
 *
 * @returns the answers of the rows that this call applied.
 * @throws StaleWriteError when others were in the way time and again: the rest is left to the sweep.
 */
export const finish = async <O extends AnyOperation, Row extends Json>(
  key: Key,
  operation: BulkOperation<O, Row>,
  deps: EngineDeps,
): Promise<unknown[]> => {
  const { store } = deps;
  const answers: unknown[] = [];
  let most = operation.rowsPerWrite;
  for (let attempt = 1; ; ) {
    const [progress, stored] = await store.get([key, rowsKey(key)]);
    if (!progress || !stored) return answers;
    const { next, ...about } = progress.data as unknown as Progress;
    const all = stored.data as unknown as readonly Row[];
    const rows = all.slice(next, next + most);
    const moment = momentOf(await deps.promotions(about.application), deps.now(), deps);
    const set = new WorkingSet();
    const allowed = (known: WorkingSet) => rows.filter((row) => !isSuppressed(operation.profileOf(row), known, moment));
    const marks = rows.map((row) => moment.suppressed(operation.profileOf(row)));
    await gather(set, (known) => [...marks, ...operation.rowNeeds(allowed(known), known, moment)], store);
    const applied = await withIds(deps.ids, () => operation.apply(allowed(set), set, moment));
    const after = next + rows.length;
    const noted: readonly Change[] =
      after < all.length
        ? // It keeps its place in the list: rows are applied in the order in which they were accepted.
          [progressChange(key, { ...about, next: after }, progress.version, progress.due)]
        : [{ remove: key, expect: progress.version }, { remove: rowsKey(key) }];
    try {
      // After a crash here, whoever goes on begins with the next rows.
      await store.write([...applied.changes, ...noted], randomUUID());
      answers.push(...applied.answers);
      attempt = 1;
    } catch (error) {
      if (error instanceof ItemTooLargeError && rows.length > 1) most = Math.ceil(rows.length / 2);
      else if (!(error instanceof StaleWriteError) || attempt++ >= FINISH_ATTEMPTS) throw error;
      else await deps.pause(backoff(attempt));
    }
  }
};

/** The rows are accepted: there is no answer but to go on, within reason. */
const FINISH_ATTEMPTS = 10;
